"""The demo city: reference data, people who can log in, officers, and a desk with work on it.

Everything goes through the rooms' doors, so a demo case is a real one: its registers were read under its
purpose, its ledger rows are sealed. Rows are dated relative to the day of loading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from tongban import cases, catalogue, demo_staff, identity, licences, regions, rooms
from tongban.kit import clock, idempotency
from tongban.kit.acting import PowerKind
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, Duty
from tongban.settings import settings

Progress = Callable[[str, int, int], None]

#: All demo accounts share it; it is printed at start and works nowhere else.
PASSWORD = "tongban-demo-2026"  # noqa: S105 - synthetic people of a demo city
ITEM = "residence_permit"
POLICE = "police"
#: Whose officers are addressed as 警官: the bureau of the whole city and its branches.
POLICE_KINDS = (POLICE, "public_security")
#: Synthetic numbers in the range that the sandbox's phone page shows to everybody.
OFFICER_PHONES = 13800006000


class Login(msgspec.Struct, frozen=True):
    """A demo person who can log in, as `tongban up` prints her."""

    who: str
    name: str
    login: str
    phone: str
    password: str
    page: str


class _Person(msgspec.Struct, frozen=True):
    key: str
    id_number: str
    name: str
    phone: str
    situation: str
    household: identity.Residence | None = None


def _sandbox(path: str, **body: Any) -> Any:
    base = settings().sandbox_url
    answer = httpx.post(base + path, json=body, timeout=20) if body else httpx.get(base + path, timeout=20)
    answer.raise_for_status()
    return answer.json()


def cast() -> list[_Person]:
    """The fixed people of the demo log-ins, from the outside world that they live in."""
    return msgspec.convert(_sandbox("/cast/demo"), list[_Person])


def _account(person: _Person) -> identity.DemoPerson:
    return identity.DemoPerson(person.name, person.id_number, person.phone, residence=person.household)


def home_district() -> str:
    """The district of the first demo person: its desk is the one that is shown."""
    return str(_sandbox("/cast/demo")[0]["facts"]["residence"]["district"])


async def logins(db: Database, word: str = "") -> list[Login]:
    """Who can log in: a resident of each situation by her phone, then each department's officer.

    The officer of the first resident's district comes first. ``word`` narrows it to the rows that hold it.
    """
    first = {person.situation: person for person in reversed(cast())}
    residents = [
        Login(who, first[situation].name, first[situation].phone, first[situation].phone, PASSWORD, "/login")
        for situation, who in _SITUATIONS.items()
        if situation in first
    ]
    names = {one.code: one.name.zh for one in await regions.departments(db)}
    home = username(home_district())
    officers = sorted(await _officers(db), key=lambda one: one.username != home)
    found = residents + [
        Login(names[one.department], one.name, one.username, one.phone, PASSWORD, "/staff/login")
        for one in officers
    ]
    wanted = word.casefold()
    return [one for one in found if wanted in f"{one.who} {one.name} {one.login} {one.phone}".casefold()]


_SITUATIONS = {
    "eligible_work": "works here 就业",
    "eligible_home": "has a home 住所",
    "eligible_study": "studies 就读",
    "five_months": "five months 未满半年",
}


def username(district: str) -> str:
    """The log-in name of a district's officer."""
    return f"police-{district}"


def _officer_name(number: int, *, police: bool) -> str:
    """A surname and how such an officer is addressed: only the police have 警官."""
    return _SURNAMES[number % len(_SURNAMES)] + ("警官" if police else "科员")


async def _officers(db: Database) -> list[identity.DemoOfficer]:
    """One officer for each department that handles an item: her log-in is the department's code.

    Where an item goes up a chain, she examines only, and others review and approve (see :data:`_CHAIN`).
    """
    items = await catalogue.in_force(db)
    described = {one.department_kind for one in items if one.marks.get("*") != "synthetic"}
    listed = {one.department_kind for one in items} - described
    above = {one.first_review.decided_by for one in items if one.first_review}
    chained = above | {one.department_kind for one in items if one.chain}
    office = regions.city_of(settings().city_dir).supervision
    everybody = await regions.departments(db)
    handling = [one for one in everybody if one.kind in described or one.code == office]
    # Behind the others, whose names and numbers follow from their places.
    handling += [one for one in everybody if one.kind in above and one not in handling]
    handling += [one for one in everybody if one.kind in listed and one not in handling]
    return [
        officer
        for place, one in enumerate(handling)
        for officer in _desk_of(_officer(place, one), chain=one.kind in chained)
    ] + await demo_staff.everybody(db)


#: Who works in a department with a chain: the tail of the log-in, how she is addressed, her duties.
_CHAIN: tuple[tuple[str, str, tuple[Duty, ...]], ...] = (
    ("", "科员", (Duty.EXAMINE,)),
    ("-review", "科长", (Duty.REVIEW,)),
    ("-approve", "局长", (Duty.APPROVE, Duty.HEAD)),
    # Who examines nothing is there to preside over a hearing (行政许可法 art. 48).
    ("-hearing", "法制员", ()),
    # Another who approves: a licence is revoked or withdrawn by somebody else than who granted it.
    ("-approve-2", "副局长", (Duty.APPROVE,)),
)


def _desk_of(one: identity.DemoOfficer, *, chain: bool) -> list[identity.DemoOfficer]:
    if not chain:
        return [one]
    family = _SURNAMES.index(one.name[0])
    return [
        msgspec.structs.replace(
            one,
            username=one.username + tail,
            name=_SURNAMES[(family + 5 * place) % len(_SURNAMES)] + address,
            phone=str(int(one.phone) + 2000 * place),
            duties=duties,
        )
        for place, (tail, address, duties) in enumerate(_CHAIN)
    ]


def _officer(place: int, one: regions.Department) -> identity.DemoOfficer:
    """The officer of a department; ``place`` is its place among all that handle an item."""
    if one.kind == POLICE and one.district:
        number, phone = int(one.district), officer_phone(one.district)
    else:
        number, phone = place, other_phone(place)
    name = _officer_name(number, police=one.kind in POLICE_KINDS)
    return identity.DemoOfficer(username=one.code, name=name, department=one.code, phone=phone)


def officer_phone(district: str) -> str:
    """A synthetic number on which the sandbox's phone page shows the officer's codes."""
    return str(OFFICER_PHONES + int(district) % 1000)


def other_phone(place: int) -> str:
    """The number of an officer of another department, above those of the police branches."""
    return str(OFFICER_PHONES + 1000 + place)


_SURNAMES = "周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"


async def load(db: Database, *, progress: Progress, now: datetime) -> None:
    """Load the city and its people; a second time changes only what the city's files changed."""
    progress("城市数据", 0, 3)
    await rooms.load_city(db, settings().city_dir, listed=True, now=now)
    await rooms.warm(db)
    await licences.trust_authority()
    progress("账户", 1, 3)
    people = cast()
    officers = await _officers(db)
    await identity.load_demo(
        db, [_account(person) for person in people], officers, password=PASSWORD, now=now
    )
    await _firms(db, now=now)
    progress("账户", 3, 3)
    await _desk(db, progress, now=now)


#: The firm of each of these has an account from the start, with these people beside its representative. Who is agent of
#: two firms goes from one to the other in one step.
_FIRMS: dict[str, tuple[tuple[str, PowerKind], ...]] = {
    "work": (("home", "steward"), ("rare_name", "agent")),
    "work_2": (("rare_name", "agent"),),
    "home_2": (),
}


async def _firms(db: Database, *, now: datetime) -> None:
    """The firms of the demo people, as the register of firms has them; one that it does not tell of is left out."""
    everybody = {one["key"]: one for one in await asyncio.to_thread(_sandbox, "/cast/demo")}
    people = {key: _account(msgspec.convert(one, _Person)) for key, one in everybody.items()}
    for key, others in _FIRMS.items():
        known = everybody[key]["facts"]["enterprise"]
        if known is not None:
            await identity.load_demo_firm(
                db,
                code=known["firms"][0]["uscc"],
                representative=people[key],
                people=[(people[other], kind) for other, kind in others],
                now=now,
            )


#: What lies on the desks at the start: situation, days ago, and how far it has come.
_WORK: tuple[tuple[str, int, str], ...] = (
    *(("eligible_work", days, "submitted") for days in (0, 0, 1, 1, 2, 3)),
    *(("eligible_home", days, "accepted") for days in (6, 9, 13, 17, 20)),
    *(("eligible_study", days, "accepted") for days in (4, 12, 24)),
    *(("five_months", days, "submitted") for days in (1, 2)),
    ("no_basis", 3, "accepted"),
    ("interrupted_work", 2, "submitted"),
    *(("eligible_work", days, "approved") for days in (8, 10, 15)),
    ("no_basis", 12, "refused"),
)


async def _desk(db: Database, progress: Progress, *, now: datetime) -> None:
    """Cases of other people of one district, so that its desk looks like one. Loaded once: see :func:`_mark`."""
    mark = _mark(now)
    if await idempotency.earlier(db, bucket=0, caller="demo", key="desk", body_hash=b"desk") is not None:
        return
    district = home_district()
    for place, (situation, days, far) in enumerate(_WORK):
        progress("办件", place, len(_WORK))
        taken = await asyncio.to_thread(
            _sandbox, "/cast/take", situation=situation, by="demo", district=district
        )
        person = msgspec.convert({"key": f"desk-{place}", **taken}, _Person)
        await _one(db, person, far, now=_moment(now, days, place))
    await write(db, Part("SELECT 1 AS one"), mark)
    progress("办件", len(_WORK), len(_WORK))


def _moment(now: datetime, days: int, place: int) -> datetime:
    """So many days ago, in the morning when counters are open; today's cases came in the last hours."""
    if days == 0:
        return now - timedelta(minutes=37 * (place + 1))
    morning = clock.city_time(now - timedelta(days=days)).replace(hour=9, minute=5, second=0, microsecond=0)
    return (morning + timedelta(minutes=13 * place)).astimezone(UTC)


def _mark(now: datetime) -> Part:
    """That the desk is full: an interrupted loading begins anew with other people, a finished one does not."""
    return idempotency.answering(bucket=0, caller="demo", key="desk", body_hash=b"desk", answer={}, now=now)


async def _one(db: Database, person: _Person, far: str, *, now: datetime) -> None:
    await identity.load_demo(db, [_account(person)], [], password=PASSWORD, now=now)
    actor = await identity.actor_of(db, kind="id_number", value=person.id_number)
    case_id = await cases.start(db, actor, item=ITEM, now=now)
    sheet = await cases.sheet(db, actor, case_id=case_id)
    posted = {name: str(value) for name, value in sheet.answers.items()} | answers(person.situation)
    await cases.save(db, actor, case_id=case_id, posted=posted, version=None, now=now)
    # The registers lack what such a person's form needs (no employer, no home): she states it herself.
    missing = (await cases.sheet(db, actor, case_id=case_id)).faults(now=now)
    if missing:
        stated = {name: _STATED[name] for name in missing}
        await cases.save(db, actor, case_id=case_id, posted=posted | stated, version=None, now=now)
    await cases.submit(db, actor, case_id=case_id, key=None, now=now)
    if far != "submitted":
        await _decided(db, actor, case_id, far, now=now)


async def prototype(db: Database, *, now: datetime) -> UUID:
    """A case of a new demo person, filed through the doors, that synthetic ones are made like (``growing``)."""
    taken = await asyncio.to_thread(_sandbox, "/cast/take", situation="eligible_work", by="growing")
    person = msgspec.convert({"key": "prototype", **taken}, _Person)
    await _one(db, person, "submitted", now=now)
    actor = await identity.actor_of(db, kind="id_number", value=person.id_number)
    return (await cases.my_cases(db, actor, before=None, limit=1))[0].case.id


_STATED = {"employer": "示范商店", "employed_since": "2026-01-05"}


def answers(situation: str) -> dict[str, str]:
    """What a person in this situation fills in herself."""
    ground = {"eligible_home": "home", "eligible_study": "study"}.get(situation, "work")
    return {"ground": ground, "collection": "courier", "declaration": "yes"}


async def _office_hours(db: Database, submitted: datetime, *, days: int, hour: int) -> datetime:
    """When an officer had it before her: so many working days after its receipt, at that hour."""
    calendar = await clock.current_calendar(db)
    day = calendar.add_working_days(calendar.received_day(submitted), days)
    return datetime.combine(day, time(hour, 20), tzinfo=clock.city_zone()).astimezone(UTC)


async def _decided(db: Database, resident: Actor, case_id: Any, far: str, *, now: datetime) -> None:
    opened = await cases.progress(db, resident, case_id=case_id)
    officer = await identity.actor_of(db, kind="username", value=username(opened.case.district or ""))
    await cases.accept(db, officer, case_id=case_id, now=await _office_hours(db, now, days=0, hour=14))
    decided = await _office_hours(db, now, days=1, hour=10)
    if far == "approved":
        await cases.approve(db, officer, case_id=case_id, now=decided)
    elif far == "refused":
        await cases.refuse(
            db,
            officer,
            case_id=case_id,
            reason="经核对，稳定就业、稳定住所、连续就读三项均不满足，暂不符合申领条件。",
            now=decided,
        )
