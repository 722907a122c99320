"""Pages with forms: a refusal shows the page as it is now, with what was typed and each fault at its field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from litestar.response import Response

from tongban.cases.model import GROUNDS, GroundMissing
from tongban.cases.pages.desk_lists import department_of
from tongban.kit.db import Database
from tongban.kit.errors import Refused, Words
from tongban.kit.policy import Actor
from tongban.kit.web import page

#: What was typed into a form that is not there any more: the label of its field, and the words.
Kept = tuple[Words | str, Words | str]
#: Under which names the page of an ended case posts such words along, so that they are not lost by looking.
_KEPT = "kept-"


def kept_in(posted: Mapping[str, str]) -> list[Kept]:
    """The words that came along with the ground: typed before the case had ended, and sent to nobody."""
    return [
        (name.removeprefix(_KEPT), words)
        for name, words in posted.items()
        if name.startswith(_KEPT) and words.strip()
    ]


def form_page(
    template: str, *, typed: Mapping[str, str] | None, refused: Refused | None, **shown: Any
) -> Response[str]:
    """The page as ``shown``; of what was typed and refused, the status of that and its faults by field."""
    return page(
        template,
        status=refused.status if refused else 200,
        typed=typed or {},
        refused=refused,
        errors=dict(refused.fields) if refused else {},
        **shown,
    )


async def refusal_of_form(do: Callable[..., Awaitable[Any]], *what: Any, **about: Any) -> Refused | None:
    """Do what a form asks for; what it was refused for, to be shown on the form's page, None where it was done.

    What is not there (404) has no page to be shown on: raised.
    """
    try:
        await do(*what, **about)
    except Refused as refused:
        if refused.status == 404:
            raise
        return refused
    return None


async def ended_page(
    db: Database,
    actor: Actor,
    missing: GroundMissing,
    *,
    at: str,
    refused: Refused | None = None,
    kept: Sequence[Kept] = (),
    error: Words | None = None,
) -> Response[str]:
    """In place of a case that is ended: on which ground it may be opened again, and above that why what was sent was
    not done, with each answer that was typed (``kept``: label and words)."""
    return page(
        "cases/ground.html",
        status=refused.status if refused else 200,
        department=await department_of(db, actor),
        message=missing.message,
        refused=refused,
        kept=[(label, words) for label, words in kept if str(words).strip()],
        under=_KEPT,
        error=error,
        grounds=list(GROUNDS.items()),
        at=at,
    )
