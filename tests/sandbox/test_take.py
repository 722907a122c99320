"""The cast: each person is handed out once, for good, and is in the situation asked for."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .conftest import Sandbox


def test_nobody_is_handed_out_twice(sandbox: Sandbox) -> None:
    with ThreadPoolExecutor(8) as pool:
        people = list(pool.map(lambda _: sandbox.take("eligible_study")["id_number"], range(60)))
    demo = {p["id_number"] for p in sandbox.http.get("/cast/demo").json()}
    assert len(set(people)) == 60
    assert not demo & set(people)


def test_an_old_woman_without_a_phone_is_in_the_registers(sandbox: Sandbox) -> None:
    one, other = (sandbox.http.post("/cast/elder", json={"by": "tests"}).json() for _ in range(2))
    assert one["id_number"] != other["id_number"] and not one["phone"]
    told = sandbox.ask("population", one["id_number"], ["name", "birth_date"]).json()
    assert told["data"]["birth_date"] <= "1945"
    assert one["facts"]["residence"]["registered"]


def test_taken_outlives_a_kill(another: Callable[..., Sandbox]) -> None:
    running = another()
    before = {running.take("no_basis")["id_number"] for _ in range(5)}
    running.stop(signal.SIGKILL)
    running.start()
    assert running.take("no_basis")["id_number"] not in before


def test_five_months_are_pinned_when_taken_and_fresh_till_then(another: Callable[..., Sandbox]) -> None:
    running = another("--today", "2030-05-15")
    person = running.take("five_months")
    since = person["facts"]["residence"]["residence_since"]
    assert "2029-12-02" <= since <= "2029-12-15"
    running.stop()
    running.options = ("--today", "2030-05-29")
    running.start()
    asked = running.ask("residence", person["id_number"], ["residence_since"]).json()
    assert asked["data"]["residence_since"] == since
    assert running.take("five_months")["facts"]["residence"]["residence_since"] > since


def test_unknown_situation_and_an_empty_bench(another: Callable[..., Sandbox]) -> None:
    running = another()
    assert running.http.post("/cast/take", json={"situation": "rich"}).status_code == 400
    while (answer := running.http.post("/cast/take", json={"situation": "deceased"})).status_code == 200:
        pass
    assert answer.status_code == 409
