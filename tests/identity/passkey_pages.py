"""What a script does with passkeys, over HTTP: asks for a challenge, has it answered, sends the form."""

from __future__ import annotations

from typing import Any

from tests.identity.authenticator import Authenticator
from tests.identity.conftest import Client
from tests.identity.pages import fields_of
from tongban.identity.actions import passkeys as actions

AT = "/account/passkeys"
JSON = {"accept": "application/json"}


def authenticator(**wrong: Any) -> Authenticator:
    party = actions.party()
    return Authenticator(**{"origin": party.origin, "rp": party.id, **wrong})


async def begun(
    client: Client, shown: Any, form: str, options: str, **typed: str
) -> tuple[dict[str, str], Any]:
    """The fields of a page's form, and the challenge that its script asks for."""
    fields = {**fields_of(shown.text, form), **typed}
    told = await client.post(options, data=fields, headers=JSON)
    assert told.status_code == 200, told.text
    return {**fields, "ceremony": told.json()["ceremony"]}, told.json()["publicKey"]


async def added(client: Client, device: Authenticator, name: str = "我的手机") -> Any:
    shown = await client.get(f"{AT}/add")
    fields, options = await begun(client, shown, f"{AT}/add", f"{AT}/options", name=name)
    return await client.post(f"{AT}/add", data={**fields, "credential": device.make(options)})


async def asked(client: Client, next_path: str = "/draft") -> tuple[dict[str, str], Any]:
    shown = await client.get(f"/login?next={next_path}")
    return await begun(client, shown, "/login/passkey", "/login/passkey/options")


async def enters(client: Client, device: Authenticator, which: int = -1) -> Any:
    fields, options = await asked(client)
    return await client.post("/login/passkey", data={**fields, "credential": device.answer(options, which)})
