"""What was revoked to be decided anew is not decided the same for the same reason 不得以同一事实和理由."""

from __future__ import annotations

from tongban.cases import store
from tongban.cases.model import Case, Edge
from tongban.cases.model.rulings import RULINGS, SameReasonBarred, known, same_reason
from tongban.kit.db import Database


async def must_differ(db: Database, case: Case, step: Edge, reason: str) -> None:
    """Raise SameReasonBarred where a reconsideration has revoked this very decision, made for this very reason.

    行政复议法 art. 64(2), of what was revoked to be decided anew, and not for the procedure alone. One statement, of
    cases that stand open again only.
    """
    if case.course.anew is None:
        return
    found = await store.with_steps(db, case_id=case.id)
    taken = next((one for one in reversed(found[1]) if "overturned" in one.detail), None) if found else None
    ruling = known(taken.detail.get("ruling")) if taken else None
    if taken is None or ruling is None or not RULINGS[ruling].bars_same:
        return
    was = taken.detail["was"]
    if was["state"] == step.target and same_reason(was["reason"] or "", reason):
        raise SameReasonBarred(taken.detail["overturned"])
