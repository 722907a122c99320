"""The reform room: what the city promised to make shorter and lighter, and what came of it, for anybody to recompute.

It owns the schema ``reform`` and the city's files in ``city/reform``. The double-halving ledger 双减半 sets what each
version of an item asks (:func:`measure_new`, from ``catalogue.pub_measure``) beside a baseline, and the days that cases
took beside those promised (:func:`add_pace`, with the news of a decision); :func:`overview` sums it up over approvals.
The re-engineered processes, cancelled approvals and business-environment indicators are the city's data, checked by
:func:`check_city`. :func:`exported` gives every row and figure, for ``docs/recompute.py``, which knows nothing of us.
"""

from tongban.reform.actions.approving import Effect, effects, follow_approvals
from tongban.reform.actions.coursing import Month, course
from tongban.reform.actions.exporting import exported
from tongban.reform.actions.halving import Overview, ledger, overview
from tongban.reform.actions.impacting import Impact, impact
from tongban.reform.actions.loading import check_city, measure_new
from tongban.reform.actions.pacing import add_pace
from tongban.reform.model import POLICY, ProcessUnknown, ReformDataWrong

__all__ = [
    "POLICY",
    "Effect",
    "Impact",
    "Month",
    "Overview",
    "ProcessUnknown",
    "ReformDataWrong",
    "add_pace",
    "check_city",
    "course",
    "effects",
    "exported",
    "follow_approvals",
    "impact",
    "ledger",
    "measure_new",
    "overview",
]
