"""Nouns and rules of the archive 归档: what a case's package holds, how long it is kept, who decides on it. No I/O."""

from tongban.cases.model.archive.package import Filing, about_of, documents, metadata
from tongban.cases.model.archive.records import (
    DECISION_WORDS,
    STANDING_TONES,
    STANDING_WORDS,
    Appraisal,
    AppraisalIncomplete,
    Archived,
    Decision,
    Destroyed,
    NoSuchArchive,
    NotToDecide,
    Waiting,
)
from tongban.cases.model.archive.retention import (
    Retention,
    RetentionWrong,
    Schedule,
    due_on,
    schedule_of,
)

__all__ = [
    "DECISION_WORDS",
    "STANDING_TONES",
    "STANDING_WORDS",
    "Appraisal",
    "AppraisalIncomplete",
    "Archived",
    "Decision",
    "Destroyed",
    "Filing",
    "NoSuchArchive",
    "NotToDecide",
    "Retention",
    "RetentionWrong",
    "Schedule",
    "Waiting",
    "about_of",
    "documents",
    "due_on",
    "metadata",
    "schedule_of",
]
