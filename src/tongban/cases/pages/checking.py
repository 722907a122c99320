"""The public page that a paper's QR code opens: how the case stands, and whether the paper is true."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.cases import actions
from tongban.cases.model import TONES, CheckingTooFast, typed_code, typed_number
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.pace import Pace
from tongban.kit.policy import Actor
from tongban.kit.web import form_of, page, visit

#: One address may ask so often in a minute; and one code may be asked about so often in ten, from wherever: the last
#: four have eleven thousand values, which then take a week, while who mistypes has ten tries.
_by_address = Pace(questions=20, window=60)
_by_code = Pace(questions=10, window=600)
#: How a paper is told among those of its case: the step that gave it, a second one of that step with a letter.
_MARK = re.compile(r"[0-9]{1,4}C?")
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex", "referrer-policy": "no-referrer"}


@get(["/check", "/check/{code:str}"], who="cases.check")
async def ask(code: str = "", paper: str = "") -> Response[str]:
    """Where the code is and the last four of the ID number are typed; a scanned paper brings its code along."""
    return _asked(code=code, paper=paper if _MARK.fullmatch(paper) else "")


@post("/check", who="cases.check", status_code=200)
async def check(db: Database, actor: Actor, now: datetime, request: Request[Any, Any, Any]) -> Response[str]:
    """How the case stands; what does not belong together is asked for again, with the code kept."""
    posted = await form_of(request)
    code, paper = posted.get("code", "")[:100], posted.get("paper", "")
    try:
        _in_pace(code, now)
        found = await actions.check(db, actor, code=code, four=posted.get("last_four", "")[:100], now=now)
    except Refused as refused:
        return _asked(code=code, paper=paper, refused=refused)
    # Of a paper in hand its printed number says more than the code that brought it here.
    paper = typed_number(code)[1] or paper
    meant = [one for one in found.papers if one.mark == paper]
    answer = page(
        "cases/checked.html",
        found=found,
        tone=TONES[found.state],
        asked_paper=bool(_MARK.fullmatch(paper)),
        paper=meant[0] if meant else None,
        checked_at=now,
    )
    answer.headers.update(_HEADERS)
    return answer


def _in_pace(code: str, now: datetime) -> None:
    """Both windows count each question, whatever comes of it."""
    seconds = max(
        _by_address.wait(visit().address, now.timestamp()), _by_code.wait(typed_code(code), now.timestamp())
    )
    if seconds:
        raise CheckingTooFast(seconds)


def _asked(*, code: str, paper: str, refused: Refused | None = None) -> Response[str]:
    answer = page(
        "cases/check_code.html",
        status=refused.status if refused else 200,
        code=code[:100],
        paper=paper,
        refused=refused,
    )
    answer.headers.update(_HEADERS)
    if refused and refused.retry_after:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


routes = [ask, check]
