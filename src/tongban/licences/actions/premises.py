"""One licence for each premises 一地一证: the one that its holder has there, for who applies and who decides."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban import audit
from tongban.kit import clock, keys
from tongban.kit.db import Database, write
from tongban.kit.i18n import Message, Text
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.licences import store
from tongban.licences.actions.types import licence_type, licence_types
from tongban.licences.model import (
    POLICY,
    Licence,
    LicenceMovedOn,
    State,
    opened,
    premises_key,
    row_holds,
    state_on,
    state_words,
)

#: What of it is read, as the ledger notes it: neither name nor address.
READ = ["type_code", "number", "state", "valid_until"]
#: How often is read again when the licence changes in between.
_TRIES = 3


class AtPremises(msgspec.Struct, frozen=True):
    """The licence that a holder has for these premises already; nothing in it is personal.

    ``own`` says that it lies in the library of who asks; ``article`` is the rule that there is one only.
    """

    id: UUID
    name: Text
    number: str
    state_words: Message
    until: date | None
    article: Text
    own: bool

    @property
    def href(self) -> str:
        """Its page in its holder's library."""
        return f"/my/licences/{self.id}"


async def at_premises(
    db: Database, actor: Actor, *, type_code: str, holder_code: str, address: str, but: UUID, now: datetime
) -> AtPremises | None:
    """The valid or suspended licence of this type that the same holder has for the same premises, if there is one.

    ``holder_code`` is the firm's credit code or the person's number; the address is compared without blanks, full width
    as half. ``but`` is the case that asks: what it gave itself is not meant. None at once for a type without the rule
    (``one_per``); else one statement, and a second for the ledger row where what is found is another's than the
    reader's: under the purpose that lets the licence be verified, and its holder sees it. Raises LicenceMovedOn.
    """
    POLICY.require(actor, "licences.at_premises", Relation.ANY)
    kind = await licence_type(db, type_code)
    if kind.one_per is None or not holder_code or not address:
        return None
    ring, today = keys.current(), clock.city_day(now)
    key = premises_key(ring, type_code=type_code, holder_code=holder_code, address=address)
    for _ in range(_TRIES):
        rows = await store.at_premises(db, key, but=but)
        row = next((one for one in rows if row_holds(one, ring) and _stands(one, today)), None)
        if row is None:
            return None
        own = row.holder == actor.id
        if own or await _noted(db, actor, row, now=now):
            return AtPremises(
                id=row.id,
                name=kind.name,
                number=row.number or row.identifier or "",
                state_words=state_words(row, row.state),
                until=row.valid_until,
                article=kind.one_per.article,
                own=own,
            )
    raise LicenceMovedOn


async def of_premises(db: Database, *, after: Licence | None, limit: int) -> list[Licence]:
    """Licences that stand, of the types of which there is one for each premises only, in portions.

    ``after`` is the last of the portion before. What :func:`enter_premises` enters in the index, for a repair.
    """
    POLICY.require(SYSTEM, "licences.enter_premises", Relation.ANY)
    kinds = [kind.code for kind in await licence_types(db) if kind.one_per is not None]
    at = (after.bucket, after.id) if after else None
    return await store.standing_of_types(db, types=kinds, after=at, limit=limit) if kinds else []


async def enter_premises(db: Database, licence: Licence, *, address: str, now: datetime) -> bool:
    """Enter a licence in the index of premises by the ``address`` that it stands for, where it is not in it yet.

    For those that were founded before there was an index; with a ledger row, by the system. Gives whether it was
    entered; never for a row that does not hold. One statement.
    """
    POLICY.require(SYSTEM, "licences.enter_premises", Relation.ANY)
    ring = keys.current()
    if not address or not row_holds(licence, ring):
        return False
    code = opened(ring, licence.id, "holder_code", licence.holder_code_sealed)
    key = premises_key(ring, type_code=licence.type_code, holder_code=code, address=address)
    done = await write(
        db,
        store.placing_late(licence, key),
        audit.record(
            *(SYSTEM, "licences.enter_premises"),
            subject=licence.holder,
            reference=licence.id,
            purpose=licence.id,
            now=now,
        ),
    )
    return done is not None


def _stands(row: Licence, today: date) -> bool:
    return state_on(row, today) in (State.VALID, State.SUSPENDED)


async def _noted(db: Database, actor: Actor, row: Licence, *, now: datetime) -> bool:
    """Keep the reading, while the row is as it was read."""
    done = await write(
        db,
        store.unchanged(row),
        audit.record(
            *(actor, "licences.at_premises"),
            subject=row.holder,
            reference=row.id,
            purpose=row.id,
            kind="read",
            detail={"by": "premises", "fields": READ},
            now=now,
        ),
    )
    return done is not None
