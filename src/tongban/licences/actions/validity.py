"""A licence becomes valid: by the card maker's serial, or at once where no card is made besides it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from tongban import audit, regions
from tongban.catalogue import Act
from tongban.kit import clock, keys, outbox, serials
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import both
from tongban.kit.policy import SYSTEM
from tongban.licences import store
from tongban.licences.actions.types import licence_type
from tongban.licences.model import (
    LIFE,
    Licence,
    LicenceMovedOn,
    LicenceUnknown,
    Move,
    RowAltered,
    State,
    after,
    last_day,
    make,
    moved,
    row_holds,
    signed,
)
from tongban.licences.model.afterwards import REPLACED_REASONS

#: How long the register answers verifications after the last day, and under what law.
VERIFIABLE_FOR = timedelta(days=3653)
VERIFYING_BASIS = "国务院令第716号《国务院关于在线政务服务的若干规定》第十条"
VERIFIED_FIELDS = ["holder_name", "type_code", "issuer_code", "state", "issued_at", "valid_until"]


class BaseEnded(Exception):  # noqa: N818 - a verdict
    """The licence whose place another was to take has ended for good meanwhile."""

    def __init__(self, base: Licence) -> None:
        super().__init__(f"it is {base.state}")
        self.base = base


async def base_of(db: Database, making: Licence) -> Licence | None:
    """The licence that one in the making is to replace, None for one that replaces none.

    Raises BaseEnded when nothing can take its place any more, LicenceUnknown, RowAltered.
    """
    if making.replaces is None:
        return None
    base = await store.licence(db, bucket=making.bucket, licence=making.replaces)
    if base is None:
        raise LicenceUnknown
    if not row_holds(base, keys.current()):
        raise RowAltered
    if base.state not in LIFE[Move.RENEW].sources:
        raise BaseEnded(base)
    return base


async def issue_electronic(db: Database, before: Licence, *, mark: Part, now: datetime) -> None:
    """Make a licence valid that has no card: its number is the issuer's next of the year.

    ``mark`` says that the event has had its effect. Raises LicenceMovedOn when somebody was faster, BaseEnded.
    """
    issuer = await regions.department(db, before.issuer_code)
    year = clock.city_day(now).year
    serial = before.number
    if serial is None:
        serial = f"{year}{await serials.take(db, f'licence:{before.type_code}:{issuer.uscc}:{year}'):07d}"
    named = msgspec.structs.replace(before, issuer_uscc=issuer.uscc)
    valid = await becoming_valid(db, named, serial=serial, now=now)
    if await write(db, *(await made_valid(db, before, valid, now=now)), mark) is None:
        raise LicenceMovedOn


async def made_valid(db: Database, before: Licence, valid: Licence, *, now: datetime) -> tuple[Part, ...]:
    """The guard and the parts by which a licence becomes valid, and the one that it replaces ceases to hold.

    What was suspended stays so in its new version. Raises BaseEnded when the one to be replaced was ended meanwhile,
    RowAltered, LicenceUnknown.
    """
    if before.replaces is None:
        return (store.changing(before, valid), *issued(valid, now=now))
    old = await base_of(db, before)
    assert old is not None
    if old.state is State.SUSPENDED:
        valid = moved(valid, Move.SUSPEND, reason=old.state_reason, now=now, keys=keys.current())
        valid = signed(msgspec.structs.replace(valid, revision=before.revision + 1), keys.current())
    gone = moved(
        msgspec.structs.replace(old, replaced_as=before.came_by),
        *(Move.RENEW,),
        reason=both(REPLACED_REASONS[Act(before.came_by)]).zh if before.came_by else "",
        now=now,
        keys=keys.current(),
    )
    return (
        store.both_unchanged(before, old),
        store.becoming(valid),
        store.becoming(gone),
        audit.record(
            SYSTEM,
            "licences.renew",
            subject=old.holder,
            reference=old.id,
            detail={"from": old.state, "to": gone.state, "revision": gone.revision},
            now=now,
        ),
        outbox.announcing(
            LIFE[Move.RENEW].event,
            subject=old.holder,
            reference=old.reference,
            payload={"licence": str(old.id), "state": gone.state, "by": str(valid.id)},
            now=now,
        ),
        store.settling(holder=valid.holder, reference=valid.reference, now=now),
        *issued(valid, now=now),
    )


async def becoming_valid(db: Database, before: Licence, *, serial: str, now: datetime) -> Licence:
    """The licence once it has its serial 证号: identified, dated, signed. Raises Malformed for an odd serial."""
    kind = await licence_type(db, before.type_code)
    today = clock.city_day(now)
    return signed(
        msgspec.structs.replace(
            before,
            state=after(before.state, Move.ISSUE),
            revision=before.revision + 1,
            identifier=make(
                type_code=before.type_code,
                issuer=before.issuer_uscc or "",
                serial=serial,
                version=before.version,
            ),
            number=serial,
            issued_at=now,
            valid_from=before.valid_from or today,
            valid_until=before.valid_until if before.came_by else last_day(kind, today),
            state_changed_at=now,
        ),
        keys.current(),
    )


def issued(valid: Licence, *, now: datetime) -> tuple[Part, ...]:
    """The parts that go with a licence becoming valid: indexed, announced, in the ledger, lawful to verify."""
    return (
        store.indexing(valid),
        outbox.announcing(
            LIFE[Move.ISSUE].event,
            subject=valid.holder,
            reference=valid.reference,
            payload={"licence": str(valid.id), "type_code": valid.type_code},
            now=now,
        ),
        audit.record(
            SYSTEM,
            "licences.issue",
            subject=valid.holder,
            reference=valid.reference,
            detail={"licence": str(valid.id), "identifier": valid.identifier, "revision": valid.revision},
            now=now,
        ),
        audit.opening_purpose(
            id=valid.id,
            kind="own_act",
            subject=valid.holder,
            reference=valid.id,
            item=valid.type_code,
            fields=VERIFIED_FIELDS,
            basis=VERIFYING_BASIS,
            until=now + VERIFIABLE_FOR,
            now=now,
        ),
    )
