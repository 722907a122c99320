"""Help at the window: who came is found or enrolled and signs the consent, then the officer acts for her."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from tongban import audit, regions
from tongban.identity.actions.asking_register import register_answer
from tongban.identity.actions.logging_in import Opened
from tongban.identity.actions.powers import item_names
from tongban.identity.actions.seeing import own_matter
from tongban.identity.actions.superseding import LOOKS, made_in_place
from tongban.identity.actions.telling import page_of, tell
from tongban.identity.model import POLICY, Account, Person
from tongban.identity.model.helping import (
    ERRANDS,
    HelpInvalid,
    HelpOver,
    HelpSheet,
    OwnHelp,
    Visitor,
    WindowRegisterAway,
    ends_at,
    number_of,
)
from tongban.identity.model.people import LEVEL_CHECKED, paper_hash, seal_id_number, seal_name
from tongban.identity.model.powers import LIVING, Power, PowerOver, PowerState, PowerUnknown
from tongban.identity.store import accounts, children, helping, powers, replacing, staff
from tongban.kit import keys, papers
from tongban.kit.db import Database, Part, write
from tongban.kit.i18n import N_, Text
from tongban.kit.ids import bucket_of, new_bucket, new_id
from tongban.kit.policy import Actor, Relation, Role
from tongban.kit.web.sessions import switching, taken
from tongban.notices import seal_phone
from tongban.settings import settings

ITEM = "identity.assist"
FIELDS = ("population.name", "population.phone", "population.status")
BASIS = "个人信息保护法第十三条第一款第一项：取得个人的同意"


async def begin_help(db: Database, actor: Actor, visitor: Visitor, *, now: datetime) -> UUID:
    """An officer begins to help who stands before her; gives the help, which waits for the signature.

    Whoever has no account gets one that the population register confirmed, without a phone or a password. Begun again
    the same day it takes the place of the last. Raises HelpInvalid, OwnHelp, WindowRegisterAway.
    """
    POLICY.require(actor, "identity.assist", Relation.ANY)
    assert actor.id is not None
    person = await at_window(db, actor, visitor.paper, visitor.name, now=now)
    if await own_matter(db, actor, person):
        raise OwnHelp
    hash_ = keys.current().blind_index("officer", actor.id.hex)
    old = await replacing.in_the_way(db, person.id, hash_, "assisted", states=LIVING)
    for _ in range(LOOKS):
        power = new_id(bucket_of(person.id))
        parts = _beginning(actor, power, person, visitor, hash_, now=now)
        if await made_in_place(db, actor, power, old, *parts, principal=person.id, now=now):
            return power
        known = {one.id for one in old}
        old = await replacing.in_the_way(db, person.id, hash_, "assisted", states=LIVING)
        for one in old:
            if one.id not in known and one.state is PowerState.OFFERED:
                return one.id  # her other tab was a moment faster
    raise PowerOver(PowerState.OFFERED)


def _beginning(
    actor: Actor, power: UUID, person: Person, visitor: Visitor, hash_: bytes, *, now: datetime
) -> tuple[Part, ...]:
    """The parts of a help that waits for the signature: its row, the officer's way to it, the ledger's row."""
    assert actor.id is not None
    return (
        children.founding(
            Power(
                id=power,
                principal=person.id,
                agent=actor.id,
                principal_name=person.name,
                agent_name=actor.name,
                kind="assisted",
                items=frozenset({visitor.item}),
                errands=ERRANDS,
                most=None,
                basis=number_of(power, now),
                starts_at=now,
                until=ends_at(now),
                state=PowerState.OFFERED,
                offered_at=now,
                answered_at=None,
                ended_at=None,
            ),
            agent_hash=hash_,
            by=actor.id,
            in_place=True,
            now=now,
        ),
        powers.holding(actor.id, power, now=now),
        audit.record(
            actor,
            "identity.assist",
            subject=person.id,
            reference=power,
            detail={"item": visitor.item, "paper": visitor.paper.kind},
            now=now,
        ),
    )


async def at_window(db: Database, actor: Actor, paper: papers.Paper, name: str, *, now: datetime) -> Person:
    """Who stands at the window with this paper: her account, or a new one. Raises as :func:`begin_help`."""
    hash_ = paper_hash(paper)
    who = (await accounts.residents_by_claims(db, [hash_])).get(hash_)
    if who is None:
        who = await _enrol(db, actor, paper, name, hash_, now=now)
    person = await accounts.person(db, who)
    if person is None:
        raise PowerUnknown
    if person.name != name and not (papers.is_latin(name) and person.name.upper() == name.upper()):
        raise HelpInvalid({"name": N_("姓名与这个证件号码的账户不一致，请照证件核对。")})
    return person


async def _enrol(
    db: Database, actor: Actor, paper: papers.Paper, name: str, hash_: bytes, *, now: datetime
) -> UUID:
    """Open an account for who has none: the register is asked as for every enrolment, but for a phone."""
    who = new_id(new_bucket())
    await write(
        db,
        Part("SELECT 1 AS begun"),
        audit.opening_purpose(
            id=who,
            kind="own_act",
            subject=who,
            reference=who,
            item=ITEM,
            fields=FIELDS,
            basis=BASIS,
            until=ends_at(now),
            now=now,
        ),
        audit.record(actor, "identity.enrol", subject=who, reference=who, now=now),
    )
    answer = await register_answer(db, who, subject=who, name=name, paper=paper, now=now)
    if answer is None:
        raise WindowRegisterAway
    if not answer.match:
        raise HelpInvalid(
            {"id_number": N_("人口库没有核对上姓名和号码。请照证件核对；无误的，请本人到派出所核实。")}
        )
    claim = "id_number" if paper.kind in papers.NUMBERED_AS_CITIZENS else "paper"
    account = Account(who, Role.RESIDENT, seal_name(name, who), seal_phone("", who), LEVEL_CHECKED, "", None)
    done = await write(
        db,
        accounts.claiming(hash_, claim, who, now=now),
        accounts.claiming_older(hash_, claim, now=now),
        accounts.adding_account(account, now=now),
        accounts.adding_person(
            paper, number_sealed=seal_id_number(paper.number, who), now=answer.as_of or now
        ),
        audit.closing_purpose(subject=who, reference=who, now=now),
        audit.record(actor, "identity.open_account", subject=who, reference=who, now=now),
    )
    if done is None:  # another window was a moment faster
        return (await accounts.residents_by_claims(db, [hash_]))[hash_]
    return who


async def help_of(db: Database, actor: Actor, *, power_id: UUID, now: datetime) -> Power:
    """An officer's own help that waits or stands; raises PowerUnknown, HelpOver."""
    POLICY.require(actor, "identity.help", Relation.DEPARTMENT)
    assert actor.id is not None
    found = await powers.power_of(db, power_id, who=actor.id)
    if found is None or found.kind != "assisted" or found.agent != actor.id:
        raise PowerUnknown
    if found.at(now) not in (PowerState.OFFERED, PowerState.STANDING):
        raise HelpOver
    return found


async def consent_of(db: Database, actor: Actor, *, power_id: UUID, now: datetime) -> HelpSheet:
    """What the consent to a help says; raises PowerUnknown, HelpOver."""
    found = await help_of(db, actor, power_id=power_id, now=now)
    person = await accounts.person(db, found.principal)
    if person is None or found.items is None:
        raise PowerUnknown
    item = next(iter(found.items))
    city = regions.city_of(settings().city_dir)
    organ = (
        (await regions.department(db, actor.department)).name if actor.department else Text(city.name.zh, "")
    )
    return HelpSheet(
        power=found.id,
        number=found.basis,
        name=person.name,
        id_masked=person.id_masked,
        item=(await item_names(db)).get(item, Text(item, item)),
        officer=actor.name,
        organ=organ,
        at=found.offered_at,
        until=found.until,
        brand=Text(f"{city.mark} {city.name.zh}", f"{city.mark} {city.name.en}"),
        note=city.note,
    )


async def print_consent(db: Database, actor: Actor, *, power_id: UUID, now: datetime) -> HelpSheet:
    """The same to be printed, which the ledger keeps: who took her name and number away on paper, and when."""
    sheet = await consent_of(db, actor, power_id=power_id, now=now)
    found = await help_of(db, actor, power_id=power_id, now=now)
    await write(
        db,
        Part("SELECT 1 AS printed"),
        audit.record(actor, "identity.print_help", subject=found.principal, reference=power_id, now=now),
    )
    return sheet


_HELPED = (
    N_("窗口工作人员{name}今天帮您办理"),
    N_("您当面签了帮办同意书（{number}）。工作人员以您的名义填写和提交的每一步，您和家人都可以在这里看到。"),
)


async def sign_consent(db: Database, actor: Actor, *, power_id: UUID, now: datetime) -> Opened:
    """The person has signed: the officer's session acts for her from now on; gives the new session.

    Done twice it is the same. Raises PowerUnknown, HelpOver.
    """
    found = await help_of(db, actor, power_id=power_id, now=now)
    assert actor.id is not None
    acting = msgspec.structs.replace(found.acting(), hall=await staff.hall_of(db, actor.id))
    principal = Actor(
        Role.RESIDENT, found.principal, found.shown_principal, level=acting.level, acting=acting
    )
    cookie, ending, opening = switching(actor, principal, now=now)
    words = {"name": actor.name, "number": found.basis}
    try:
        done = await write(
            db,
            helping.signing(found.id, officer=actor.id, now=now),
            ending,
            opening,
            audit.record(
                principal, "identity.sign_help", subject=found.principal, reference=found.id, now=now
            ),
            tell(found.principal, _HELPED, words, link=page_of(found.id), now=now),
        )
    except asyncpg.UniqueViolationError as twice:
        if not replacing.is_second(twice):
            raise
        raise HelpOver from twice  # her other tab began anew, and that one was signed
    if done is None:
        raise HelpOver
    return Opened(principal, await taken(db, cookie))


async def helps_of(db: Database, actor: Actor, *, now: datetime) -> list[Power]:
    """The help of today that an officer began and did not end, newest first."""
    POLICY.require(actor, "identity.assist", Relation.ANY)
    assert actor.id is not None
    return [
        one
        for one in await powers.living_held(db, actor.id)
        if one.kind == "assisted" and one.at(now) in (PowerState.OFFERED, PowerState.STANDING)
    ]
