"""Accounts of a grown demo city: real rows of people who are nobody."""

from __future__ import annotations

from tongban import audit
from tongban.identity.model import Account
from tongban.identity.model.hashes import number_hash, spellings
from tongban.identity.model.people import LEVEL_CHECKED, seal_id_number, seal_name
from tongban.identity.store import accounts
from tongban.kit.db import Bulk, Database
from tongban.kit.growth import Lot, Newcomer
from tongban.kit.policy import SYSTEM, Role
from tongban.notices import seal_phone

#: No password opens such an account: this is no Argon2 hash, so every one is refused.
NO_PASSWORD = "!"  # noqa: S105 - the absence of one


async def grown(_db: Database, lot: Lot) -> list[Bulk]:
    """The accounts of a lot's people, found by number and phone, each with its ledger row."""
    opened = [(_account(one), one.came_at) for one in lot.people]
    checked = [(one.id, seal_id_number(one.id_number, one.id), one.came_at) for one in lot.people]
    claims = [
        (spelled, kind, one.id, one.came_at, place > 0)
        for one in lot.people
        for kind, hash_ in (
            ("id_number", number_hash("id_number", one.id_number)),
            ("phone", number_hash("phone", one.phone)),
        )
        for place, spelled in enumerate(spellings(hash_))
    ]
    acts = (
        audit.Act(SYSTEM, "identity.load_demo", one.id, one.id, None, "act", one.came_at)
        for one in lot.people
    )
    return [*accounts.many(opened, checked), accounts.claims(claims), *audit.many(acts, ())]


def _account(one: Newcomer) -> Account:
    return Account(
        id=one.id,
        role=Role.RESIDENT,
        name_sealed=seal_name(one.name, one.id),
        phone_sealed=seal_phone(one.phone, one.id),
        level=LEVEL_CHECKED,
        password=NO_PASSWORD,
        department=None,
    )
