"""The press: a process of its own that comes with the first paper, outlives faults, and goes when nothing is to do."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import structlog

from tests.kit.sample_paper import sample, text_of
from tongban.kit.pdf import press
from tongban.kit.pdf.model import Printed
from tongban.kit.processes import is_alive


@pytest.fixture(autouse=True)
async def no_press() -> AsyncIterator[None]:
    """Each test begins and ends without one."""
    yield
    await press.close()


def child() -> Any:
    """The process at work, if any."""
    running = press._presses.get(asyncio.get_running_loop())
    return running and running._process


async def test_papers_are_made_one_after_another_by_one_process() -> None:
    first = await press.printed(sample())
    process = child()
    assert "李明" in text_of(first.content)
    both = await asyncio.gather(press.printed(sample("王芳")), press.printed(sample("赵强")))
    assert ["王芳" in text_of(both[0].content), "赵强" in text_of(both[1].content)] == [True, True]
    assert child() is process and process.returncode is None
    assert (await press.printed(sample())).content == first.content


def test_neither_reportlab_nor_a_font_is_loaded_by_who_has_papers_made() -> None:
    program = (
        "import sys; from tongban.app import create_app; create_app(); import tongban.worker;"
        "print(sorted(name for name in sys.modules if name.split('.')[0] in ('reportlab', 'PIL')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


async def test_the_press_is_started_anew_when_it_was_killed() -> None:
    await press.printed(sample())
    before = child()
    before.kill()
    await before.wait()
    assert "李明" in text_of((await press.printed(sample())).content)
    assert child().pid != before.pid


async def test_one_that_dies_over_a_paper_is_tried_once_more_and_then_the_reader_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(press, "_CHILD", "this.module.does.not.exist")
    with pytest.raises(press.NotPrintedNow) as told:
        await press.printed(sample())
    assert told.value.status == 503 and told.value.retry_after == 30
    monkeypatch.undo()
    assert isinstance(await press.printed(sample()), Printed)


async def test_a_paper_that_takes_too_long_ends_its_press(monkeypatch: pytest.MonkeyPatch) -> None:
    await press.printed(sample())
    process = child()
    monkeypatch.setattr(press, "LONGEST", 0.0001)
    with pytest.raises(press.NotPrintedNow):
        await press.printed(sample(rows=60))
    await process.wait()
    assert child() is None


async def test_a_fault_tells_its_place_and_not_the_papers_words() -> None:
    broken = msgspec.structs.replace(sample("李秘密"), barcode="这不是数字")
    with pytest.raises(press.PressFault) as told:
        await press.printed(broken)
    assert "barcode.py:" in str(told.value) and "这" not in str(told.value)
    assert isinstance(await press.printed(sample()), Printed), "the same press goes on"


async def test_who_goes_away_takes_no_other_readers_paper() -> None:
    await press.printed(sample())
    task = asyncio.create_task(press.printed(sample("王芳", rows=60)))
    await asyncio.sleep(0.005)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert "赵强" in text_of((await press.printed(sample("赵强"))).content)


async def test_a_press_without_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "RESTS_FOR", 0.05)
    await press.printed(sample())
    process = child()
    assert await process.wait() == 0
    assert not is_alive(process.pid) and isinstance(await press.printed(sample()), Printed)


async def test_it_ends_with_whoever_started_it() -> None:
    program = (
        "import asyncio, sys; sys.path.insert(0, '.');"
        "from tests.kit.sample_paper import sample; from tongban.kit.pdf import press\n"
        "async def main():\n"
        "    await press.printed(sample())\n"
        "    print(press._presses[asyncio.get_running_loop()]._process.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert starter.stdout is not None
    pid = int(await starter.stdout.readline())
    assert is_alive(pid)
    starter.kill()
    await starter.wait()
    for _ in range(200):
        if not is_alive(pid):
            break
        await asyncio.sleep(0.05)
    assert not is_alive(pid)


async def test_characters_without_a_glyph_are_logged_by_code_point_only() -> None:
    with structlog.testing.capture_logs() as logged:
        await press.printed(sample("李\U00030000明"))
    assert [one["code_points"] for one in logged] == [["U+30000"]]
    assert "李" not in str(logged)
