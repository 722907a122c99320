"""The SMS gateway over HTTP: one signed call a message; sent twice with one id it is one message."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx
import msgspec

from tongban.kit.problem_title import title_of
from tongban.kit.signing import signature_headers
from tongban.notices.model import SmsAway, SmsRefused

TIMEOUT_SECONDS = 5.0
PATH = "/sms/v1/send"
#: Answers about the message itself. Other 4xx are about us or the moment (a signature past its time, a wrong
#: address, too many at once) and change when that is mended: they are an outage like any other.
REFUSED = frozenset({400, 409, 410, 413, 415, 422})

#: One client an event loop: its connections stay open between messages and never cross loops.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def _client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        client = _clients[loop] = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
    return client


async def send(url: str, *, msg_id: UUID, phone: str, text: str, template: str) -> None:
    """Hand one message to the gateway at ``url``; raises SmsAway when it did not take it,
    SmsRefused when it never will.

    ``template`` is the code of the approved text (短信模板), ``text`` the text filled in.
    """
    body = msgspec.json.encode({"msg_id": str(msg_id), "phone": phone, "text": text, "template": template})
    headers = {
        "content-type": "application/json",
        **signature_headers("POST", PATH, body, timestamp=int(time.time())),
    }
    try:
        answer = await _client().post(f"{url}{PATH}", content=body, headers=headers)
    except httpx.HTTPError as away:
        raise SmsAway(type(away).__name__) from away
    if answer.status_code in REFUSED:
        title = title_of(answer.content)
        raise SmsRefused(f"the gateway answered {answer.status_code}" + (f" ({title})" if title else ""))
    if answer.status_code != 202:
        raise SmsAway(f"the gateway answered {answer.status_code}")
