"""Who leaves or is moved: what she had in hand goes to the head of the department, or into nobody's hand."""

from __future__ import annotations

from tests import cast, make
from tests.cast import Resident
from tongban import identity
from tongban.cases import jobs
from tongban.kit import clock, outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.policy import Actor, Duty


async def test_open_cases_go_to_the_head_and_then_to_nobody(
    city: Database, owner: Resident, officer: Actor
) -> None:
    case = await make.accepted(city, owner, officer)
    department = officer.department or ""
    head = identity.DemoOfficer("test-head", "示例负责人", department, "13800009997", (Duty.HEAD,))
    await identity.load_demo(city, [], [head], password=cast.PASSWORD, now=clock.now())
    head_id = (await identity.actor_of(city, kind="username", value="test-head")).id
    assert (await make.row(city, case))["assignee"] == officer.id
    for gone, receiver in ((officer, head_id), (head_id, officer.id)):
        who = gone.id if isinstance(gone, Actor) else gone
        assert who is not None
        payload = {"department": department}
        news = outbox.announcing(
            "identity.left", subject=who, reference=who, now=clock.now(), payload=payload
        )
        await write(city, Part("SELECT 1 AS one"), news)
        (event,) = [one for one in await outbox.claim(city, now=clock.now()) if one.topic == "identity.left"]
        await jobs.inherit(city, event, now=clock.now())
        await jobs.inherit(city, event, now=clock.now())
        await outbox.finish(city, [event])
        assert (await make.row(city, case))["assignee"] == receiver
    steps = await city.rows(
        "SELECT move, detail FROM cases.event WHERE case_id = $1 AND move = 'hand_over' ORDER BY at", case
    )
    assert len(steps) == 2 and steps[0]["detail"]["to"] == "示例负责人", "handled twice is handed over once"
    await city.run("UPDATE identity.staff SET duties = '{}' WHERE department = $1", department)
    assert officer.id is not None
    assert await jobs.actions.inherit(city, officer=officer.id, department=department, now=clock.now()) == 1
    assert (await make.row(city, case))["assignee"] is None
