"""The restart policy, with small programs of real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.kit.processes import is_alive
from tongban.up import programs
from tongban.up.child import Child
from tongban.up.endings import CannotStart
from tongban.up.place import Place
from tongban.up.programs import Command

STAYS = "import pathlib, sys, time; pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
BEATS = "import pathlib, sys, time\nwhile True: pathlib.Path(sys.argv[1]).touch(); time.sleep(0.1)"
#: Ready in its first life only; each later life ends at once with code 7.
READY_ONCE = (
    "import pathlib, sys, time; lives = pathlib.Path(sys.argv[1] + '.lives'); n = len(lives.read_text())"
    " if lives.exists() else 0; lives.write_text('x' * (n + 1)); print('life', n + 1, flush=True)\n"
    "if n: sys.exit(7)\n"
    "pathlib.Path(sys.argv[1]).touch(); time.sleep(2); pathlib.Path(sys.argv[1]).unlink(); sys.exit(5)"
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "data", owner=None)
    place.take()
    yield place
    place.leave()


def child(house: Place, program: str, *, ready_seconds: float = 20) -> Child:
    sign = house.run / "sign"

    def ready() -> bool:
        return sign.exists()

    command = [sys.executable, "-c", program, str(sign)]
    made = Child(Command("fake", command, log_dir=house.log, ready=ready), house, ready_seconds=ready_seconds)
    made.record.pause = 0.01
    return made


async def killed_and_back(one: Child, number: int) -> None:
    before = one.pid
    assert before is not None
    os.kill(before, number)
    give_up = time.monotonic() + 60
    while one.pid == before or not one.ready.is_set():
        assert time.monotonic() < give_up, "it did not come back"
        await asyncio.sleep(0.02)


async def test_own_end_before_first_readiness_ends_it_with_the_reason(house: Place) -> None:
    one = child(house, "import sys; print('the moon is in the way', file=sys.stderr); sys.exit(3)")
    with pytest.raises(
        CannotStart, match=r"(?s)ended with code 3 before it was ready.*the moon is in the way"
    ):
        await one.keep()


async def test_end_with_code_zero_before_readiness_is_an_end_too(house: Place) -> None:
    with pytest.raises(CannotStart, match="ended with code 0"):
        await child(house, "pass").keep()


async def test_killed_one_that_was_ready_comes_back(house: Place) -> None:
    one = child(house, STAYS)
    kept = asyncio.create_task(one.keep())
    await one.ready.wait()
    await killed_and_back(one, signal.SIGKILL)
    await killed_and_back(one, signal.SIGTERM)
    await one.stop()
    await kept


async def test_one_that_runs_and_does_nothing_is_started_anew(
    house: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "HUNG_SECONDS", 4.0)
    monkeypatch.setattr(programs, "STILL_HUNG_SECONDS", 0.5)
    sign, told = house.run / "sign", []
    beats = [sys.executable, "-c", BEATS, str(sign)]
    program = programs.Beating("worker", beats, log_dir=house.log, sign=sign)
    one = Child(program, house, tell=told.append)
    kept = asyncio.create_task(one.keep())
    await asyncio.wait_for(one.ready.wait(), 60)
    stopped = one.pid
    assert stopped is not None
    await asyncio.sleep(5)
    assert one.pid == stopped, "it beats"
    os.kill(stopped, signal.SIGSTOP)
    give_up = time.monotonic() + 60
    while one.pid == stopped or not one.ready.is_set():
        assert time.monotonic() < give_up, told
        await asyncio.sleep(0.05)
    assert told == [
        "The worker gives no sign of life.",
        "The worker was ended by signal 9; starting it again.",
    ]
    await one.stop()
    await kept


async def test_killed_before_first_readiness_comes_back(house: Place) -> None:
    sign = house.run / "sign"
    one = child(
        house, "import pathlib, sys, time; time.sleep(0.5); pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    )
    kept = asyncio.create_task(one.keep())
    while one.pid is None:  # noqa: ASYNC110 - a process sets no event
        await asyncio.sleep(0.01)
    assert not sign.exists()
    await killed_and_back(one, signal.SIGKILL)
    await one.stop()
    await kept


async def test_five_restarts_in_a_row_without_readiness_end_it(house: Place) -> None:
    one = child(house, READY_ONCE)
    with pytest.raises(CannotStart, match=r"(?s)restarted 5 times in a row without becoming ready.*life 6"):
        await one.keep()
    assert len((house.run / "sign.lives").read_text()) == 6


async def test_readiness_wipes_the_slate(house: Place) -> None:
    one = child(house, STAYS)
    kept = asyncio.create_task(one.keep())
    for _ in range(7):
        await asyncio.wait_for(one.ready.wait(), 60)
        one.record.pause = 0.01
        await killed_and_back(one, signal.SIGKILL)
    assert one.record.fruitless == 0
    await one.stop()
    await kept


async def test_never_ready_is_told_after_the_limit(house: Place) -> None:
    one = child(house, "import time; print('thinking', flush=True); time.sleep(60)", ready_seconds=3)
    with pytest.raises(CannotStart, match=r"(?s)was not ready within.*thinking"):
        await one.keep()
    await one.stop()


async def test_pause_grows_and_is_bounded(house: Place) -> None:
    one = child(house, READY_ONCE)
    with pytest.raises(CannotStart):
        await one.keep()
    assert one.record.pause == pytest.approx(0.01 * 2**5)


async def test_deaf_one_is_killed(house: Place) -> None:
    deaf = "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + STAYS
    one = child(house, deaf)
    one.program.stop_seconds = 0.3
    kept = asyncio.create_task(one.keep())
    await one.ready.wait()
    pid = one.pid
    await one.stop()
    await kept
    assert pid is not None and not is_alive(pid)


async def test_its_own_children_go_with_it(house: Place) -> None:
    """A web server that is killed leaves workers; they would keep the port."""
    parent = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "sign = pathlib.Path(sys.argv[1]); new = sign.with_suffix('.new'); new.write_text(str(child.pid))\n"
        "new.rename(sign); time.sleep(60)"
    )
    one = child(house, parent)
    kept = asyncio.create_task(one.keep())
    await one.ready.wait()
    grandchild = int((house.run / "sign").read_text())
    (house.run / "sign").unlink()
    await killed_and_back(one, signal.SIGKILL)
    assert not is_alive(grandchild)
    await one.stop()
    await kept


def test_children_die_with_a_killed_supervisor(house: Place) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path\n"
        "from tongban.up.child import Child; from tongban.up.place import Place; "
        "from tongban.up.programs import Command\n"
        "async def main():\n"
        "    place = Place(Path(sys.argv[1]), owner=None); place.take()\n"
        "    command = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "    one = Child(Command('fake', command, log_dir=place.log, ready=lambda: True), place)\n"
        "    asyncio.ensure_future(one.keep()); await one.ready.wait()\n"
        "    print(one.pid, flush=True); await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", program, str(house.folder.parent / "other")], stdout=subprocess.PIPE, text=True
    )
    assert supervisor.stdout is not None
    pid = int(supervisor.stdout.readline())
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    give_up = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert not is_alive(pid)
