"""The nouns and rules of a case: its closed life cycle, its answers, its numbers, its clock. No I/O."""

from tongban.cases.model.correction import Correction, NothingToCorrect, ToldOnce, worded
from tongban.cases.model.lamps import LAMP_WORDS, Lamp, lamp_of
from tongban.cases.model.life import (
    ENDED,
    LIVING,
    MOVES,
    STATE_WORDS,
    TONES,
    UNDER_PURPOSE,
    Edge,
    Move,
    NotPossibleNow,
    State,
    edge,
    possible,
)
from tongban.cases.model.looking import GROUNDS, GroundMissing
from tongban.cases.model.numbers import case_number, is_short_code, short_code
from tongban.cases.model.records import Case, CaseEvent, DeskRow
from tongban.cases.model.refusals import (
    AlreadyHeld,
    AnswersInvalid,
    MovedOn,
    NoSuchCase,
    NoSuchMove,
    ReasonMissing,
    ReasonTooLong,
    RuleNotMet,
)
from tongban.cases.model.rights import POLICY

__all__ = [
    "ENDED",
    "GROUNDS",
    "LAMP_WORDS",
    "LIVING",
    "MOVES",
    "POLICY",
    "STATE_WORDS",
    "TONES",
    "UNDER_PURPOSE",
    "AlreadyHeld",
    "AnswersInvalid",
    "Case",
    "CaseEvent",
    "Correction",
    "DeskRow",
    "Edge",
    "GroundMissing",
    "Lamp",
    "Move",
    "MovedOn",
    "NoSuchCase",
    "NoSuchMove",
    "NotPossibleNow",
    "NothingToCorrect",
    "ReasonMissing",
    "ReasonTooLong",
    "RuleNotMet",
    "State",
    "ToldOnce",
    "case_number",
    "edge",
    "is_short_code",
    "lamp_of",
    "possible",
    "short_code",
    "worded",
]
