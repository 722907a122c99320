"""A form that asks for files, made for these tests: two questions more in the item's published version."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests import make
from tests.cast import Resident
from tests.kit import sample_files
from tongban import cases
from tongban.kit import clock, files
from tongban.kit.db import Database

QUESTION: dict[str, Any] = {
    "type": "array",
    "maxItems": 5,
    "x-ui": {
        "widget": "files",
        "label": {"zh": "材料", "en": "Papers"},
        "element": "DE-PAPERS",
        "section": "contact",
        "accept": ["application/pdf", "image/jpeg"],
        "max_size": 2_000_000,
    },
}
QUESTIONS = {"papers": QUESTION, "photos": {**QUESTION, "maxItems": 20}}


async def ask_for_files(db: Database) -> None:
    """Let the form of the item ask for ``papers`` and ``photos``; before anybody reads it in this database."""
    await db.sibling().run(
        """UPDATE catalogue.item_version SET body = jsonb_set(jsonb_set(body,
            '{form,properties}', body #> '{form,properties}' || $2::jsonb),
            '{form,x-ui,order}', body #> '{form,x-ui,order}' || $3::jsonb) WHERE code = $1""",
        make.ITEM,
        QUESTIONS,
        list(QUESTIONS),
    )


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


async def saved_elsewhere(db: Database, who: Resident, case_id: UUID) -> None:
    """What another tab does: it saves."""
    await cases.save(db, who.actor, case_id=case_id, posted=make.typed(), version=None, now=clock.now())
