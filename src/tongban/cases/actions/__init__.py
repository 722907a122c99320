"""What can be done to a case: each verb one write that carries its ledger row and its news."""

from tongban.cases.actions.deciding import accept, approve, complete, decline, deem_accepted, refuse
from tongban.cases.actions.drafting import Sheet, discard, refresh, save, sheet, start
from tongban.cases.actions.reading import Opened, open_case, progress
from tongban.cases.actions.rechecking import recheck
from tongban.cases.actions.submitting import submit
from tongban.cases.actions.telling import tell
from tongban.cases.actions.withdrawing import withdraw

__all__ = [
    "Opened",
    "Sheet",
    "accept",
    "approve",
    "complete",
    "decline",
    "deem_accepted",
    "discard",
    "open_case",
    "progress",
    "recheck",
    "refresh",
    "refuse",
    "save",
    "sheet",
    "start",
    "submit",
    "tell",
    "withdraw",
]
