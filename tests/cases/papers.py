"""A form that asks for files, made for these tests: a question added to the version that the cases pin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from tests import make
from tests.cast import Resident
from tests.kit import sample_files
from tongban import cases, catalogue
from tongban.kit import clock, files
from tongban.kit.db import Database, Part, write

PAPERS: dict[str, Any] = {
    "type": "array",
    "maxItems": 5,
    "x-ui": {
        "widget": "files",
        "label": {"zh": "材料", "en": "Papers"},
        "element": "DE-PAPERS",
        "accept": ["application/pdf", "image/jpeg"],
        "max_size": 2_000_000,
    },
}
PHOTOS = {**PAPERS, "maxItems": 30}


@contextmanager
def asked_for(version: catalogue.ItemVersion) -> Iterator[None]:
    """The questions ``papers`` and ``photos`` stand in the form while this lasts."""
    questions = version.form["properties"]
    questions |= {"papers": PAPERS, "photos": PHOTOS}
    try:
        yield
    finally:
        del questions["papers"], questions["photos"]


async def version_of(db: Database, case_id: UUID) -> catalogue.ItemVersion:
    """The version that a case pins."""
    row = await make.row(db, case_id)
    return await catalogue.version(db, row["item"], row["item_version"])


async def paper(pages: int = 1, name: str = "合同.pdf") -> files.Received:
    """A PDF that came in."""
    return await sample_files.sent(sample_files.pdf(pages), name)


async def attached(
    db: Database, who: Resident, case_id: UUID, *pages: int, field: str = "papers", version: int | None = None
) -> list[UUID]:
    """Attach PDFs of so many pages to her draft; gives the ids of all files of the question."""
    received = [await paper(number, f"{number}.pdf") for number in pages]
    await cases.attach(
        db, who.actor, case_id=case_id, received={field: received}, version=version, now=clock.now()
    )
    return [UUID(one["file"]) for one in (await make.row(db, case_id))["answers"][field]]


async def kept_for(db: Database, who: Resident, case_id: UUID, pages: int) -> UUID:
    """Keep a PDF for a case, whatever its form asks for."""
    assert who.actor.id is not None
    received = await paper(pages, f"{pages}.pdf")
    file = files.named(received, subject=who.actor.id, reference=case_id, now=clock.now())
    assert await write(db.sibling(), Part("SELECT 1 AS one"), files.keeping([file]))
    return file.id


async def saved_elsewhere(db: Database, who: Resident, case_id: UUID) -> None:
    """What another tab does: it saves."""
    await cases.save(db, who.actor, case_id=case_id, posted=make.typed(), version=None, now=clock.now())
