"""The virus scan with a real clamd: what it finds is refused, and what it did not see is never taken."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.kit import sample_files as make
from tests.kit.clamd import EICAR, LARGEST_BYTES, Clamd
from tongban import settings
from tongban.kit import files
from tongban.kit.errors import Refused
from tongban.kit.files.shelf import Shelf
from tongban.settings import ScannerAddress, SettingsWrong
from tongban.up import doctor

Use = Callable[[ScannerAddress | None], None]
PLAIN = make.pdf(objects=(make.stream(EICAR, packed=False, filters=b"[]"),))
PACKED = make.pdf(objects=(make.stream(EICAR),))
AWAY = ("127.0.0.1", 1)


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    running = Clamd(tmp_path_factory.mktemp("clamd"))
    yield running
    running.stop()


@pytest.fixture
def use(shelf: Shelf) -> Iterator[Use]:
    """Sets which clamd is asked."""

    def say(address: ScannerAddress | None) -> None:
        text = address if isinstance(address, str) else ":".join(map(str, address or ()))
        os.environ["TONGBAN_CLAMD"] = text
        assert settings.reload().scanner == address

    yield say
    os.environ.pop("TONGBAN_CLAMD", None)
    settings.reload()


def on_disk(shelf: Shelf) -> list[Path]:
    return [path for path in shelf.root.rglob("*") if path.is_file() and path.name != "lock"]


@asynccontextmanager
async def listening(
    speak: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[ScannerAddress]:
    """Somebody else where clamd should be."""
    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        yield ("127.0.0.1", server.sockets[0].getsockname()[1])


@pytest.mark.parametrize("way", [0, 1], ids=["socket", "port"])
async def test_what_clamd_finds_is_refused_and_leaves_nothing(
    clamd: Clamd, use: Use, shelf: Shelf, way: int
) -> None:
    """Packed in a stream of the paper only a scanner that unpacks PDFs finds it: this one is real."""
    use(clamd.addresses[way])
    for infected in (PLAIN, PACKED):
        with pytest.raises(Refused) as told:
            await make.sent(infected, "合同.pdf")
        assert (told.value.code, told.value.status) == ("file-infected", 422)
        assert on_disk(shelf) == []
    assert (await make.sent(make.pdf(2), "合同.pdf")).pages == 2
    assert (await make.sent(make.photo(900, 900), "a.jpg")).width == 900


async def test_without_a_scanner_the_same_paper_is_taken(use: Use) -> None:
    """What the tests above refuse is refused by clamd and by nothing else."""
    use(None)
    assert (await make.sent(PACKED, "合同.pdf")).pages == 1


async def test_a_file_longer_than_clamd_takes_is_not_let_through(
    clamd: Clamd, use: Use, shelf: Shelf
) -> None:
    use(clamd.addresses[0])
    large = make.photo(2400, 2000)
    assert len(large) > LARGEST_BYTES
    with pytest.raises(files.ScannerAway):
        await make.sent(large, "a.jpg")
    assert on_disk(shelf) == []


async def test_no_clamd_no_file(use: Use, shelf: Shelf, tmp_path: Path) -> None:
    for address in (AWAY, str(tmp_path / "nobody")):
        use(address)
        with pytest.raises(files.ScannerAway) as told:
            await make.sent(make.photo(), "a.jpg")
        assert told.value.status == 503 and told.value.retry_after and on_disk(shelf) == []


@pytest.mark.parametrize("answer", [b"", b"stream: OK", b"\xff" * 70_000, b"stream: OK\nFOUND\0", b"OK\0"])
async def test_half_an_answer_is_none(use: Use, shelf: Shelf, answer: bytes) -> None:
    """It dies in its word, talks without end, or is not clamd at all."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(10)
        writer.write(answer)
        writer.close()

    async with listening(speak) as address:
        use(address)
        with pytest.raises(files.ScannerAway):
            await make.sent(make.photo(), "a.jpg")
    assert on_disk(shelf) == []


async def test_the_doctor_tells_how_the_scan_stands(clamd: Clamd, use: Use) -> None:
    async def told() -> doctor.Finding:
        return next(one for one in await doctor.examine(settings.settings()) if one.name == "virus scan")

    assert (await told()).state == "note"
    use(clamd.addresses[1])
    assert (await told()).state == "good" and "ClamAV" in (await told()).words
    use(AWAY)
    assert (await told()).state == "bad" and "no file is taken" in (await told()).words


@pytest.mark.parametrize("wrong", ["clamd", "host:", ":3310", "host:port"])
def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("TONGBAN_CLAMD", wrong)
    with pytest.raises(SettingsWrong, match="TONGBAN_CLAMD"):
        settings.read()
    monkeypatch.setenv("TONGBAN_CLAMD", "[::1]:3310")
    assert settings.read().scanner == ("::1", 3310)
