"""The papers of a case for its package: the one place that knows where they come from."""

from __future__ import annotations

from collections.abc import AsyncIterator

from tongban.cases.actions.printing import paper_of
from tongban.cases.actions.reading import Opened
from tongban.cases.model.papers import kind_of
from tongban.kit.db import Database
from tongban.kit.pdf import press


async def papers(db: Database, opened: Opened) -> AsyncIterator[tuple[str, bytes]]:
    """Every paper that the case has given, by its name in the package, as PDF; in the order of the steps.

    They are drawn anew: a step wrote down how things stood, so the same paper is the same bytes. Where papers are kept
    as files with the organ's seal, they are to be given from there, here and nowhere else.
    """
    for event in opened.events:
        kind = kind_of(event)
        if kind is not None:
            made = await press.printed(await paper_of(db, opened, event))
            yield f"papers/{event.version:02d}-{kind}.pdf", made.content
