"""The cases room: the life of an application (办件) from draft to licence, and the department's desk.

It owns the schema ``cases``: cases, their steps, their numbers. The life cycle is one closed table
(``model/life.py``); every move is one write of state, step, ledger row, news and timers. It reads the
catalogue for the item's version, the registers through exchange under the case's own purpose, and hands
an approval to licences with :func:`tongban.licences.issuing`. It announces ``cases.*`` and listens to
``licences.issued``.
"""

from tongban.cases.actions import (
    accept,
    answer,
    approve,
    ask_correction,
    attach,
    check,
    correct,
    decline,
    discard,
    grown,
    my_cases,
    my_file,
    my_paper,
    open_case,
    open_draft,
    open_file,
    paper_at_desk,
    progress,
    recheck,
    record_visit,
    refuse,
    save,
    sheet,
    start,
    submit,
    withdraw,
)
from tongban.cases.model import GROUNDS, MOVES, POLICY, STATE_WORDS, TONES, Case, Move, State
from tongban.cases.store import holdings, seal_backlog

__all__ = [
    "GROUNDS",
    "MOVES",
    "POLICY",
    "STATE_WORDS",
    "TONES",
    "Case",
    "Move",
    "State",
    "accept",
    "answer",
    "approve",
    "ask_correction",
    "attach",
    "check",
    "correct",
    "decline",
    "discard",
    "grown",
    "holdings",
    "my_cases",
    "my_file",
    "my_paper",
    "open_case",
    "open_draft",
    "open_file",
    "paper_at_desk",
    "progress",
    "recheck",
    "record_visit",
    "refuse",
    "save",
    "seal_backlog",
    "sheet",
    "start",
    "submit",
    "withdraw",
]
