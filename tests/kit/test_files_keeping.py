"""Kept files: rows that name contents, and contents that go when no row names them any more."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from tests.kit import sample_files as make
from tongban import settings
from tongban.kit import clock, files
from tongban.kit.db import Database, Part, beside, write
from tongban.kit.files import giving, store
from tongban.kit.files.shelf import Shelf
from tongban.kit.ids import new_id

ONE = Part("SELECT 1 AS one")
OWNER, OTHER = new_id(5), new_id(5)
CASE = new_id(5)


async def keep(
    db: Database, received: files.Received, *, subject: UUID = OWNER, reference: UUID = CASE
) -> files.File:
    file = files.named(received, subject=subject, reference=reference, now=clock.now())
    assert await write(db, ONE, files.keeping([file]))
    return file


def contents(shelf: Shelf) -> set[str]:
    return {path.name for path in shelf.root.glob("??/??/*")}


def age(shelf: Shelf, seconds: float = 2 * giving.GRACE_SECONDS) -> None:
    """Let time pass for all contents."""
    for path in shelf.root.glob("??/??/*"):
        os.utime(path, (time.time() - seconds,) * 2)


async def tidy_all(db: Database) -> int:
    """A whole day of tidying: the turn of every shard."""
    start = datetime(2026, 11, 25, tzinfo=UTC)
    step = timedelta(seconds=giving.TIDY_EVERY_SECONDS)
    return sum([await files.tidy(db, now=start + step * (turn + 0.5)) for turn in range(256)])


async def test_a_row_brings_its_file_back(db: Database, shelf: Shelf) -> None:
    received = await make.sent(make.photo(), "我的照片.jpg")
    before = db.count
    kept = await keep(db, received)
    assert db.count - before == 1
    found = await files.kept_file(db, file_id=kept.id, subject=OWNER, reference=CASE)
    assert found == kept and found.name == "我的照片.jpg" and found.digest == received.digest
    row = await db.row("SELECT * FROM kit.file")
    assert row is not None and "我的照片".encode() not in row["name"], "names are sealed"


async def test_many_files_are_kept_in_one_statement(db: Database, shelf: Shelf) -> None:
    papers = [await make.sent(make.pdf(number), f"{number}.pdf") for number in (1, 2, 3)]
    rows = [files.named(one, subject=OWNER, reference=CASE, now=clock.now()) for one in papers]
    before = db.count
    await write(db, ONE, files.keeping(rows))
    assert db.count - before == 1
    told = await files.holdings(db, OWNER)
    assert [one["name"] for one in told] == ["3.pdf", "2.pdf", "1.pdf"] and told[0]["pages"] == 3
    assert await files.holdings(db, OTHER) == []


async def test_a_lost_guard_keeps_nothing(db: Database, shelf: Shelf) -> None:
    file = files.named(await make.sent(make.pdf(), "a.pdf"), subject=OWNER, reference=CASE, now=clock.now())
    assert await write(db, Part("SELECT 1 AS one WHERE false"), files.keeping([file])) is None
    assert await files.holdings(db, OWNER) == []


async def test_another_persons_file_is_not_there(db: Database, shelf: Shelf) -> None:
    kept = await keep(db, await make.sent(make.pdf(), "a.pdf"))
    for subject, reference in ((OTHER, CASE), (OWNER, new_id(5)), (new_id(6), CASE)):
        assert await files.kept_file(db, file_id=kept.id, subject=subject, reference=reference) is None


async def test_a_file_beside_what_guards_it(db: Database, shelf: Shelf) -> None:
    kept = await keep(db, await make.sent(make.pdf(), "a.pdf"))
    reading = files.reading(kept.id, subject=OWNER, reference=CASE)
    for guarding, found in (
        ("SELECT $1::int AS n WHERE $1 = 1", True),
        ("SELECT $1::int AS n WHERE $1 = 2", False),
    ):
        row = await write(db, beside(Part(guarding, (1,)), reading))
        assert (row is not None) is found
        assert row is None or files.as_read(row) == kept


async def test_what_a_row_names_stays_and_what_none_names_goes_after_the_grace(
    db: Database, shelf: Shelf
) -> None:
    named, unnamed = await make.sent(make.pdf(1), "a.pdf"), await make.sent(make.pdf(2), "a.pdf")
    kept = await keep(db, named)
    assert await tidy_all(db) == 0, "an upload under way is not collected"
    age(shelf)
    assert await tidy_all(db) == 1
    assert contents(shelf) == {named.digest.hex(), f"{named.digest.hex()}.thumbnail"}
    assert unnamed.digest.hex() not in contents(shelf)
    await write(db, ONE, files.dropping([kept.id], subject=OWNER, reference=CASE))
    assert await tidy_all(db) == 1 and contents(shelf) == set()


async def test_one_content_of_two_people_goes_with_the_last_row(db: Database, shelf: Shelf) -> None:
    paper = make.pdf()
    mine = await keep(db, await make.sent(paper, "a.pdf"))
    hers = await keep(db, await make.sent(paper, "b.pdf"), subject=OTHER)
    age(shelf)
    await write(db, ONE, files.dropping_all(subject=OWNER, reference=CASE))
    assert await tidy_all(db) == 0
    assert await files.kept_file(db, file_id=mine.id, subject=OWNER, reference=CASE) is None
    assert b"".join([chunk async for chunk in await files.content(hers)]) == paper


async def test_only_the_owner_of_a_reference_lets_its_files_go(db: Database, shelf: Shelf) -> None:
    kept = await keep(db, await make.sent(make.pdf(), "a.pdf"))
    for subject, reference in ((OTHER, CASE), (OWNER, new_id(5))):
        await write(db, ONE, files.dropping([kept.id], subject=subject, reference=reference))
        await write(db, ONE, files.dropping_all(subject=subject, reference=reference))
    assert await files.kept_file(db, file_id=kept.id, subject=OWNER, reference=CASE) == kept


async def test_a_content_that_comes_in_again_while_it_is_collected_stays(db: Database, shelf: Shelf) -> None:
    """The job has asked the rows already when the same paper is sent again: its new time keeps it."""
    paper = make.pdf()
    received = await make.sent(paper, "a.pdf")
    age(shelf)
    unnamed = await store.unnamed(db, shelf.aged(received.digest[0], seconds=giving.GRACE_SECONDS))
    assert unnamed == [received.digest]
    await make.sent(paper, "a.pdf")
    assert shelf.remove(unnamed, seconds=giving.GRACE_SECONDS) == 0
    kept = await keep(db, received)
    assert b"".join([chunk async for chunk in await files.content(kept)]) == paper


async def test_a_thumbnail_whose_content_never_came_goes_too(db: Database, shelf: Shelf) -> None:
    received = await make.sent(make.pdf(), "a.pdf")
    next(path for path in shelf.root.glob("??/??/*") if not path.suffix).unlink()
    age(shelf)
    assert len(contents(shelf)) == 1 and await tidy_all(db) == 1 and contents(shelf) == set()
    assert received.size


#: Another process with an upload under way.
UPLOADING = """
from tongban.kit.files.receiving import shelf
draft = shelf().begin()
draft.add(bytes(10**6))
print("begun", flush=True)
input()
"""


async def test_the_dead_ones_drafts_are_swept_and_the_living_ones_are_not(shelf: Shelf) -> None:
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", UPLOADING),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "TONGBAN_FILES": str(shelf.root)},
    )
    assert other.stdout is not None and await other.stdout.readline()
    living = shelf.begin()
    living.add(bytes(1000))
    assert await files.sweep() == 0 and len(list((shelf.root / "incoming").iterdir())) == 2
    other.kill()
    await other.wait()
    assert await files.sweep() == 1 and len(list((shelf.root / "incoming").iterdir())) == 1
    living.discard()
    assert await files.sweep() == 0 and list((shelf.root / "incoming").iterdir()) == []


async def test_eight_at_once_lose_nothing_to_the_sweeper(shelf: Shelf) -> None:
    async def sweeping() -> None:
        while True:
            await files.sweep()
            await asyncio.sleep(0)

    sweeper = asyncio.create_task(sweeping())
    got = await asyncio.gather(*(make.sent(make.pdf(number), "a.pdf") for number in range(1, 9)))
    sweeper.cancel()
    assert [one.pages for one in got] == list(range(1, 9)) and len(contents(shelf)) == 16


async def test_the_doctor_sees_a_store_that_cannot_be_read(shelf: Shelf, tmp_path: Path) -> None:
    assert files.condition(tmp_path / "not" / "there").fault == ""
    received = await make.sent(make.pdf(), "a.pdf")
    good = files.condition(shelf.root)
    assert good.fault == "" and good.free > 0
    name = received.digest.hex()
    (shelf.root / name[:2] / name[2:4] / name).write_bytes(b"TBF\x01" + bytes(500))
    assert "does not open" in files.condition(shelf.root).fault


async def test_its_statements_use_its_indexes(db: Database) -> None:
    await db.run(
        """INSERT INTO kit.file (bucket, id, subject, reference, digest, size, media_type, name, pages, created_at)
        SELECT n % 1024, gen_random_uuid(), gen_random_uuid(), n::text, sha256(n::text::bytea), 1, 'image/png', '', 1,
            now() FROM generate_series(1, 5000) n"""
    )
    await db.run("ANALYZE kit.file")
    for statement in (
        "SELECT id FROM kit.file f WHERE f.digest = '\\x00'",
        "SELECT id FROM kit.file WHERE bucket = 1 AND reference = '5'",
        "SELECT id FROM kit.file WHERE bucket = 1 AND subject = gen_random_uuid() ORDER BY id DESC",
    ):
        plan = "\n".join(row[0] for row in await db.rows(f"EXPLAIN {statement}"))
        assert "Seq Scan" not in plan, plan


def test_the_store_lies_where_the_setting_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("TONGBAN_FILES", str(tmp_path / "elsewhere"))
    assert settings.read().files_dir == tmp_path / "elsewhere"
    monkeypatch.delenv("TONGBAN_FILES")
    assert settings.read().files_dir == settings.read().data_dir / "files"
