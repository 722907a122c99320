"""Back-channel logout: one form posted to the address that a system registered."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx

from tongban.identity.model.oidc import Client, Login
from tongban.identity.model.oidc_endpoints import logout_token
from tongban.kit import outbox

TIMEOUT_SECONDS = 5.0
#: Answers about the token itself (Back-Channel Logout 1.0 §2.8); others change when something is mended.
REFUSED = frozenset({400, 410, 413, 415, 422})

#: One client an event loop: its connections stay open between messages and never cross loops.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def _client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        client = _clients[loop] = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
    return client


async def post(client: Client, login: Login, *, issuer: str, event: UUID) -> None:
    """Tell a system that a session is over; raises outbox.AwayForNow or outbox.RefusedForGood.

    The token is made anew for each try, by the wall clock that the other side compares with; its id stays.
    """
    assert client.back_channel is not None
    token = logout_token(client, login, issuer=issuer, event=event, at=int(time.time()))
    try:
        answer = await _client().post(client.back_channel, data={"logout_token": token})
    except httpx.HTTPError as away:
        raise outbox.AwayForNow(f"{client.id}: {type(away).__name__}") from away
    if answer.status_code in REFUSED:
        raise outbox.RefusedForGood(f"{client.id} answered {answer.status_code}")
    if answer.status_code not in (200, 204):
        raise outbox.AwayForNow(f"{client.id} answered {answer.status_code}")
