"""Handing over 移交: the packages of a span in a folder, with an index and one signed list, for the archives office.

It can be broken off and begun again: a package that lies there whole is left as it is, the index and the list are
written last, and the same packages make the same list. 档案法 (2020) art. 15–16, 电子档案移交与接收 in GB/T 18894-2016.
"""

from __future__ import annotations

import asyncio
import csv
import os
from collections.abc import AsyncIterator
from datetime import datetime
from io import StringIO
from pathlib import Path
from uuid import UUID

import msgspec

from tongban import audit, regions
from tongban.cases.actions.archiving.schedule import schedule
from tongban.cases.actions.archiving.sealing import node_key, node_signs
from tongban.cases.actions.reading.cases import item_words
from tongban.cases.model.archive import Archived
from tongban.cases.store import archive as rows
from tongban.kit import clock, files, signing
from tongban.kit.db import Database, write
from tongban.kit.files import FileLost
from tongban.kit.packages import Member
from tongban.kit.packages.batch import INDEX, PACKAGES, file_member, sealed_batch
from tongban.kit.packages.manifest import MANIFEST, SIGNATURE
from tongban.kit.policy import SYSTEM

#: Rows read at a time.
_BATCH = 200
_COLUMNS = (
    *("number", "item", "title", "department", "ended_on", "retention", "dispose_on"),
    *("file", "size", "sm3", "sha256"),
)


class Export(msgspec.Struct, frozen=True):
    """What an export did: packages in the folder, how many of them it wrote now, and cases that wait for theirs."""

    packages: int
    written: int
    waiting: int
    root: str


async def export(
    db: Database, folder: Path, *, until: datetime, department: str | None, now: datetime
) -> Export:
    """Write the packages of the cases that ended before ``until``, of one department or of all; see the module.

    Each package handed out for the first time leaves a ledger row. Raises DepartmentUnknown before anything is
    written, OSError, and FileLost for a package that is not in the store any more.
    """
    if department is not None:
        await regions.department(db, department)
    await asyncio.to_thread((folder / PACKAGES).mkdir, parents=True, exist_ok=True)
    members, lines, written = [], [], 0
    async for row in _each(db, until=until, department=department):
        member, fresh = await _placed(db, folder, row)
        written += fresh
        members.append(member)
        lines.append(await _line(db, row, member))
        await write(
            db,
            rows.exporting(row, now=now),
            audit.record(
                SYSTEM,
                "cases.hand_over",
                subject=row.applicant,
                reference=row.case_id,
                detail={"sm3": row.sm3},
                now=now,
            ),
        )
    await asyncio.to_thread(_replace, folder / INDEX, _csv(lines))
    members = [await asyncio.to_thread(file_member, folder, INDEX), *members]
    about = {"until": f"{until:%Y-%m-%dT%H:%M:%SZ}", "department": department or "", "node": signing.node()}
    text, token = sealed_batch(about, members, jwk=node_key(), sign=node_signs)
    await asyncio.to_thread(_replace, folder / MANIFEST, text)
    await asyncio.to_thread(_replace, folder / SIGNATURE, token)
    root: str = msgspec.json.decode(text)["about"]["root"]
    return Export(len(lines), written, await rows.still_waiting(db, until=until), root)


async def _each(db: Database, *, until: datetime, department: str | None) -> AsyncIterator[Archived]:
    after: tuple[datetime, UUID] | None = None
    while True:
        found = await rows.to_export(db, until=until, department=department, after=after, limit=_BATCH)
        for row in found:
            yield row
        if len(found) < _BATCH:
            return
        after = (found[-1].ended_at, found[-1].id)


async def _placed(db: Database, folder: Path, row: Archived) -> tuple[Member, bool]:
    """The package at its place in the folder, and whether it was written now."""
    name = f"{PACKAGES}/{row.number}.zip"
    wanted = Member(name, row.size, row.sm3, row.sha256)
    try:
        if await asyncio.to_thread(file_member, folder, name) == wanted:
            return wanted, False
    except FileNotFoundError:
        pass
    file = await files.kept_file(
        db, file_id=row.file_id, subject=row.applicant, reference=f"archive:{row.case_id}"
    )
    if file is None:
        raise FileLost
    draft = folder / PACKAGES / f".{row.number}.part"
    with await asyncio.to_thread(draft.open, "wb") as place:
        async for chunk in await files.content(file):
            await asyncio.to_thread(place.write, chunk)
    await asyncio.to_thread(draft.replace, folder / name)
    if await asyncio.to_thread(file_member, folder, name) != wanted:
        raise FileLost
    return wanted, True


async def _line(db: Database, row: Archived, member: Member) -> list[str]:
    name, _ = await item_words(db, row.item)
    return [
        *(row.number, row.item, name.zh, row.department, clock.city_day(row.ended_at).isoformat()),
        schedule().by_code(row.retention).name.zh,
        row.dispose_on.isoformat() if row.dispose_on else "",
        *(member.name, str(member.size), member.sm3, member.sha256),
    ]


def _csv(lines: list[list[str]]) -> bytes:
    """The index 移交目录, with the mark by which spreadsheets know UTF-8."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows(lines)
    return text.getvalue().encode("utf-8-sig")


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
