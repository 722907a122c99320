"""What can be done to a case: each verb one write that carries its ledger row and its news."""

from tongban.cases.actions.answering import answer
from tongban.cases.actions.attaching import attach, files_wanted
from tongban.cases.actions.checking import Checked, check
from tongban.cases.actions.clocks import days_left, marked_days, provisional
from tongban.cases.actions.correcting import (
    CorrectionSheet,
    ask_correction,
    correct,
    correctable,
    correction_sheet,
    files_open,
    keep_corrections,
    terminate,
)
from tongban.cases.actions.deciding import accept, approve, complete, decline, deem_accepted, refuse
from tongban.cases.actions.drafting import (
    Sheet,
    Started,
    discard,
    expire_drafts,
    fresh_sheet,
    living,
    open_draft,
    paper_refusal,
    refresh,
    save,
    sheet,
    start,
)
from tongban.cases.actions.growing import grown
from tongban.cases.actions.materials import forget_material, my_materials, reusable, reuse
from tongban.cases.actions.printing import Given, my_paper, paper_at_desk, papers_given
from tongban.cases.actions.reading import (
    DeskList,
    Line,
    Opened,
    desk,
    desk_row,
    done,
    find_by_code,
    item_words,
    lamp_counts,
    licence_of,
    my_cases,
    open_case,
    progress,
    reveal,
)
from tongban.cases.actions.reading_files import View, my_file, open_file
from tongban.cases.actions.rechecking import recheck
from tongban.cases.actions.submitting import submit
from tongban.cases.actions.telling import tell
from tongban.cases.actions.visiting import record_visit
from tongban.cases.actions.withdrawing import withdraw

__all__ = [
    "Checked",
    "CorrectionSheet",
    "DeskList",
    "Given",
    "Line",
    "Opened",
    "Sheet",
    "Started",
    "View",
    "accept",
    "answer",
    "approve",
    "ask_correction",
    "attach",
    "check",
    "complete",
    "correct",
    "correctable",
    "correction_sheet",
    "days_left",
    "decline",
    "deem_accepted",
    "desk",
    "desk_row",
    "discard",
    "done",
    "expire_drafts",
    "files_open",
    "files_wanted",
    "find_by_code",
    "forget_material",
    "fresh_sheet",
    "grown",
    "item_words",
    "keep_corrections",
    "lamp_counts",
    "licence_of",
    "living",
    "marked_days",
    "my_cases",
    "my_file",
    "my_materials",
    "my_paper",
    "open_case",
    "open_draft",
    "open_file",
    "paper_at_desk",
    "paper_refusal",
    "papers_given",
    "progress",
    "provisional",
    "recheck",
    "record_visit",
    "refresh",
    "refuse",
    "reusable",
    "reuse",
    "reveal",
    "save",
    "sheet",
    "start",
    "submit",
    "tell",
    "terminate",
    "withdraw",
]
