"""What a holder sees and shows: her library, one licence, its code, who looked at it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tongban import audit, identity, regions
from tongban.catalogue import Act
from tongban.kit import clock, keys
from tongban.kit.db import Database
from tongban.kit.i18n import N_, Message, Text
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Actor, Relation, relation_to
from tongban.licences import store
from tongban.licences.actions.afterwards import offers
from tongban.licences.actions.types import licence_type
from tongban.licences.actions.whose import issuer_for, whose_it_is
from tongban.licences.model import (
    BY_OFFICER,
    DECIDED_AGAINST,
    ENDED,
    LIFE,
    POLICY,
    STATE_TONES,
    Decision,
    Licence,
    LicenceUnknown,
    Move,
    RowAltered,
    State,
    Stated,
    claims_of,
    masked_number,
    opened,
    row_holds,
    state_on,
    state_words,
)
from tongban.licences.model.afterwards import AS_ASKED, Offer, reason_of
from tongban.settings import settings

_ALTERED = N_("数据异常")
#: How the ledger names that its holder, or who acts for her, opened the code of a licence.
SHOWING = "licences.present"


class Face(msgspec.Struct, frozen=True):
    """证面: a licence as its holder sees it. ``holder`` is empty until the card's data are filled in.

    ``state`` is the state today; ``state_words`` and ``tone`` (ok, warn, bad, info) show it; ``showable`` says whether
    there is a code to show, ``sound`` whether the register's row holds; ``number`` is the masked ID number;
    ``offers`` are what may be asked for it, or when and why not; ``facts`` what else stands on it; ``of_firm`` says
    that no person holds it. ``reference`` is the case whose decision gave it; ``reconsidered_by`` is said where the
    issuer's decision has ended or stopped it.
    """

    id: UUID
    reference: UUID
    type_code: str
    name: Text
    holder: str
    number: str
    state: State
    state_words: Message
    tone: str
    issuer: Text
    identifier: str | None
    card_serial: str | None
    issued: date | None
    until: date | None
    since: datetime
    reason: Message | str
    showable: bool
    sound: bool
    offers: tuple[Offer, ...] = ()
    reconsidered_by: regions.ReconsiderationOrgan | None = None
    facts: tuple[Stated, ...] = ()
    of_firm: bool = False
    issuer_code: str = ""

    @property
    def stands(self) -> bool:
        """Whether it is being made, valid or suspended: who has it needs no second one."""
        return self.state in (State.MAKING, State.VALID, State.SUSPENDED)

    @property
    def cancelled_as_asked(self) -> bool:
        """Whether it was cancelled because its holder asked for it: nobody decided against her."""
        return self.state is State.CANCELLED and str(self.reason).startswith(AS_ASKED)

    @property
    def under_way(self) -> Offer | None:
        """What is asked for it and not decided, for the lists; its ``href`` leads to the case."""
        return next((one for one in self.offers if one.standing == "busy" and one.href), None)

    @property
    def renewal(self) -> Offer | None:
        """What may be said of a renewal, for the lists."""
        return next((one for one in self.offers if one.act is Act.RENEW), None)

    @property
    def href(self) -> str:
        """The licence's own page."""
        return f"/my/licences/{self.id}"


async def library(
    db: Database, holder: UUID, *, also: Sequence[UUID] = (), now: datetime | None = None
) -> list[Face]:
    """A holder's licences as she sees them: those that stand first, then the latest change; one statement.

    ``also`` are the accounts merged into hers.
    """
    return await _library(db, (holder, *also), now=now or clock.now())


async def _library(db: Database, accounts: Sequence[UUID], *, now: datetime) -> list[Face]:
    rows = await store.licences_of(db, accounts)
    faces = [await _face(db, row, now=now) for row in rows]
    return sorted(faces, key=lambda face: face.state in ENDED)


async def library_page(
    db: Database, actor: Actor, *, before: UUID | None, limit: int, now: datetime
) -> list[Face]:
    """The actor's licences by their birth, the newest first, from behind one on: one statement."""
    POLICY.require(actor, "licences.library", Relation.OWN)
    rows = await store.licences_before(db, actor.accounts, before=before, limit=limit)
    return [await _face(db, row, now=now) for row in rows]


async def holds(db: Database, accounts: Sequence[UUID], *, type_code: str, now: datetime) -> bool:
    """Whether this person has a standing licence of the type already: nobody needs two of one kind."""
    return await store.standing(db, accounts, type_code=type_code, today=clock.city_day(now))


async def types_held(
    db: Database, accounts: Sequence[UUID], *, types: Collection[str], now: datetime
) -> dict[str, bool]:
    """Of these types those of which the library has this person's licence, and whether one of it stands: one
    statement, which looks at no row's contents."""
    return await store.types_held(db, accounts, types=types, today=clock.city_day(now))


async def held(db: Database, accounts: Sequence[UUID], *, type_code: str, now: datetime) -> Face | None:
    """The standing licence of this type that the person holds, to link to it; one statement."""
    faces = await _library(db, accounts, now=now)
    return next((face for face in faces if face.type_code == type_code and face.stands), None)


async def line_of(db: Database, holder: UUID, *, reference: UUID, now: datetime) -> list[Face]:
    """The licence that the decision ``reference`` gave this holder, then each that took its place, to the last.

    Empty where the house has none of it; one statement.
    """
    rows = await store.licences_of(db, (holder,))
    following = {row.replaces: row for row in rows if row.replaces and row.identifier}
    line: list[Licence] = []
    next_one = next((row for row in rows if row.reference == reference), None)
    while next_one is not None:
        line.append(next_one)
        next_one = following.get(next_one.id) if next_one.state is State.SUPERSEDED else None
    return [await _face(db, row, now=now) for row in line]


async def licence_of(db: Database, actor: Actor, *, licence: UUID, now: datetime) -> Face:
    """One licence of this person; raises LicenceUnknown for another's."""
    return await _face(db, await _own(db, actor, licence), now=now)


async def code_of(db: Database, actor: Actor, *, licence: UUID, now: datetime) -> str:
    """The address in the licence's QR: the verify page with signed claims.

    That it was shown is written down first, once an hour: the code itself has no end, it may be printed. Of an agent it
    is an act in her principal's name, and of the holder a use of the licence; both read it. Raises LicenceUnknown,
    RowAltered, and CoolingOff of an account that was recovered at a window within a day;
    FreshProofNeeded while the holder's phone number is new.
    """
    await identity.must_be_settled(db, actor, now=now)
    row = await _own(db, actor, licence)
    await identity.must_have_cooled(db, actor, now=now)
    ring = keys.current()
    if not row_holds(row, ring):
        raise RowAltered
    if row.identifier is None:
        raise LicenceUnknown
    await audit.note_once(db, actor, SHOWING, subject=row.holder, reference=row.id, purpose=row.id, now=now)
    kind = await licence_type(db, row.type_code)
    claims = claims_of(
        row,
        name=opened(ring, row.id, "holder_name", row.holder_name_sealed),
        id_number=opened(ring, row.id, "holder_code", row.holder_code_sealed),
        type_name=kind.name.zh,
        now=now,
    )
    return f"{settings().public_url}/verify/{ring.jws(claims, 'licence')}"


class Founded(msgspec.Struct, frozen=True):
    """What a decision founded, as the issuing department sees it: where it stands and what may be done to it.

    ``moves`` are (address, words) of the pages that ask for the reason; ``reserved`` says whose they are, to an officer
    who may make none of them. ``holder`` and ``reference`` are the ids of whose it is and of its case; nothing in it is
    personal.
    """

    holder: UUID
    reference: UUID
    name: Text
    state_words: Message
    tone: str
    identifier: str | None
    until: date | None
    since: datetime
    reason: Message | str
    moves: tuple[tuple[str, Message], ...]
    reserved: Message | None = None


async def told_by(db: Database, *, holder: UUID, reference: UUID) -> dict[str, str]:
    """What the licence that the decision ``reference`` founded says for what waits for it: its ``number``, the
    ``code`` of whom it names, the ``day`` from which it holds. For the house's own work; empty where there is none yet.
    One statement."""
    row = await store.licence_for(db, holder=holder, reference=reference)
    if row is None:
        return {}
    code = opened(keys.current(), row.id, "holder_code", row.holder_code_sealed)
    told = {"code": code, "number": row.number, "day": row.valid_from and row.valid_from.isoformat()}
    return {name: value for name, value in told.items() if value}


async def founded_by(
    db: Database, actor: Actor, *, holder: UUID, reference: UUID, now: datetime
) -> Founded | None:
    """The licence that the decision ``reference`` founded, for an officer of its issuer; None where there is none.

    One statement. Raises NotAllowed for another department's.
    """
    row = await store.licence_for(db, holder=holder, reference=reference)
    if row is None:
        return None
    issuer = await issuer_for(db, actor, row)
    POLICY.require(actor, "licences.look", relation_to(actor, department=issuer))
    return await _founded(db, actor, row, issuer, now=now)


async def changed_now(
    db: Database, actor: Actor, *, licence: UUID, move: str, now: datetime
) -> Founded | None:
    """The licence that an officer of its issuer has just changed by this move, as it stands: one statement.

    None for any other, and for one that does not stand where the move leads: then nothing of the kind was done to it.
    """
    row = await store.licence(db, bucket=bucket_of(licence), licence=licence)
    if row is None or row.state is not LIFE[Move(move)].target or row.state_changed_at == row.issued_at:
        return None
    issuer = await issuer_for(db, actor, row)
    if relation_to(actor, department=issuer) is Relation.OTHER:
        return None
    POLICY.require(actor, "licences.look", Relation.DEPARTMENT)
    return await _founded(db, actor, row, issuer, now=now)


async def _founded(db: Database, actor: Actor, row: Licence, issuer: str, *, now: datetime) -> Founded:
    reserved = await whose_it_is(db, actor, department=issuer)
    sound = row_holds(row, keys.current())
    state = state_on(row, clock.city_day(now))
    words, tone = _standing_words(row, state, sound=sound)
    return Founded(
        holder=row.holder,
        reference=row.reference,
        name=(await licence_type(db, row.type_code)).name,
        state_words=words,
        tone=tone,
        identifier=row.identifier,
        until=row.valid_until,
        since=row.state_changed_at,
        reason=reason_of(row, state),
        moves=tuple(
            (f"/staff/licences/{row.id}/{move}", title)
            for move, title in BY_OFFICER.items()
            if sound and reserved is None and row.state in LIFE[move].sources
        ),
        reserved=reserved,
    )


def _standing_words(row: Licence, state: State, *, sound: bool) -> tuple[Message, str]:
    """The state in words and its colour; a row that does not hold is named, whatever it says of itself."""
    if not sound:
        return _ALTERED, "bad"
    return state_words(row, state), "bad" if state in ENDED else STATE_TONES[state]


async def decisions_on(db: Database, actor: Actor, *, licence: UUID) -> list[Decision]:
    """What the issuer has decided about this person's licence, the latest first; one statement."""
    POLICY.require(actor, "licences.library", Relation.OWN)
    assert actor.id is not None
    return await store.decisions_on(db, licence=licence, holder=actor.id)


async def decided_about(
    db: Database, actor: Actor, *, licences: Collection[UUID]
) -> dict[UUID, list[Decision]]:
    """As :func:`decisions_on`, of several licences."""
    POLICY.require(actor, "licences.library", Relation.OWN)
    return await store.decisions_about(db, licences=licences, accounts=actor.accounts)


async def _own(db: Database, actor: Actor, licence: UUID) -> Licence:
    POLICY.require(actor, "licences.library", Relation.OWN)
    if actor.id is None or bucket_of(licence) != actor.bucket:
        raise LicenceUnknown
    row = await store.licence_of(db, holder=actor.id, bucket=actor.bucket, licence=licence)
    if row is None:
        raise LicenceUnknown
    return row


def _facts(ring: keys.Keys, row: Licence) -> tuple[Stated, ...]:
    """What stands on it besides holder and number; nothing on those of before, and on cards that state no more."""
    face = msgspec.json.decode(opened(ring, row.id, "face", row.face_sealed), type=dict[str, Any])
    return msgspec.convert(face.get("facts", ()), tuple[Stated, ...])


async def _face(db: Database, row: Licence, *, now: datetime) -> Face:
    ring = keys.current()
    sound = row_holds(row, ring)
    state = state_on(row, clock.city_day(now))
    kind = await licence_type(db, row.type_code)
    issuer = await regions.department(db, row.issuer_code)
    words, tone = _standing_words(row, state, sound=sound)
    return Face(
        id=row.id,
        reference=row.reference,
        type_code=row.type_code,
        name=kind.name,
        holder=opened(ring, row.id, "holder_name", row.holder_name_sealed) if sound else "",
        number=(masked_number(opened(ring, row.id, "holder_code", row.holder_code_sealed)) if sound else ""),
        state=state,
        state_words=words,
        tone=tone,
        issuer=issuer.name,
        issuer_code=row.issuer_code,
        identifier=row.identifier,
        card_serial=row.number,
        issued=row.valid_from,
        until=row.valid_until,
        since=row.state_changed_at,
        reason=reason_of(row, state),
        facts=_facts(ring, row) if sound else (),
        of_firm=kind.holder_kind == "organisation",
        showable=sound and row.identifier is not None and state not in ENDED,
        sound=sound,
        offers=await offers(db, row, now=now) if sound else (),
        reconsidered_by=await regions.reconsideration_organ(db, row.issuer_code)
        if state in DECIDED_AGAINST
        else None,
    )
