"""Builders of a hearing: what is told, asked, fixed and recorded, and colleagues who may preside; how it stands."""

from __future__ import annotations

import zlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec

from tests import make
from tests.cases import inspecting
from tests.cast import PASSWORD, Resident
from tongban import cases, identity
from tongban.cases.model.course import LimitKind
from tongban.cases.model.hearing import Hearing
from tongban.cases.model.hearing_parts import NOTICE_DAYS, Ended, Telling
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty

#: A Monday at 10 in the city; the five days are 24, 25, 26, 27 and 30 November.
MONDAY = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
#: The hearing on 7 December at half past nine: the tenth working day from the Monday.
SITTING = datetime(2026, 12, 7, 1, 30, tzinfo=UTC)
TOLD = {
    "facts": "登记显示居住不满六个月，所附的租赁合同与登记不符。",
    "reasons": "居住登记应当满半年，见居住证暂行条例第二条。",
    "intended": "拟不予办理居住证，申请人可以半年后重新申请。",
}
RECORD = {
    "began": "2026-12-07T09:30",
    "ended": "2026-12-07T11:00",
    "clerk": "示例记录",
    "examiner": "周警官",
    "party": "申请人本人",
    "others": "旁听 2 人",
    "examiner_said": "登记日期为七月一日，至申请之日不满六个月。",
    "party_said": "搬入在先，登记在后，房东可以作证，请予核实。",
    "evidence": "租赁合同一份，水电费单据三张，登记查询结果一份。",
    "report": "双方对登记日期没有争议，对实际居住的时间有争议。",
}
ABSENT = "等候四十分钟，两次电话联系，申请人没有到场也没有说明。"
PLEA = "主持人是房东的亲属，与本件有直接的利害关系。"


async def colleague(db: Database, officer: Actor, name: str, *duties: Duty) -> Actor:
    """One more officer of the department, with an account."""
    tail = f"{zlib.crc32(name.encode()) % 10**8:08d}"
    account = f"hears-{officer.department}-{tail}"
    one = identity.DemoOfficer(account, name, officer.department or "", f"139{tail}", duties)
    await identity.load_demo(db, [], [one], password=PASSWORD, now=clock.now())
    return await identity.actor_of(db, kind="username", value=account)


async def told(db: Database, who: Resident, officer: Actor, *, now: datetime = MONDAY) -> UUID:
    """An accepted case whose applicant was told of her right."""
    case_id = await make.accepted(db, who, officer, now=now)
    await cases.tell_hearing(db, officer, case_id=case_id, posted=TOLD, now=now)
    return case_id


async def asked(db: Database, who: Resident, officer: Actor) -> UUID:
    """She has asked for a hearing on the Tuesday."""
    case_id = await told(db, who, officer)
    await cases.ask_hearing(db, who.actor, case_id=case_id, wishes="我有房东的证明。", now=MONDAY + DAY)
    return case_id


def sitting(presider: Actor, **more: str) -> dict[str, str]:
    """The form of time and place."""
    return {
        "at": "2026-12-07T09:30",
        "place": "示范路一号三楼听证室",
        "presider": str(presider.id),
        "closed": "",
        **more,
    }


async def fixed(db: Database, who: Resident, officer: Actor, presider: Actor) -> UUID:
    """The hearing is fixed for 7 December."""
    case_id = await asked(db, who, officer)
    await cases.fix_hearing(db, officer, case_id=case_id, posted=sitting(presider), now=MONDAY + 2 * DAY)
    return case_id


async def held(db: Database, who: Resident, officer: Actor, presider: Actor) -> UUID:
    """It has been held, and its record waits for her."""
    case_id = await fixed(db, who, officer, presider)
    now = SITTING + timedelta(hours=3)
    await cases.hold_hearing(db, presider, case_id=case_id, posted=RECORD, now=now)
    return case_id


async def of_both(
    db: Database, who: Resident, other: Resident, named: dict[str, str], *, is_held: bool = False
) -> UUID:
    """A café's hearing for which its owner and an interested person have asked: fixed, or held an hour ago."""
    now = clock.now()
    case_id, officer = await inspecting.accepted(db, who, now=now)
    await cases.tell_hearing(db, officer, case_id=case_id, posted=TOLD, now=now)
    await cases.tell_interested(db, officer, case_id=case_id, posted=named, now=now)
    await cases.answer_as_interested(db, other.actor, case_id=case_id, said="ask", now=now)
    await cases.ask_hearing(db, who.actor, case_id=case_id, now=now)
    presider = await colleague(db, officer, "示例主持")
    day = (await clock.current_calendar(db)).add_working_days(clock.city_day(now), NOTICE_DAYS)
    posted = sitting(presider, at=f"{day}T09:30")
    await cases.fix_hearing(db, officer, case_id=case_id, posted=posted, now=now)
    if is_held:
        at = (now - DAY / 24).replace(second=0, microsecond=0)
        held_at = f"jsonb_set(hearing, '{{sitting,at}}', '\"{at:%Y-%m-%dT%H:%M:%SZ}\"')"
        await db.run(f'UPDATE cases."case" SET hearing = {held_at} WHERE id = $1', case_id)
        typed = inspecting.typed_time(at)
        record = RECORD | {"began": typed, "ended": typed, "others_said": RECORD["party_said"]}
        await cases.hold_hearing(db, presider, case_id=case_id, posted=record, now=now)
    return case_id


async def hearing_of(city: Database, case_id: UUID) -> Hearing:
    return msgspec.convert((await make.row(city, case_id))["hearing"], Hearing)


async def hearing_told(city: Database, case_id: UUID) -> Telling:
    told = (await hearing_of(city, case_id)).told
    assert told is not None
    return told


async def hearing_end(city: Database, case_id: UUID) -> tuple[Ended, date]:
    end = (await hearing_of(city, case_id)).ended
    assert end is not None
    return end.how, end.on


async def last_record(city: Database, case_id: UUID) -> int:
    last = (await hearing_of(city, case_id)).lasting.last
    assert last is not None
    return last.step


async def foreseen(city: Database, case_id: UUID) -> tuple[date, date | None]:
    """Until when the promise is estimated, and when it ends if the hearing goes as fixed."""
    _, limits = await cases.explain(city, code=str(case_id))
    promise = next(one for one in limits if one.kind is LimitKind.PROMISE)
    assert bool(promise.foreseen_words) is (promise.foreseen is not None)
    return promise.end, promise.foreseen
