"""How a reconsideration is decided, on the desk: the outcomes to choose from, and the move that each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.cases import actions
from tongban.cases.model import Move
from tongban.cases.model.linked import paper_contested
from tongban.cases.model.rulings import RULINGS, known, outcomes
from tongban.kit.db import Database
from tongban.kit.i18n import N_

_DECISIONS = frozenset({Move.APPROVE, Move.GRANT, Move.REFUSE})


async def rulings_asked(db: Database, opened: actions.Opened, typed: str) -> dict[str, Any]:
    """What the panel offers: ``rulings``, each by code with its words and article, when the law has each
    (``rulings_when``), the one that was ``chosen``, and who is said to decide (``ruling_hint``)."""
    offered = actions.rulings_for(opened.version, opened.case)
    table = outcomes(on_licence=bool(paper_contested(opened.form, opened.case.answers)))
    return {
        "rulings": [
            (str(one), N_("{ruling}（{article}）", ruling=table[one].words, article=table[one].article))
            for one in offered
        ],
        "rulings_when": [
            N_(
                "{article}　{ruling}：{when}。",
                article=table[one].article,
                ruling=table[one].words,
                when=table[one].when,
            )
            for one in offered
        ],
        "ruling": typed,
        "ruling_hint": N_(
            "复议决定书以{organ}的名义作出，并加盖其印章。",
            organ=await actions.organ_giving(db, opened.case, Move.GRANT),
        )
        if offered
        else None,
    }


def by_ruling(move: str, posted: Mapping[str, str]) -> str:
    """The move of a decision: of a reconsideration the outcome says it, whichever button was pressed."""
    found = known(posted.get("ruling"))
    return str(RULINGS[found].move) if found and move in _DECISIONS else move
