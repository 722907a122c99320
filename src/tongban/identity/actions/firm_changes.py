"""What becomes of firms 变更、合并、分立、注销: the register is asked again and powers follow it; others take over."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from tongban import audit, notices
from tongban.identity.actions import firms as binding
from tongban.identity.model import POLICY, Person
from tongban.identity.model.firms import (
    BASIS,
    FIELDS,
    ITEM,
    RECHECK_AFTER,
    Firm,
    FirmInvalid,
    FirmResult,
    firm_hash,
)
from tongban.identity.model.people import paper_hash
from tongban.identity.model.powers import (
    LONGEST,
    NotStewarding,
    Offer,
    Power,
    PowerState,
    on_succession,
)
from tongban.identity.store import accounts, firms, powers
from tongban.kit import clock
from tongban.kit.db import Database, DatabaseAway, DatabaseBusy, Part, write
from tongban.kit.errors import Unavailable
from tongban.kit.i18n import N_, Message, both
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.keys.ring import normalised
from tongban.kit.outbox import announcing
from tongban.kit.policy import SYSTEM, Actor, Relation

_BATCH = 50
#: So long a purpose of the house's own check stands at most.
_ASKING = timedelta(minutes=10)


async def recheck_firms(db: Database, *, now: datetime) -> None:
    """Ask the register of each firm that was not asked for a day, and let its powers follow. While the register does
    not answer, what it said before stands, with its date."""
    for firm in await firms.to_check(db, before=now - RECHECK_AFTER, limit=_BATCH):
        if not await recheck_firm(db, firm, now=now):
            return


async def recheck_firm(db: Database, firm: Firm, *, now: datetime) -> bool:
    """Ask the register of one firm: of a new representative the old one's power ends, of a firm that is no more all.

    Agents stay while the firm stands: they are the firm's, not its representative's (民法典 art. 61, 170). False when
    the register does not answer.
    """
    standing = [one for one in await powers.living_given(db, firm.id) if one.at(now) is PowerState.STANDING]
    power = next((one for one in standing if one.by_register), None)
    person = await accounts.person(db, power.agent) if power is not None and power.agent else None
    said = await _asked(db, firm, person, now=now)
    if said is None:
        return False
    if not said.known:
        return True  # a register that has lost a firm says nothing of what became of it
    if said.stands != "active":
        await _end(db, firm, said, standing, now=now)
        return True
    renewed = (powers.renewing(power.id, until=now + LONGEST),) if power is not None and said.match else ()
    await write(db, firms.confirming(firm.id, said, now=now), *renewed)
    if power is not None and not said.match:
        await _replaced(db, firm, power, standing, now=now)
    for other in standing:
        if said.match and other.by_register and other is not power:  # left by a binding that broke off
            await binding.end_by_register(db, other, words=binding.REPLACED, now=now)
    return True


async def _asked(db: Database, firm: Firm, person: Person | None, *, now: datetime) -> FirmResult | None:
    """The register's answer, under a purpose of the one whose number is compared, else of the firm itself."""
    subject = person.id if person is not None else firm.id
    purpose = new_id(bucket_of(subject))
    await write(
        db,
        Part("SELECT 1 AS asking"),
        audit.opening_purpose(
            id=purpose,
            kind="own_act",
            subject=subject,
            reference=purpose,
            item=ITEM,
            fields=FIELDS,
            basis=BASIS,
            until=now + _ASKING,
            now=now,
        ),
    )
    name, number = (person.name, person.id_number) if person is not None else ("", "")
    try:
        return await binding.ask_register(
            db, subject=subject, purpose=purpose, code=firm.code, name=name, id_number=number, now=now
        )
    except (DatabaseAway, DatabaseBusy):
        raise
    except Unavailable:
        return None
    finally:
        await write(
            db,
            Part("SELECT 1 AS asked"),
            audit.closing_purpose(subject=subject, reference=purpose, now=now),
        )


async def _replaced(db: Database, firm: Firm, power: Power, standing: list[Power], *, now: datetime) -> None:
    await binding.end_by_register(db, power, words=binding.REPLACED, now=now)
    if power.agent is not None:
        await _end_successions(db, firm, power.agent, now=now)
    for one in standing:
        if one.agent is not None and one.agent != power.agent:
            link = f"/my/acting/{one.id}"
            told = binding.tell(one.agent, _STAYS, firm.name, link=link, now=now)
            await write(db, Part("SELECT 1 AS told"), told)


async def _end_successions(db: Database, firm: Firm, agent: UUID, *, now: datetime) -> None:
    """What she held of firms that this one took over was hers as its representative."""
    for one in await powers.living_held(db, agent):
        if one.succeeds == firm.code and one.at(now) is PowerState.STANDING:
            await binding.end_by_register(db, one, words=binding.REPLACED, now=now)


async def _end(db: Database, firm: Firm, said: FirmResult, standing: list[Power], *, now: datetime) -> None:
    """The firm is no more: nothing new is begun by it, every power ends, whoever has its cases is told.

    Its state is written last: broken off, it is asked about again and the rest of the powers end then.
    """
    words = _TAKEN_OVER if said.stands in ("merged", "split") else _GONE
    for one in standing:
        await binding.end_by_register(db, one, words=words, now=now)
    await write(
        db,
        firms.confirming(firm.id, said, now=now),
        audit.record(
            SYSTEM,
            "identity.end_firm",
            subject=firm.id,
            reference=firm.id,
            detail={"state": said.stands},
            now=now,
        ),
        announcing(
            "identity.firm_ended",
            subject=firm.id,
            reference=firm.id,
            payload={"state": said.stands, "as_of": clock.city_day(said.as_of).isoformat()},
            now=now,
        ),
    )


_STAYS = (
    N_("{name}的法定代表人变更了"),
    N_("登记机关登记的{name}的法定代表人已经变更，您的授权不变，可以继续办理。"),
)
_GONE = (
    N_("{name}已经不再存续，您的授权终止"),
    N_("登记机关的登记显示{name}已经注销或者被吊销，不能再以其名义办理。已经提交的办件由承办部门依法处理。"),
)
_TAKEN_OVER = (
    N_("{name}已经合并或者分立，您的授权终止"),
    N_("登记机关的登记显示{name}已经合并或者分立。承继单位的法定代表人可以在“我的单位”接手其办件。"),
)
_SUCCEEDED = (
    N_("您接手了{name}的办件"),
    N_("您可以切换到{name}，继续办理它已经提交的办件；新的申请请以承继单位的名义提出。"),
)


async def take_over(db: Database, actor: Actor, *, code: str, now: datetime) -> UUID:
    """The representative of a successor 承继单位 gets the power for the firm that went into it; gives the power.

    Its cases stay where they are and are hers to follow (民法典 art. 67). Done twice, it is one. Raises NotStewarding,
    FirmInvalid.
    """
    POLICY.require(actor, "identity.take_over", Relation.OWN)
    assert actor.id is not None and actor.holder is not None
    if actor.acting is None or actor.acting.kind != "representative":
        raise NotStewarding(actor.name)
    own = await firms.firm(db, actor.id)
    gone = await firms.by_hash(db, firm_hash(normalised(code)))
    if own is not None and gone is not None and gone.active:
        await recheck_firm(db, gone, now=now)
        gone = await firms.firm(db, gone.id)
    if own is None or gone is None or own.code not in gone.successors:
        raise FirmInvalid(_NOT_SUCCEEDED)
    for one in await powers.living_given(db, gone.id):
        if one.agent == actor.holder and one.succeeds == own.code and one.at(now) is PowerState.STANDING:
            return one.id
    return await _succeed(db, actor, own, gone, now=now)


_NOT_SUCCEEDED = N_(
    "登记机关没有登记您的单位承继这个单位，或者它在这里没有账户。请照合并、分立的登记通知书核对代码。"
)


async def _succeed(db: Database, actor: Actor, own: Firm, gone: Firm, *, now: datetime) -> UUID:
    assert actor.holder is not None
    agent = await accounts.person(db, actor.holder)
    assert agent is not None
    power = new_id(bucket_of(gone.id))
    offer = Offer(agent.paper, agent.name, "representative", None, None, None, now, now + LONGEST)
    words = tuple(both(Message(one.msgid, {"name": gone.name})) for one in _SUCCEEDED)
    try:
        await write(
            db,
            powers.offering(
                power,
                offer,
                principal=gone.id,
                principal_name=gone.name,
                agent=agent.id,
                agent_hash=paper_hash(agent.paper),
                by=agent.id,
                state=PowerState.STANDING,
                basis=on_succession(own.code),
                now=now,
            ),
            powers.holding(agent.id, power, now=now),
            audit.record(actor, "identity.take_over", subject=gone.id, reference=power, now=now),
            audit.record(actor, "identity.take_over", subject=own.id, reference=power, now=now),
            notices.telling(
                recipient=agent.id, title=words[0], body=words[1], link=f"/my/acting/{power}", now=now
            ),
        )
    except asyncpg.UniqueViolationError as twice:
        if twice.constraint_name != "power_living":
            raise
        known = [one for one in await powers.living_given(db, gone.id) if one.succeeds == own.code]
        return known[0].id
    return power
