"""The systems that log people in through us, as administrators see them, and which was not told of an end."""

from __future__ import annotations

import msgspec

from tongban.identity.actions.staffing import require
from tongban.identity.model.oidc import Client
from tongban.identity.store import oidc_registered as store
from tongban.kit import outbox
from tongban.kit.db import Database
from tongban.kit.policy import Actor

#: The news that a session is over, which is posted to the system.
NEWS = "identity.left_system"


class Registered(msgspec.Struct, frozen=True):
    """A system, and why it was not told that sessions ended 退出通知未送达: tried again, or given up."""

    client: Client
    troubles: tuple[outbox.Trouble, ...]

    @property
    def given_up(self) -> int:
        """Of how many ended sessions it will not be told any more."""
        return sum(one.events for one in self.troubles if one.given_up)


async def registered(db: Database, actor: Actor) -> list[Registered]:
    """Every system with its troubles, those that have some first. Two statements."""
    require(actor, "identity.oidc_registered")
    troubles = await outbox.troubles(db, topic=NEWS)
    found = [
        Registered(one, tuple(it for it in troubles if it.reason.startswith((f"{one.id}:", f"{one.id} "))))
        for one in await store.clients(db)
    ]
    return sorted(found, key=lambda one: (not one.troubles, one.client.id))
