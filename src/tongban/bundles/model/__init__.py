"""What a bundle is, how it is planned, joined and checked, and how far one that was begun has come."""

from tongban.bundles.model.bundle import ANSWER, Bundle, Question, Row, written_out
from tongban.bundles.model.handed_in import same_file
from tongban.bundles.model.joining import OneForm, joined, one_form
from tongban.bundles.model.lint import MOST_WAYS, lint
from tongban.bundles.model.planning import (
    Need,
    Plan,
    Saved,
    Step,
    answered,
    answers_in_words,
    asked,
    chosen,
    next_question,
    plan,
    saved,
    settled,
)
from tongban.bundles.model.refusals import (
    AllHeld,
    BundleRefused,
    CommitmentUnsigned,
    NoSuchBundle,
    NotInThisState,
    PartNotLapsed,
    RunMovedOn,
)
from tongban.bundles.model.rights import POLICY
from tongban.bundles.model.run import HAD, OVER, PART_WORDS, RUN_WORDS, Part, PartState, Run, RunState
from tongban.bundles.model.strictness import stricter

__all__ = [
    "ANSWER",
    "HAD",
    "MOST_WAYS",
    "OVER",
    "PART_WORDS",
    "POLICY",
    "RUN_WORDS",
    "AllHeld",
    "Bundle",
    "BundleRefused",
    "CommitmentUnsigned",
    "Need",
    "NoSuchBundle",
    "NotInThisState",
    "OneForm",
    "Part",
    "PartNotLapsed",
    "PartState",
    "Plan",
    "Question",
    "Row",
    "Run",
    "RunMovedOn",
    "RunState",
    "Saved",
    "Step",
    "answered",
    "answers_in_words",
    "asked",
    "chosen",
    "joined",
    "lint",
    "next_question",
    "one_form",
    "plan",
    "same_file",
    "saved",
    "settled",
    "stricter",
    "written_out",
]
