"""What a party says in a hearing 听证, by one set of names for pages and programs; the applicant's 申请人 word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban.cases.actions.hearing.records import sign_record
from tongban.cases.actions.hearing.rights import WISHES, ask_hearing, drop_hearing, waive_hearing
from tongban.cases.actions.hearing.sittings import ask_recusal
from tongban.cases.actions.reviewing.reasons import part_of
from tongban.cases.model.hearing_refusals import HearingIncomplete
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.i18n import N_
from tongban.kit.policy import Actor

#: What a party can say, by the name that forms post.
ASK, WAIVE, DROP, PLEAD, AGREE, OBJECT = "ask", "waive", "drop", "recusal", "agree", "object"
#: A word on the record that says neither that it is so nor that it is not.
UNSAID = "sign"


async def answer_as_applicant(
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    said: str,
    words: str = "",
    key: str | None = None,
    now: datetime,
) -> dict[str, Any]:
    """The applicant's word 申请人答复 in the hearing of her own case: ``said`` is one of the names above.

    ``words`` are her wishes, her reason, or what is not right in the record. Gives ``{case, state}``; the same word a
    second time changes nothing. Two statements. Raises as the verb it comes to; HearingIncomplete for another name.
    """
    act = _VERBS.get(said)
    if act is None:
        faults: dict[str, Words] = {"do": N_("请选择要求听证或者放弃听证。")}
        part_of({"wishes": words}, "wishes", WISHES, faults, None)
        raise HearingIncomplete(faults)
    return await act(words, db=db, actor=actor, case_id=case_id, key=key, now=now)


_VERBS: dict[str, Callable[..., Awaitable[dict[str, Any]]]] = {
    ASK: lambda words, **about: ask_hearing(wishes=words, **about),
    WAIVE: lambda words, **about: waive_hearing(**about),
    DROP: lambda words, **about: drop_hearing(**about),
    PLEAD: lambda words, **about: ask_recusal(reason=words, **about),
    AGREE: lambda words, **about: sign_record(agrees="yes", reason=words, **about),
    OBJECT: lambda words, **about: sign_record(agrees="no", reason=words, **about),
    UNSAID: lambda words, **about: sign_record(agrees="", reason=words, **about),
}
