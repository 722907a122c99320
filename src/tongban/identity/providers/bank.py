"""The bank card network over HTTP: four elements of one person in one signed call (四要素核验).

Names of the fields are those of UnionPay's interface for checking cards; what is sent is not kept here.
"""

from __future__ import annotations

import asyncio
import time
from typing import Annotated
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx
import msgspec

from tongban.identity.model.levels import CardSaysNo, CheckAway
from tongban.kit import papers
from tongban.kit.signing import signature_headers

TIMEOUT_SECONDS = 5.0
PATH = "/bank/v1/verify4"
#: certifTp of UnionPay's interface, by the codes of GA/T 2000.156.
_CERTIFICATES = {papers.PASSPORT: "03", papers.HK_MACAO_PERMIT: "04", papers.TAIWAN_PERMIT: "05"}
_CITIZENS, _OTHER = "01", "99"

#: A provider's own number of an answer, as it may stand in our tables; anything else is no answer.
Reference = Annotated[str, msgspec.Meta(pattern=r"^[\x21-\x7e]{0,200}$")]

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


class _Answer(msgspec.Struct):
    """What comes back: ``00`` is yes; ``queryId`` is the network's own number of the question."""

    orderId: str  # noqa: N815 - as on the wire
    respCode: str  # noqa: N815
    queryId: Reference  # noqa: N815


def client() -> httpx.AsyncClient:
    """One client an event loop: its connections stay open between calls and never cross loops."""
    loop = asyncio.get_running_loop()
    found = _clients.get(loop)
    if found is None:
        found = _clients[loop] = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
    return found


async def post(url: str, path: str, body: dict[str, object]) -> bytes:
    """A signed call; raises CheckAway when there is no answer of 200."""
    content = msgspec.json.encode(body)
    headers = {
        "content-type": "application/json",
        **signature_headers("POST", path, content, timestamp=int(time.time())),
    }
    try:
        answer = await client().post(f"{url}{path}", content=content, headers=headers)
    except httpx.HTTPError as away:
        raise CheckAway from away
    if answer.status_code != 200:
        raise CheckAway
    return answer.content


async def verify(url: str, *, order: UUID, card: str, paper: papers.Paper, name: str, phone: str) -> str:
    """Whether card, name, paper and phone are one person's; gives the network's number of the answer.

    ``order`` makes a repetition the same question. Raises CardSaysNo or CheckAway.
    """
    certificate = (
        _CITIZENS if paper.kind in papers.NUMBERED_AS_CITIZENS else _CERTIFICATES.get(paper.kind, _OTHER)
    )
    content = await post(
        url,
        PATH,
        {
            "orderId": str(order),
            "accNo": card,
            "customerInfo": {
                "certifTp": certificate,
                "certifId": paper.number,
                "customerNm": name,
                "phoneNo": phone,
            },
        },
    )
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except msgspec.MsgspecError as wrong:
        raise CheckAway from wrong
    if answer.orderId != str(order):
        raise CheckAway
    if answer.respCode != "00":
        raise CardSaysNo(answer.respCode)
    if not answer.queryId:
        raise CheckAway
    return answer.queryId
