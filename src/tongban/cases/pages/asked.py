"""Never ask twice 不重复提交: what people were still asked for, by department, before everybody's eyes."""

from __future__ import annotations

from datetime import datetime

from litestar import get
from litestar.response import Response

from tongban.cases.actions.reading.asking import MONTHS, asked_anyway
from tongban.cases.model.asked import GROUND_WORDS, UNJUSTIFIED
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import page


@get("/never-ask-twice", who="cases.asked_anyway")
async def never_ask_twice(db: Database, actor: Actor, now: datetime) -> Response[str]:
    """The rule, and what was asked for all the same: target none. One statement."""
    found = await asked_anyway(db, actor, now=now)
    return page(
        "cases/never_ask_twice.html",
        departments=found,
        months=MONTHS,
        unjustified=sum(one.unjustified for one in found),
        justified=sum(one.justified for one in found),
        spared=sum(one.spared for one in found),
        grounds=[words for ground, words in GROUND_WORDS.items() if ground not in UNJUSTIFIED],
    )


routes = [never_ask_twice]
