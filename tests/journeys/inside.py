"""Run with a house's settings: keeps files in its store and begins uploads, as its own processes would.

One line of JSON in, an act and what it is given; one line out, the id of what was made. It ends with its input.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from uuid import UUID

from tongban.kit import clock, files
from tongban.kit.db import Part, connect, write
from tongban.settings import settings


async def keep(applicant: str, case: str, content: str) -> UUID:
    """Keep a paper, in base64, for a person and her case."""

    async def whole() -> AsyncIterator[bytes]:
        yield base64.b64decode(content)

    db = await connect(settings().database_url or "")
    received = await files.receive(whole(), name="contract.pdf")
    file = files.named(received, subject=UUID(applicant), reference=case, now=clock.now())
    assert await write(db, Part("SELECT 1 AS one"), files.keeping([file]))
    await db.close()
    return file.id


async def begin(applicant: str, case: str) -> UUID:
    """Begin an upload of a person's draft, for a question that its form may not have."""
    db = await connect(settings().database_url or "")
    upload = await files.begin_upload(
        db,
        subject=UUID(applicant),
        reference=case,
        field="papers",
        name="a.pdf",
        size=100,
        wanted=files.Wanted(),
        now=clock.now(),
    )
    await db.close()
    return upload.id


async def done(act: str, *given: str) -> UUID:
    """What the line asks for."""
    return await (keep(*given) if act == "keep" else begin(*given))


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(f"{asyncio.run(done(*json.loads(line)))}\n")
        sys.stdout.flush()
