"""The papers of a case 文书: each a pure function of the case, one of its steps, and what that step wrote down.

``kinds`` says which step gives which paper, ``standing`` what a step writes down for it, ``filed`` what every paper is
made of; ``filing`` holds the papers up to acceptance, ``ending`` the decisions and ends.
"""

from tongban.cases.model.papers.filed import Contested, Filed, Signed
from tongban.cases.model.papers.kinds import (
    COMMITTED,
    DECIDED_ANEW,
    GIVEN,
    GOES_ON,
    RULED,
    TITLES,
    NoSuchPaper,
    PaperKind,
    kind_of,
    kinds_of,
    number_of,
    paper_number,
    step_of,
    title_of,
)
from tongban.cases.model.papers.made import paper
from tongban.cases.model.papers.standing import Standing, standing

__all__ = [
    "COMMITTED",
    "DECIDED_ANEW",
    "GIVEN",
    "GOES_ON",
    "RULED",
    "TITLES",
    "Contested",
    "Filed",
    "NoSuchPaper",
    "PaperKind",
    "Signed",
    "Standing",
    "kind_of",
    "kinds_of",
    "number_of",
    "paper",
    "paper_number",
    "standing",
    "step_of",
    "title_of",
]
