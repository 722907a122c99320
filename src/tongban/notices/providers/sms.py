"""The SMS gateway over HTTP: one signed call a message; sent twice with one id it is one message."""

from __future__ import annotations

import asyncio
import hashlib
import time
from base64 import b64encode
from uuid import UUID
from weakref import WeakKeyDictionary

import httpx
import msgspec

from tongban.kit import keys
from tongban.notices.model import SmsAway

TIMEOUT_SECONDS = 5.0
NODE = "node-310000"
PATH = "/sms/v1/send"

#: One client an event loop: its connections stay open between messages and never cross loops.
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


def _client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        client = _clients[loop] = httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False)
    return client


async def send(url: str, *, msg_id: UUID, phone: str, text: str, template: str) -> None:
    """Hand one message to the gateway at ``url``; raises SmsAway when it did not take it.

    ``template`` is the code of the approved text (短信模板), ``text`` the text filled in.
    """
    body = msgspec.json.encode({"msg_id": str(msg_id), "phone": phone, "text": text, "template": template})
    # The wall clock, not the house's: the other side compares it with its own.
    stamp = str(int(time.time()))
    signed = f"POST\n{PATH}\n{stamp}\n{hashlib.sha256(body).hexdigest()}\n".encode()
    headers = {
        "content-type": "application/json",
        "tongban-node": NODE,
        "tongban-timestamp": stamp,
        "tongban-signature": b64encode(keys.current().sign("node", signed)).decode(),
    }
    try:
        answer = await _client().post(f"{url}{PATH}", content=body, headers=headers)
    except httpx.HTTPError as away:
        raise SmsAway(type(away).__name__) from away
    if answer.status_code != 202:
        # The answer's body may repeat the message: it stays out of the reason, which is logged.
        raise SmsAway(f"the gateway answered {answer.status_code}")
