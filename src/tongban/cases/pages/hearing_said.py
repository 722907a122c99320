"""The word of a party in a hearing 听证 on her page: one way to take it, for applicant and interested person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Redirect, Response

from tongban.cases.actions.hearing.speaking import AGREE, ASK, OBJECT, UNSAID
from tongban.cases.pages.refusing import refusal_of_form
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, idempotency_key, redirect

_ON_RECORD = {"yes": AGREE, "no": OBJECT}


async def word_said(
    request: Request[Any, Any, Any],
    answer: Callable[..., Awaitable[Any]],
    shown_again: Callable[..., Awaitable[Response[Any]]],
    db: Database,
    actor: Actor,
    *,
    case_id: UUID,
    wishes: str,
    now: datetime,
) -> Response[Any] | Redirect:
    """Take what she posted, once for the form's key, and lead her back to the page.

    ``answer`` is the party's verb, ``wishes`` how her form calls what she wants to speak about. A refusal is shown by
    ``shown_again``: the page as it is now, with what she typed.
    """
    posted = await form_of(request)
    said, words = _read(posted, wishes)
    about = {"case_id": case_id, "said": said, "words": words, "now": now}
    if refused := await refusal_of_form(answer, db, actor, key=await idempotency_key(request), **about):
        called = {"wishes": wishes} | ({"reason": wishes} if said == ASK else {})
        refused.fields = {called.get(name, name): fault for name, fault in refused.fields.items()}
        return await shown_again(db, actor, case_id, now=now, typed=posted, refused=refused)
    return redirect(request.url.path)


def _read(posted: Mapping[str, str], wishes: str) -> tuple[str, str]:
    """What she says, by its name, and her words: each form has one field for them."""
    said = posted.get("do", "")
    if said == UNSAID:
        said = _ON_RECORD.get(posted.get("agrees", ""), UNSAID)
    return said, posted.get(wishes, "") or posted.get("reason", "")
