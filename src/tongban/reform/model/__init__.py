"""Nouns and pure rules of the reform: the double-halving ledger, processes, approvals, indicators."""

from tongban.reform.model.approvals import Approval
from tongban.reform.model.figures import cut, percent, share
from tongban.reform.model.indicators import (
    Indicator,
    Indicators,
    IndicatorStep,
    Measured,
    measured,
    summed_cuts,
)
from tongban.reform.model.ledger import Baseline, Halving, Line, Measure, Pace, halving, in_working_days
from tongban.reform.model.processes import STAGES, Process, Stage, Weights, staged
from tongban.reform.model.refusals import (
    DownloadingTooFast,
    LedgerDayWrong,
    LedgerDepartmentUnknown,
    ProcessUnknown,
    ReformDataWrong,
)
from tongban.reform.model.rights import POLICY
from tongban.reform.model.targets import Declared, Targets

__all__ = [
    "POLICY",
    "STAGES",
    "Approval",
    "Baseline",
    "Declared",
    "DownloadingTooFast",
    "Halving",
    "Indicator",
    "IndicatorStep",
    "Indicators",
    "LedgerDayWrong",
    "LedgerDepartmentUnknown",
    "Line",
    "Measure",
    "Measured",
    "Pace",
    "Process",
    "ProcessUnknown",
    "ReformDataWrong",
    "Stage",
    "Targets",
    "Weights",
    "cut",
    "halving",
    "in_working_days",
    "measured",
    "percent",
    "share",
    "staged",
    "summed_cuts",
]
