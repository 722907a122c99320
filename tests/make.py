"""Builders: a case brought as far as a test needs it, through the verbs themselves; and what the tables say."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests import filling
from tests.cast import Resident, officer_of
from tongban import cases, catalogue, exchange, identity
from tongban.cases.model.cautions import CautionsUnread
from tongban.kit import clock, forms, keys
from tongban.kit.db import Database
from tongban.kit.forms import Form
from tongban.kit.ids import bucket_of, new_id
from tongban.kit.outbox import Event
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Duty, Role

ITEM = "residence_permit"
REASON = "经核对，居住登记不满六个月，不符合申领条件。"
SPECIAL_REASON = "需要到住所现场核查居住情况，已电话约定时间。"
RESULT = "现场核查完毕，居住情况与申请一致。"
VISIT = {"why": "originals", "place": "0", "note": ""}
GROUNDS = {"eligible_home": "home", "eligible_study": "study"}


def typed(ground: str = "work", **more: str) -> dict[str, str]:
    """What a resident fills in herself."""
    return {"ground": ground, "collection": "courier", "declaration": "yes", **more}


async def item(db: Database) -> catalogue.ItemVersion:
    """The item as it is in force."""
    return await catalogue.current(db, ITEM)


async def draft(db: Database, who: Resident, *, now: datetime | None = None) -> UUID:
    """A draft as it is after the first look: filled from the registers, nothing typed."""
    return await cases.start(db, who.actor, item=ITEM, now=now or clock.now())


async def filled(
    db: Database, who: Resident, *, now: datetime | None = None, ground: str = "work", **more: str
) -> UUID:
    """A draft that can be submitted."""
    case_id = await draft(db, who, now=now)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    posted = {name: str(value) for name, value in sheet.answers.items()} | typed(ground, **more)
    saved = await cases.save(
        db, who.actor, case_id=case_id, posted=posted, version=None, now=now or clock.now()
    )
    faults = saved.faults(now=now or clock.now())
    if faults:
        stated = {name: STATED[name] for name in faults}
        await cases.save(
            db, who.actor, case_id=case_id, posted=posted | stated, version=None, now=now or clock.now()
        )
    return case_id


#: What a resident states where a register has nothing.
STATED = {
    "employer": "示范商店",
    "employed_since": "2026-01-05",
    "residence_address": "示范路1号101室",
    "subdistrict": "示范街道",
    "residence_since": "2020-01-05",
    "card_address": "示范路1号101室",
}


async def submitted(db: Database, who: Resident, *, now: datetime | None = None, **more: Any) -> UUID:
    """A submitted case."""
    case_id = await filled(db, who, now=now, **more)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=now or clock.now())
    return case_id


async def accepted(db: Database, who: Resident, officer: Actor, *, now: datetime | None = None) -> UUID:
    """An accepted case."""
    case_id = await submitted(db, who, now=now)
    await cases.accept(db, officer, case_id=case_id, now=now or clock.now())
    return case_id


async def approved(db: Database, who: Resident, officer: Actor, *, now: datetime | None = None) -> UUID:
    """An approved case: its licence is in making."""
    case_id = await accepted(db, who, officer, now=now)
    await cases.approve(db, officer, case_id=case_id, now=now or clock.now())
    return case_id


async def approve(
    db: Database, officer: Actor, case_id: UUID, *, note: str, ruling: str = "", now: datetime
) -> None:
    """An approval by an officer who has read what the desk points out, and says why."""
    try:
        await cases.approve(db, officer, case_id=case_id, note=note, ruling=ruling, now=now)
    except CautionsUnread as told:
        seen = {one.key for one in told.found}
        await cases.approve(db, officer, case_id=case_id, note=note, seen=seen, now=now)


async def limits(db: Database, **changes: Any) -> None:
    """Let the item have other limits, before anybody reads it in this database: fields of ``catalogue.Clock``."""
    await db.sibling().run(
        """UPDATE catalogue.item_version SET body = jsonb_set(body, '{clock}', body -> 'clock' || $2::jsonb)
        WHERE code = $1""",
        ITEM,
        changes,
    )


async def suspended(
    db: Database,
    who: Resident,
    officer: Actor,
    *,
    now: datetime,
    days: int = 5,
    since: datetime | None = None,
) -> UUID:
    """A case in a special procedure: accepted ``now``, inspected from ``since``."""
    case_id = await accepted(db, who, officer, now=now)
    await cases.suspend(
        db,
        officer,
        case_id=case_id,
        kind="site_inspection",
        days=str(days),
        reason=SPECIAL_REASON,
        now=since or now,
    )
    return case_id


async def desk_of(db: Database, who: Resident) -> Actor:
    """The officer on whose desk her case lies."""
    return await officer_of(db, who.district)


def event(topic: str, *, subject: UUID, reference: UUID, **payload: Any) -> Event:
    """News as the worker hands it over, without a row of the outbox."""
    return Event(new_id(bucket_of(subject)), topic, subject, str(reference), payload, clock.now(), 1)


async def row(db: Database, case_id: UUID) -> dict[str, Any]:
    """The case as its row stands."""
    found = await db.sibling().row('SELECT * FROM cases."case" WHERE id = $1', case_id)
    assert found is not None
    return dict(found)


async def state(db: Database, case_id: UUID) -> str:
    """Where it stands."""
    return str((await row(db, case_id))["state"])


async def steps(db: Database, case_id: UUID) -> list[dict[str, Any]]:
    """Its steps, oldest first."""
    rows = await db.sibling().rows("SELECT * FROM cases.event WHERE case_id = $1 ORDER BY version", case_id)
    return [dict(one) for one in rows]


async def ledger(db: Database, case_id: UUID, prefix: str = "cases.") -> list[dict[str, Any]]:
    """The ledger's rows about it, oldest first."""
    rows = await db.sibling().rows(
        "SELECT * FROM audit.ledger WHERE reference = $1 AND action LIKE $2 || '%' ORDER BY xid, id",
        str(case_id),
        prefix,
    )
    return [dict(one) for one in rows]


async def news(db: Database, case_id: UUID) -> list[str]:
    """The room's own topics waiting in the outbox about it, oldest first."""
    rows = await db.sibling().rows(
        "SELECT topic FROM kit.outbox WHERE reference = $1 AND topic LIKE 'cases.%' ORDER BY at, id",
        str(case_id),
    )
    return [one["topic"] for one in rows]


async def timers(db: Database, case_id: UUID) -> dict[str, datetime]:
    """The timers set for it, with their instants."""
    rows = await db.sibling().rows("SELECT kind, due_at FROM kit.timer WHERE reference = $1", str(case_id))
    return {one["kind"]: one["due_at"] for one in rows}


async def purposes(db: Database, case_id: UUID) -> list[tuple[str, bool]]:
    """Its purposes in order of opening: kind, and whether it stands."""
    rows = await db.sibling().rows(
        "SELECT kind, closed_at FROM audit.purpose WHERE reference = $1 ORDER BY opened_at, kind DESC",
        str(case_id),
    )
    return [(one["kind"], one["closed_at"] is None) for one in rows]


async def everything(db: Database, case_id: UUID) -> dict[str, Any]:
    """All that a move could have changed about a case, to be compared before and after."""
    return {
        "row": await row(db, case_id),
        "steps": await steps(db, case_id),
        "ledger": len(await ledger(db, case_id)),
        "news": await news(db, case_id),
        "timers": await timers(db, case_id),
        "purposes": await purposes(db, case_id),
    }


async def whole_text(db: Database, *, leave_out: tuple[str, ...] = ()) -> str:
    """Every column of every row of every table of the house, as one text: for looking for what must not be there."""
    tables = await db.sibling().rows(
        """SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"""
    )
    texts = []
    for table in tables:
        if table["name"] not in leave_out:
            rows = await db.sibling().rows(f"SELECT t::text AS text FROM {table['name']} t")
            texts += [f"{table['name']}: {one['text']}" for one in rows]
    return "\n".join(texts)


def later(instant: datetime, **span: float) -> datetime:
    """An instant so much later."""
    return instant + timedelta(**span)


async def readings(db: Database, who: Resident) -> int:
    """How often a register was read about her."""
    return int(
        await db.sibling().value(
            "SELECT count(*) FROM audit.ledger WHERE action = 'exchange.read' AND subject = $1", who.actor.id
        )
    )


def forget_breakers() -> None:
    """A source that was down is asked again at once."""
    exchange.forget_breakers()


async def answered(db: Database, case_id: UUID, form: Form, answers: dict[str, Any]) -> None:
    """Put answers into a draft as they are, attached files with them: what the page does step by step."""
    sealed = forms.seal_answers(form, answers, keys.current(), case_id.bytes)
    await db.sibling().run('UPDATE cases."case" SET answers = $2 WHERE id = $1', case_id, sealed)


async def answered_case(db: Database, who: Resident, item_code: str, *, now: datetime | None = None) -> UUID:
    """A submitted case of any item, each question answered with something right."""
    at = now or clock.now()
    case_id = await cases.start(db, who.actor, item=item_code, now=at)
    sheet = await cases.sheet(db, who.actor, case_id=case_id)
    typed_in = filling.filled(sheet.form, sheet.answers, today=clock.city_day(at))
    await answered(db, case_id, sheet.form, typed_in)
    await cases.submit(db, who.actor, case_id=case_id, key=None, now=at)
    return case_id


#: What somebody says at the machine's console to change duties where two administrators could.
BY_CONSOLE = identity.ConsoleOrder("示例主任", "两位管理员都无法登录", "root", emergency=True)


def officer_with(department: str, *duties: Duty, name: str = "示例科员") -> Actor:
    """Somebody of this department with these duties, whom no other test knows."""
    return Actor(Role.OFFICER, new_id(7), name, department, duties=frozenset(duties))


async def up_the_chain(
    db: Database, case_id: UUID, version: catalogue.ItemVersion, department: str, *, favour: str = "approve"
) -> Actor:
    """Bring an accepted case before who decides it, each step by another person, and give her."""
    ruling = RULINGS[favour] if version.about == "decision" else ""
    people = [officer_with(department, Duty(duty), name=f"示例{duty}") for duty in version.chain]
    if not people:
        return officer_with(department, *OFFICERS_DUTIES)
    for place, who in enumerate(people[:-1]):
        if place == 0:
            said = {"favour": favour, "ruling": ruling, "reason": NOTE}
            await cases.propose(db, who, case_id=case_id, **said, now=clock.now())
        elif version.first_review and version.first_review.covers((await row(db, case_id))["answers"]):
            above = await cases.report(db, who, case_id=case_id, now=clock.now())
            return officer_with(above.code, Duty.APPROVE, name="示例approve")
        else:
            await cases.endorse(db, who, case_id=case_id, now=clock.now())
    return people[-1]


#: How a reconsideration is decided for and against who asks for it.
RULINGS = {"approve": "revoke_anew", "refuse": "uphold"}
NOTE = "材料齐全，现场与申请一致，符合规定的条件。"
