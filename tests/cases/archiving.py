"""Ended cases sealed into packages, and what lies in them, for the tests of the archive."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from tests.audit.cast import complete
from tongban import audit
from tongban.cases.actions import archiving
from tongban.cases.model.archive import Archived
from tongban.cases.store import archive as rows
from tongban.kit import files
from tongban.kit.db import Database


async def sealed_ledger(city: Database, *, now: datetime) -> None:
    """Every row of the ledger lies in a block."""
    await complete(city.sibling())
    while await audit.seal(city.sibling(), now=now):
        pass


async def waits(city: Database, case_id: UUID, *, at: datetime) -> None:
    """The news of the case's end has come."""
    await archiving.note_ended(city, case_id=case_id, at=at, now=at)


async def archived(city: Database, case_id: UUID, *, ended: datetime, now: datetime) -> Archived:
    """The case's package, made by the job."""
    await waits(city, case_id, at=ended)
    await sealed_ledger(city, now=now)
    assert await archiving.archive_due(city, now=now) == 1
    found = await package_kept(city, case_id)
    assert found is not None
    return found


async def package_kept(city: Database, case_id: UUID) -> Archived | None:
    """The case's package as its department finds it, if there is one."""
    department = await city.value('SELECT department FROM cases."case" WHERE id = $1', case_id)
    return await rows.archived(city, id=case_id, department=department)


async def content_of(city: Database, row: Archived) -> bytes:
    """The package's bytes, as the store gives them."""
    file = await files.kept_file(
        city, file_id=row.file_id, subject=row.applicant, reference=f"archive:{row.case_id}"
    )
    assert file is not None
    return b"".join([chunk async for chunk in await files.content(file)])


def written(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def member(content: bytes, name: str) -> Any:
    """A document of a package, read by another program's reader of ZIP files."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        assert package.testzip() is None
        data = package.read(name)
    return msgspec.json.decode(data) if name.endswith(".json") else data


def names(content: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return package.namelist()
