"""What was revoked to be decided anew is not decided the same for the same reason 不得以同一事实和理由."""

from __future__ import annotations

from collections.abc import Iterable

from tongban.cases import store
from tongban.cases.model import Case, CaseEvent, Edge, State
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
    if found is not None and (code := barred_by(found[1], step.target, reason)):
        raise SameReasonBarred(code)


def barred_by(steps: Iterable[CaseEvent], target: State, reason: str) -> str | None:
    """The code of the reconsideration that bars a decision to ``target`` for this reason; None where none does.

    Every one that the case has been through: what the first has revoked the second does not allow again.
    """
    for taken in steps:
        ruling = known(taken.detail.get("ruling")) if "overturned" in taken.detail else None
        if ruling is None or not RULINGS[ruling].bars_same:
            continue
        was = taken.detail["was"]
        if was["state"] == target and same_reason(was["reason"] or "", reason):
            return str(taken.detail["overturned"])
    return None
