"""What was sent from a page that was open too long: it is not taken, and nothing of what was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar.response import Response

from tongban.cases import actions
from tongban.kit import forms
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web import page, redirect
from tongban.kit.web.labels import Typed


async def not_taken(
    db: Database, actor: Actor, *, case_id: UUID, posted: Mapping[str, str], now: datetime
) -> Response[Any]:
    """Her answers that differ from those of the case, to copy (409); where none does, the case, which says so."""
    opened = await actions.followed(db, actor, case_id=case_id, now=now)
    form, stands, at = opened.form, opened.stated, f"/my/cases/{case_id}"
    # A field's own name, a part of its date, or a cell of its rows.
    names = {re.split(r"[.-]", name)[0] for name in posted}
    said = forms.parse(form, posted, kept=stands, only=names & form.by_name.keys())
    said = forms.unmasked(form, said, stands, eyes=actor.eyes)
    typed = [
        Typed(*words)
        for name, words in forms.shown_again(form, posted).items()
        if said.get(name) not in (None, "", [], stands.get(name))
    ]
    if not typed:
        return redirect(f"{at}?late=1")
    return page("cases/not_taken.html", status=409, item=opened.version, at=at, typed=typed)
