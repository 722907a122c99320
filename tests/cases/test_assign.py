"""Who has a case in hand: acceptance, hand-over, absence with its deputy, and the lists that show it."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from tests import cast, make
from tests.cases.holding_up import SO_MANY_WAIT, held_up, until
from tests.cases.test_desk import MONDAY, many
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban import cases, identity
from tongban.cases import store
from tongban.cases.actions import (
    absences,
    be_absent,
    desk,
    end_absence,
    lamp_counts,
    save_filter,
    saved_filters,
)
from tongban.cases.model import State
from tongban.cases.model.assignment import (
    MINE,
    MOST_FILTERS,
    NOBODYS,
    AbsenceIncomplete,
    Filter,
    FilterNameMissing,
    HandOverIncomplete,
    NotInHand,
)
from tongban.cases.pages.queue import Place, filter_of
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty

WHY = "本周轮到值班，请接着办。"


@pytest.fixture
async def people(city: Database, officer: Actor) -> dict[str, Actor]:
    """The department's officer of the cast (who is its head), and three who are not."""
    found = {"head": officer}
    for place, name in enumerate(("甲", "乙", "丙")):
        username = f"test-desk-{name}"
        one = identity.DemoOfficer(
            username, f"示例{name}", officer.department or "", str(13800009900 + place), (Duty.EXAMINE,)
        )
        await identity.load_demo(city, [], [one], password=cast.PASSWORD, now=clock.now())
        found[name] = await identity.actor_of(city, kind="username", value=username)
    return found


async def mine(city: Database, who: Actor) -> list[UUID]:
    rows = await desk(city, who, after=None, limit=50, narrow=Filter(who=MINE), now=clock.now())
    return [row.id for row in rows]


async def test_who_accepts_has_it_and_hands_it_over_with_a_word(
    city: Database, owner: Resident, people: dict[str, Actor]
) -> None:
    case_id = await make.accepted(city, owner, people["甲"])
    assert await mine(city, people["甲"]) == [case_id] and await mine(city, people["乙"]) == []
    before = city.count
    await cases.hand_over(
        city, people["甲"], case_id=case_id, to=str(people["乙"].id), note=WHY, now=clock.now()
    )
    assert city.count - before == 3
    assert await mine(city, people["乙"]) == [case_id] and await mine(city, people["甲"]) == []
    step = (await make.everything(city, case_id))["steps"][-1]
    assert (step["move"], step["detail"]) == ("hand_over", {"to": "示例乙", "from": "示例甲", "words": WHY})
    seen = await cases.progress(city, owner.actor, case_id=case_id)
    assert "hand_over" not in {event.move for event in seen.events} and seen.case.assignee is None


async def test_what_is_in_a_colleagues_hand_is_taken_by_the_head_only(
    city: Database, owner: Resident, people: dict[str, Actor], elsewhere: Actor
) -> None:
    case_id = await make.accepted(city, owner, people["甲"])
    held = await make.everything(city, case_id)
    taking = {"case_id": case_id, "note": WHY, "now": clock.now()}
    with pytest.raises(NotInHand) as told:
        await cases.hand_over(city, people["丙"], to=str(people["丙"].id), **taking)
    assert "示例甲" in str(told.value.message) and told.value.status == 403
    for to in ("", "x", str(uuid4()), str(elsewhere.id), str(people["甲"].id)):
        with pytest.raises(HandOverIncomplete):
            await cases.hand_over(city, people["甲"], to=to, **taking)
    with pytest.raises(HandOverIncomplete):
        await cases.hand_over(city, people["甲"], to=str(people["乙"].id), **taking | {"note": " "})
    assert await make.everything(city, case_id) == held
    await cases.hand_over(city, people["head"], to=str(people["head"].id), **taking)
    assert (await make.row(city, case_id))["assignee"] == people["head"].id


async def test_what_nobody_has_anybody_of_the_department_may_take(
    city: Database, owner: Resident, people: dict[str, Actor]
) -> None:
    case_id = await make.submitted(city, owner)
    nobodys = await desk(city, people["甲"], after=None, limit=9, narrow=Filter(who=NOBODYS), now=clock.now())
    assert [row.id for row in nobodys] == [case_id]
    await cases.hand_over(
        city, people["甲"], case_id=case_id, to=str(people["丙"].id), note="", now=clock.now()
    )
    await cases.accept(city, people["乙"], case_id=case_id, now=clock.now())
    assert (await make.row(city, case_id))["assignee"] == people["丙"].id, "it stays where it is"


async def test_a_deputy_sees_and_acts_and_both_are_named(
    city: Database, city_dsn: str, owner: Resident, people: dict[str, Actor]
) -> None:
    case_id = await make.accepted(city, owner, people["甲"])
    now = clock.now()
    today = clock.city_day(now)
    posted = {
        "deputy": str(people["乙"].id),
        "first": today.isoformat(),
        "last": (today + timedelta(days=2)).isoformat(),
    }
    one = await cases.be_absent(city, people["甲"], posted=posted, now=now)
    assert (await cases.be_absent(city, people["甲"], posted=posted, now=now)).id == one.id, "sent twice"
    other = {**posted, "deputy": str(people["丙"].id), "first": posted["last"]}
    with pytest.raises(AbsenceIncomplete) as told:
        await cases.be_absent(city, people["甲"], posted=other, now=now)
    assert "由 示例乙 代理" in str(told.value.fields["first"])
    fresh = {name: (today + timedelta(days=days)).isoformat() for name, days in (("first", 9), ("last", 11))}
    shifted = {
        name: (today + timedelta(days=days)).isoformat() for name, days in (("first", 11), ("last", 14))
    }
    tabs = ({**posted, **fresh}, {**other, **shifted}, {**other, **fresh}, {**posted, **shifted})
    async with held_up(
        city_dsn, "LOCK TABLE cases.absence IN SHARE MODE"
    ) as other:  # each has read, none writes
        both = [
            asyncio.ensure_future(cases.be_absent(city, people["甲"], posted=tab, now=now)) for tab in tabs
        ]
        await until(city, SO_MANY_WAIT, 4)
    came = await asyncio.gather(*both, return_exceptions=True)
    assert sum(isinstance(tab, AbsenceIncomplete) for tab in came) == 3, (
        "two tabs at once: a day has one deputy"
    )
    assert len(await absences(city, people["甲"], now=now)) == 2
    assert await mine(city, people["乙"]) == [case_id] and await mine(city, people["丙"]) == []
    counts = await lamp_counts(city, people["乙"], narrow=Filter(who=MINE), now=now)
    assert sum(counts.values()) == 1
    late = await desk(
        city, people["乙"], after=None, limit=9, narrow=Filter(who=MINE), now=now + timedelta(days=5)
    )
    assert late == [], "the absence is over"
    await cases.record_visit(city, people["乙"], case_id=case_id, posted=make.VISIT, key=None, now=now)
    await cases.record_visit(city, people["丙"], case_id=case_id, posted=make.VISIT, key=None, now=now)
    steps = (await make.everything(city, case_id))["steps"]
    assert steps[-2]["actor_name"] == "示例乙" and steps[-2]["detail"]["for"] == "示例甲"
    assert "for" not in steps[-1]["detail"], "who does not stand in for her acts for herself"
    await cases.hand_over(city, people["乙"], case_id=case_id, to=str(people["丙"].id), note=WHY, now=now)
    with pytest.raises(NotAllowed):
        await end_absence(city, people["丙"], absence=str(one.id), now=now)
    for entry in await absences(city, people["甲"], now=now):
        await end_absence(city, people["甲"], absence=str(entry.id), now=now)
    assert await absences(city, people["乙"], now=now) == []
    assert (await cases.be_absent(city, people["甲"], posted=posted, now=now)).id != one.id, "entered anew"


@pytest.mark.parametrize(
    ("who", "change", "field"),
    [
        ("甲", {"deputy": "甲"}, "deputy"),
        ("甲", {"deputy": "nobody"}, "deputy"),
        ("甲", {"officer": "丙"}, "officer"),
        ("甲", {"first": "2026-13-40"}, "first"),
        ("甲", {"last": "2020-01-01"}, "last"),
        ("甲", {"last": "2027-02-31"}, "last"),
        ("甲", {"last": "2099-01-01"}, "last"),
    ],
)
async def test_an_absence_has_days_and_a_deputy(
    city: Database, people: dict[str, Actor], who: str, change: dict[str, str], field: str
) -> None:
    today = clock.city_day(clock.now()).isoformat()
    posted = {"deputy": str(people["乙"].id), "first": today, "last": today}
    posted |= {name: str(people[one].id) if one in people else one for name, one in change.items()}
    with pytest.raises(AbsenceIncomplete) as told:
        await cases.be_absent(city, people[who], posted=posted, now=clock.now())
    assert list(told.value.fields) == [field]
    assert ("没有 " in str(told.value.fields[field])) == (change.get(field) in ("2026-13-40", "2027-02-31"))
    assert await absences(city, people["甲"], now=clock.now()) == []


async def test_the_filters_join_and_keep_their_statements(city: Database, officer: Actor) -> None:
    at = officer.department or ""
    hour, start = "interval '1 hour'", f"TIMESTAMPTZ '{MONDAY.isoformat()}'"
    me, other = f"'{officer.id}'::uuid", f"'{uuid4()}'::uuid"
    await many(city, at, 40, accept_due=f"{start} + n * {hour}", assignee=me, district="'310106'")
    await many(
        city, at, 7, accept_due=f"{start} - n * {hour}", assignee=me, state="'reviewed'", district="'310106'"
    )
    await many(city, at, 5, accept_due=f"{start} + n * {hour}", assignee=other, district="'310101'")
    await many(city, at, 3, accept_due=f"{start} + n * {hour}")
    for narrow, found in (
        (Filter(), 55),
        (Filter(who=MINE), 47),
        (Filter(who=NOBODYS), 3),
        (Filter(who=MINE, state=State.REVIEWED), 7),
        (Filter(state=State.ACCEPTED), 0),
        (Filter(district="310101"), 5),
        (Filter(who=NOBODYS, district="310101"), 0),
        (Filter(item="residence_permit", district="310106", state=State.REVIEWED), 7),
        (Filter(item="food_business"), 0),
    ):
        before = city.count
        rows = await desk(city, officer, after=None, limit=100, narrow=narrow, now=MONDAY)
        counts = await lamp_counts(city, officer, narrow=narrow, now=MONDAY)
        assert city.count - before == 2
        assert len(rows) == found == sum(counts.values()), narrow
        assert [row.due for row in rows] == sorted(row.due for row in rows)
    red = await desk(city, officer, after=None, limit=100, show="red", narrow=Filter(who=MINE), now=MONDAY)
    assert len(red) == 7
    first = await desk(city, officer, after=None, limit=30, narrow=Filter(who=MINE), now=MONDAY)
    rest = await desk(
        city, officer, after=(first[-1].due, first[-1].id), limit=30, narrow=Filter(who=MINE), now=MONDAY
    )
    assert len({row.id for row in (*first, *rest)}) == 47


async def test_the_lists_go_by_their_indexes_whatever_they_are_narrowed_to(
    city: Database, city_dsn: str
) -> None:
    """Plans that serve any parameters, as prepared statements come to have them: within the index, without a sort."""
    await city.run(
        """INSERT INTO cases."case" (bucket, id, applicant, item, item_version, state, version, department,
            applicant_masked, short_code, answers, facts, purpose, opened_at, submitted_at, accept_due, assignee)
        SELECT n % 1024, gen_random_uuid(), gen_random_uuid(), 'item-' || n % 70, 1, 'submitted', 1,
            'police-' || n % 40, '测**', lpad(n::text, 19, '0'), '{}', '{}', gen_random_uuid(), now(), now(),
            now() + n * interval '1 second',
            CASE WHEN n % 3 > 0 THEN ('00000000-0000-7000-8000-0000000000' || lpad((n % 90)::text, 2, '0'))::uuid END
        FROM generate_series(1, 4000) n"""
    )
    await city.run('ANALYZE cases."case"')
    for text, index in (
        (store.lists._DESK, "case_desk"),
        (store.lists._IN_HAND, "case_in_hand"),
        (store.lists._COUNTS_IN_HAND, "case_in_hand"),
        (store.lists._SUSPENDED[0], "case_suspended"),
    ):
        words = await generic_plan(city_dsn, text)
        assert index in words and 'Seq Scan on "case"' not in words and "Seq Scan on case" not in words, words
    # Below: of each line that is shown, the steps of its one case, for who filed it.
    words = (await generic_plan(city_dsn, store.lists._DESK)).split("SubPlan")[0]
    assert "Sort" not in words and "Filter" not in words, words
    own = (await generic_plan(city_dsn, store.lists._IN_HAND)).split("SubPlan")[0]
    assert own.count("Filter") <= 1, own


async def generic_plan(dsn: str, text: str) -> str:
    """The plan that serves any parameters, as a prepared statement comes to have one."""
    places = max(int(number) for number in re.findall(r"\$(\d+)", text))
    own = await asyncpg.connect(dsn)
    try:
        await own.execute("SET plan_cache_mode = force_generic_plan")
        await own.execute(f"PREPARE listed AS {text}")
        rows = await own.fetch(f"EXPLAIN EXECUTE listed({', '.join(['NULL'] * places)})")
    finally:
        await own.close()
    return "\n".join(row[0] for row in rows)


async def test_lists_have_names(city: Database, people: dict[str, Actor]) -> None:
    who, now = people["甲"], clock.now()
    for name in (" ", "长" * 31):
        with pytest.raises(FilterNameMissing):
            await save_filter(city, who, name=name, query="", now=now)
    await save_filter(city, who, name=" 我的 急件 ", query="?who=mine&show=red", now=now)
    await save_filter(city, who, name="我的 急件", query="?who=mine&show=amber", now=now)
    assert [(one.name, one.query) for one in await saved_filters(city, who)] == [
        ("我的 急件", "?who=mine&show=amber")
    ]
    assert await saved_filters(city, people["乙"]) == []
    for place in range(MOST_FILTERS - 1):
        await save_filter(city, who, name=f"{place}", query="", now=now)
    with pytest.raises(FilterNameMissing):
        await save_filter(city, who, name="多了", query="", now=now)
    await save_filter(city, who, name="1", query="?who=mine", now=now)


def test_an_address_narrows_to_what_there_is() -> None:
    assert filter_of({"who": "x", "state": "closed", "item": "", "district": ""}) == Filter()
    narrow = Filter(item="a", district="310101", state=State.EXAMINED, who=uuid4())
    asked = {"state": "suspended", "show": "red", "who": MINE}
    assert Place.asked_for(asked) == Place("suspended", None, Filter(who=MINE))
    query = Place("red", None, narrow).query()
    assert filter_of(dict(pair.split("=") for pair in query[1:].split("&"))) == narrow


async def test_the_pages_work_without_scripts(
    city: Database, owner: Resident, people: dict[str, Actor], web: Client
) -> None:
    case_id = await make.accepted(city, owner, people["甲"])
    await log_in(web, city, people["甲"])
    page = (await web.get("/desk?who=mine")).text
    assert f"/desk/{owner.actor.id}/{case_id}?who=mine" in page and "示例甲" in page
    address = f"/desk/{owner.actor.id}/{case_id}"
    assert f"{address}/forms/handover?who=mine" in (await web.get(f"{address}?who=mine")).text
    form = (await web.get(f"{address}/forms/handover?who=mine")).text
    token = form.split('name="_csrf" value="')[1].split('"')[0]
    again = await web.post(
        f"{address}/forms/handover?who=mine", data={"_csrf": token, "to": "", "reason": WHY}
    )
    assert again.status_code == 422 and WHY in again.text
    done = await web.post(
        f"{address}/forms/handover?who=mine",
        data={"_csrf": token, "to": str(people["乙"].id), "reason": WHY},
        follow_redirects=True,
    )
    assert "已移交" in done.text and "承办人 示例乙" in done.text
    kept = await web.post(
        "/desk/filter",
        data={"_csrf": token, "query": "?who=mine&evil=1", "name": "我的"},
        follow_redirects=True,
    )
    assert "已保存" in kept.text and 'href="/desk?who=mine">我的' in kept.text
    assert "全部事项" in kept.text
    paused = await web.post(
        "/desk/filter",
        data={"_csrf": token, "state": "suspended", "show": "red", "name": "暂停的"},
        follow_redirects=True,
    )
    assert 'href="/desk?show=suspended">暂停的' in paused.text, (
        "a state in which cases wait is a list of its own"
    )
    assert 'value="suspended" selected>暂停中' in paused.text and 'value="correcting"' in paused.text
    day = clock.city_day(clock.now())
    days = {
        f"{name}-{part}": str(getattr(day, part))
        for name in ("first", "last")
        for part in ("year", "month", "day")
    }
    refused = await web.post("/desk/absence", data={"_csrf": token, **days})
    assert refused.status_code == 422 and f'value="{people["甲"].id}"' not in refused.text, "her own deputy"
    away = await web.post(
        "/desk/absence", data={"_csrf": token, "deputy": str(people["丙"].id), **days}, follow_redirects=True
    )
    assert "已登记请假" in away.text and "由 示例丙 代理" in away.text
    which = away.text.split('name="absence" value="')[1].split('"')[0]
    ended = await web.post(
        "/desk/absence/end", data={"_csrf": token, "absence": which}, follow_redirects=True
    )
    assert "已取消请假" in ended.text and "由 示例丙 代理" not in ended.text


async def test_a_case_is_offered_only_to_whom_it_can_be_handed(
    city: Database, owner: Resident, people: dict[str, Actor], web: Client
) -> None:
    """Neither the assignee herself is offered nor a colleague whom nobody stands in for; both were."""
    case_id = await make.accepted(city, owner, people["甲"])
    address = f"/desk/{owner.actor.id}/{case_id}/forms/handover"
    await log_in(web, city, people["甲"])
    today = clock.city_day(clock.now()).isoformat()

    async def away(who: str, deputy: str) -> None:
        posted = {"deputy": str(people[deputy].id), "first": today, "last": today}
        await be_absent(city, people[who], posted=posted, now=clock.now())

    async def offered() -> set[str]:
        page = (await web.get(address)).text
        ids = {str(one.id): name for name, one in people.items()}
        return {ids[found] for found in re.findall(r'name="to" value="([^"]+)"', page)}

    assert await offered() == {"head", "乙", "丙"}
    await away("丙", "甲")
    await away("乙", "丙")
    assert await offered() == {"head", "丙"}, "乙 and her deputy are both away"
    await away("head", "丙")
    await away("甲", "乙")
    assert await offered() == set()
    page = (await web.get(address)).text
    assert "没有可以接手的同事" in page and ">移交</span></button>" not in page
    hidden = dict(re.findall(r'name="(_csrf|_key)" value="([^"]*)"', page))
    posted = {**hidden, "to": str(people["甲"].id), "reason": "我明天起休假"}
    late = await web.post(address, data=posted)
    assert late.status_code == 422 and "你填写的理由：我明天起休假" in late.text
