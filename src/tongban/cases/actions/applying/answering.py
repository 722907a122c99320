"""A program's answers to a draft: whole, in JSON, over the version that it has read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.cases.actions.applying.drafting import Sheet, keep, sheet
from tongban.cases.model import POLICY, DraftChanged, Move, edge
from tongban.cases.model.rights import relation_to_case
from tongban.kit import forms, keys
from tongban.kit.db import Database
from tongban.kit.policy import Actor


async def answer(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    answers: Mapping[str, Any],
    versions: Collection[int] | None,
    now: datetime,
) -> Sheet:
    """Put these answers in the place of the draft's, right or wrong, and give the sheet with its faults.

    A question that is left out is answered by its register where that has spoken, else not at all; ``null``
    empties it. Values of registers that the person may not change are the registers', whatever was sent.
    ``versions`` are those that the caller has read, None for any: when the draft has another, DraftChanged is
    raised and nothing is overwritten, unless the draft holds these very answers already, by an earlier sending
    whose answer was lost (RFC 9110, 13.1.1). Raises AnswersMalformed, NoSuchCase, NotPossibleNow.
    """
    current = await sheet(db, actor, case_id=case_id)
    POLICY.require(actor, "cases.draft", relation_to_case(actor, current.case))
    edge(Move.SAVE, current.case.state, actor.role)
    known = {name: value.value for name, value in current.prefilled.items() if value.state == "filled"}
    seen = forms.unmasked(current.form, answers, current.answers, eyes=actor.eyes)
    taken = forms.take(current.form, {**known, **seen}, kept=current.answers)
    wanted = forms.overlay(current.form, taken, current.prefilled)
    if wanted == forms.open_answers(current.form, current.case.answers, keys.current(), case_id.bytes):
        return current
    if versions is not None and current.case.version not in versions:
        raise DraftChanged
    saved = await keep(db, current, wanted, now=now)
    if saved is None:
        raise DraftChanged
    return saved
