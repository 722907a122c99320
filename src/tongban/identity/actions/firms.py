"""Binding a firm 绑定单位: its legal representative, confirmed by the register, opens its account and acts for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg

from tongban import audit, notices
from tongban.identity.actions import firm_words
from tongban.identity.actions.cooling import must_have_cooled
from tongban.identity.model import POLICY, Person
from tongban.identity.model.firms import (
    BASIS,
    BINDING_STANDS,
    FIELDS,
    ITEM,
    Binding,
    Bound,
    CodeDoubtful,
    Firm,
    FirmCheck,
    FirmInvalid,
    FirmResult,
    TooManyFirms,
    firm_hash,
)
from tongban.identity.model.people import LEVEL_CHECKED, paper_hash, seal_name
from tongban.identity.model.powers import LONGEST, Offer, Power, PowerState, on_register
from tongban.identity.model.refusals import PersonUnknown
from tongban.identity.store import accounts, firms, powers, replacing
from tongban.kit import clock, papers
from tongban.kit.acting import PowerEnd
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy, Part, write, write_in_turn
from tongban.kit.errors import Refused, Unavailable
from tongban.kit.i18n import Message, both
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.keys.ring import normalised
from tongban.kit.outbox import announcing
from tongban.kit.policy import SYSTEM, Actor, Relation
from tongban.kit.web.sessions import ending_power
from tongban.notices import seal_phone

_BATCH = 50
_checks: list[FirmCheck] = []


def plug_firm_check(check: FirmCheck) -> None:
    """Tell this room how to ask the register of firms; the house does it once per process."""
    _checks[:] = [check]


async def ask_register(
    db: Database, *, subject: UUID, purpose: UUID, code: str, name: str, id_number: str, now: datetime
) -> FirmResult:
    """What the register says of a firm, through the plugged check; raises what that raises."""
    return await _checks[0](
        db, subject=subject, purpose=purpose, code=code, name=name, id_number=id_number, now=now
    )


async def bind_firm(db: Database, actor: Actor, *, code: str, sure: bool = False, now: datetime) -> Bound:
    """Open the account of the firm whose legal representative the actor is, and let her act for it at once.

    ``code`` is its unified social credit code as typed. One firm has one account: who represents an opened one gets
    the power for it. A code whose check characters fail is bound where she is ``sure`` of it and the register knows it;
    that she was asked stays in the ledger. While the register does not answer, the binding is kept and
    :func:`ask_firms` goes on; nothing is given then. Raises FirmInvalid, CodeDoubtful, TooManyFirms, CoolingOff.
    """
    POLICY.require(actor, "identity.bind_firm", Relation.OWN)
    assert actor.id is not None
    await must_have_cooled(db, actor, now=now)
    wanted = normalised(code)
    if not papers.uscc_shaped(wanted):
        raise FirmInvalid.misshapen(wanted)
    if (known := await _bound(db, actor.id, wanted, now=now)) is not None:
        return known
    if not sure and not papers.uscc_holds(wanted):
        raise CodeDoubtful
    binding = await _waiting(db, actor.id, wanted) or await _kept(db, actor, wanted, now=now)
    return await _ask(db, actor, binding, now=now)


async def _bound(db: Database, person: UUID, code: str, *, now: datetime) -> Bound | None:
    """What she has already: done twice, it is one."""
    firm = await firms.by_hash(db, firm_hash(code))
    if firm is None or not firm.active:
        return None
    power = await _power_of(db, firm.id, person, now=now)
    return Bound(firm, power.id) if power else None


async def _power_of(db: Database, firm: UUID, person: UUID, *, now: datetime) -> Power | None:
    """The power by which this person represents this firm, as the register says."""
    return next(
        (
            one
            for one in await powers.living_given(db, firm)
            if one.agent == person and one.by_register and one.at(now) is PowerState.STANDING
        ),
        None,
    )


async def _waiting(db: Database, person: UUID, code: str) -> Binding | None:
    return next((one for one in await firms.waiting(db, person) if one.code == code), None)


async def _kept(db: Database, actor: Actor, code: str, *, now: datetime) -> Binding:
    """Write down what is asked, with the purpose under which the register may be asked."""
    assert actor.id is not None
    binding = Binding(new_id(bucket_of(actor.id)), actor.id, code, now, now + BINDING_STANDS)
    try:
        done = await write_in_turn(
            db,
            "identity.firm_binding",
            actor.id,
            firms.keeping(binding),
            audit.opening_purpose(
                id=binding.id,
                kind="own_act",
                subject=actor.id,
                reference=binding.id,
                item=ITEM,
                fields=FIELDS,
                basis=BASIS,
                until=binding.until,
                now=now,
            ),
            audit.record(
                actor,
                ITEM,
                subject=actor.id,
                reference=binding.id,
                detail={} if papers.uscc_holds(code) else {"check": "acknowledged"},
                now=now,
            ),
        )
    except asyncpg.UniqueViolationError:  # her other tab
        if (known := await _waiting(db, actor.id, code)) is None:
            raise
        return known
    if done is None:
        raise TooManyFirms
    return binding


async def _ask(db: Database, actor: Actor, binding: Binding, *, now: datetime) -> Bound:
    person = await accounts.person(db, binding.person)
    if person is None:
        raise PersonUnknown
    try:
        said = await ask_register(
            db,
            subject=binding.person,
            purpose=binding.id,
            code=binding.code,
            name=person.name,
            id_number=person.id_number,
            now=now,
        )
    except (DatabaseAway, DatabaseBusy):
        raise
    except Unavailable:
        return Bound()
    except Refused:  # her other tab was faster, and with it the purpose is over
        if (known := await _bound(db, binding.person, binding.code, now=now)) is None:
            raise
        return known
    if not said.match:
        refusal = _refusal(binding.code, said)
        await write(
            db,
            firms.settling(binding, "refused"),
            audit.closing_purpose(subject=binding.person, reference=binding.id, now=now),
            audit.record(
                actor, "identity.refuse_firm", subject=binding.person, reference=binding.id, now=now
            ),
            # Whoever waits at the page reads it there.
            *((_refused_later(binding, refusal, now=now),) if actor is SYSTEM else ()),
        )
        raise refusal
    return await _bind(db, actor, binding, person, said, now=now)


def _refused_later(binding: Binding, refusal: FirmInvalid, *, now: datetime) -> Part:
    title = both(Message(firm_words.NOT_PASSED.msgid, {"name": binding.code}))
    body = both(refusal.words)
    return notices.telling(recipient=binding.person, title=title, body=body, link="/my/acting/firm", now=now)


def _refusal(code: str, said: FirmResult) -> FirmInvalid:
    if not said.known:
        return FirmInvalid.unknown(code)
    if said.stands != "active":
        return FirmInvalid.gone(said.name, said.stands)
    return FirmInvalid.not_hers(said.name)


async def _bind(
    db: Database, actor: Actor, binding: Binding, person: Person, said: FirmResult, *, now: datetime
) -> Bound:
    firm = await firms.by_hash(db, firm_hash(binding.code))
    if firm is None:
        await _open(db, actor, binding.code, person, said, now=now)
        firm = await firms.by_hash(db, firm_hash(binding.code))
        assert firm is not None
    else:
        await write(db, firms.confirming(firm.id, said, now=now))
    power = await _represent(db, actor, binding, firm, person, said, now=now)
    for other in await powers.living_given(db, firm.id):
        if other.id != power and other.by_register and other.at(now) is PowerState.STANDING:
            await end_by_register(db, other, words=firm_words.REPLACED, now=now)
    return Bound(firm, power)


async def _open(
    db: Database, actor: Actor, code: str, person: Person, said: FirmResult, *, now: datetime
) -> None:
    """Open the account, unless somebody else has just done so: the code's claim is the guard."""
    who = new_id(new_bucket())
    await write(
        db,
        firms.claiming(firm_hash(code), who, now=now),
        firms.opening(
            name_sealed=seal_name(said.name, who),
            phone_sealed=seal_phone(person.phone, who),
            level=LEVEL_CHECKED,
            now=now,
        ),
        firms.adding(code, said, now=now),
        audit.record(actor, "identity.open_firm", subject=who, reference=who, now=now),
    )


async def _represent(
    db: Database,
    actor: Actor,
    binding: Binding,
    firm: Firm,
    person: Person,
    said: FirmResult,
    *,
    now: datetime,
) -> UUID:
    """The power of the representative 法定代表人: it stands at once, since the register has just said so."""
    power = new_id(bucket_of(firm.id))
    offer = Offer(
        paper=person.paper,
        name=person.name,
        kind="representative",
        items=None,
        errands=None,
        most=None,
        starts_at=now,
        until=now + LONGEST,
    )
    done = audit.closing_purpose(subject=person.id, reference=binding.id, now=now)
    try:
        given = await write(
            db,
            powers.offering(
                power,
                offer,
                principal=firm.id,
                principal_name=said.name,
                agent=person.id,
                agent_hash=paper_hash(person.paper),
                by=person.id,
                state=PowerState.STANDING,
                basis=on_register(clock.city_day(said.as_of)),
                now=now,
            ),
            powers.holding(person.id, power, now=now),
            firms.taking_phone(firm.id, seal_phone(person.phone, firm.id)),
            firms.bound(binding),
            done,
            audit.record(actor, "identity.represent_firm", subject=firm.id, reference=power, now=now),
            audit.record(actor, "identity.represent_firm", subject=person.id, reference=power, now=now),
            firm_words.tell(person.id, firm_words.BOUND, said.name, link=f"/my/acting/{power}", now=now),
        )
    except asyncpg.UniqueViolationError as twice:
        if not replacing.is_second(twice):
            raise
        await write(db, firms.settling(binding, "bound"), done)
        known = await _power_of(db, firm.id, person.id, now=now)
        if known is None:
            raise
        return known.id
    if given is None:  # its end was written in this very moment; the binding waits, and is told of that
        raise FirmInvalid.gone(said.name, (await firms.firm(db, firm.id) or firm).state)
    return power


async def end_by_register(
    db: Database, power: Power, *, words: firm_words.Told, why: PowerEnd = "lapsed", now: datetime
) -> None:
    """End a power because of what the register says: its agent is told, and no session acts by it any more.

    ``why`` is what such a session is told.
    """
    told = power.agent
    await write(
        db,
        powers.ending(
            power.id,
            state=PowerState.LAPSED,
            by=power.principal,
            states=[PowerState.OFFERED, PowerState.STANDING],
            now=now,
        ),
        ending_power(power.holder, power.id, why),
        audit.record(SYSTEM, "identity.lapse_power", subject=power.principal, reference=power.id, now=now),
        *(
            ()
            if told is None
            else (
                audit.record(SYSTEM, "identity.lapse_power", subject=told, reference=power.id, now=now),
                firm_words.tell(told, words, power.principal_name, link=f"/my/acting/{power.id}", now=now),
            )
        ),
        announcing(
            "identity.power_ended",
            subject=power.principal,
            reference=power.id,
            payload={"why": "lapsed"},
            now=now,
        ),
    )


async def ask_firms(db: Database, *, now: datetime) -> None:
    """Ask the register again for the bindings that wait for it; each person is told what came of hers."""
    for binding in await firms.to_ask_again(db, now=now, limit=_BATCH):
        if binding.until <= now:
            await _lapse(db, binding, now=now)
            continue
        try:
            await _ask(db, SYSTEM, binding, now=now)
        except FirmInvalid:
            continue  # told with the refusal


async def _lapse(db: Database, binding: Binding, *, now: datetime) -> None:
    await write(
        db,
        firms.settling(binding, "lapsed"),
        audit.closing_purpose(subject=binding.person, reference=binding.id, now=now),
        audit.record(SYSTEM, "identity.lapse_binding", subject=binding.person, reference=binding.id, now=now),
        firm_words.tell(binding.person, firm_words.AWAY, binding.code, link="/my/acting/firm", now=now),
    )


async def waiting_firms(db: Database, actor: Actor) -> list[Binding]:
    """The bindings that wait for the register, of the actor's own."""
    POLICY.require(actor, "identity.bind_firm", Relation.OWN)
    assert actor.id is not None
    return await firms.waiting(db, actor.id)


async def firm_of(db: Database, actor: Actor) -> Firm | None:
    """The firm for which the actor acts just now, if it is one."""
    POLICY.require(actor, "identity.firm", Relation.OWN)
    assert actor.id is not None
    return await firms.firm(db, actor.id)
