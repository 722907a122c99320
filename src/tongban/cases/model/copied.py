"""What this room's codes are called in a person's copy of her data (PIPL art. 45); what pages say, they say alike."""

from __future__ import annotations

from typing import Any

from tongban.cases.model.archive.records import DECISION_WORDS
from tongban.cases.model.inspection import CONCLUSION_WORDS
from tongban.cases.model.lamps import LAMP_WORDS
from tongban.cases.model.papers import TITLES
from tongban.cases.model.states import STATE_WORDS
from tongban.cases.model.step_words import STEP_WORDS
from tongban.cases.model.supervision import RULES
from tongban.kit.errors import Words
from tongban.kit.i18n import Text
from tongban.kit.personal import Spoken

_STATES: dict[Any, Words] = {
    **STATE_WORDS,
    "asked_to_confirm": Text(
        "他人请您共同确认的申请", "Another's application that you were asked to confirm"
    ),
    "interested": Text("与您有关的他人的申请", "Another's application that bears on you"),
}

WORDS: dict[str, Spoken] = {
    "state": _STATES,
    "steps.move": STEP_WORDS,
    "papers.kind": TITLES,
    "inspections.conclusion": CONCLUSION_WORDS,
    "supervisions.rule": {code: one.words for code, one in RULES.items()},
    "supervisions.lamp": LAMP_WORDS,
    "archive.state": {
        "kept": Text("保管中", "Kept"),
        "proposed": Text("已提出销毁", "Proposed for destruction"),
        "destroyed": Text("已销毁", "Destroyed"),
    },
    "archive.retention": {
        "permanent": Text("永久", "For ever"),
        "y100": Text("100 年", "100 years"),
        "y30": Text("30 年", "30 years"),
        "y10": Text("10 年", "10 years"),
    },
    "appraisals.decision": DECISION_WORDS,
}
