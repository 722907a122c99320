"""A sealed paper looked at by anybody: uploaded, judged by itself, and nothing of it kept."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.kit.errors import Refused
from tongban.kit.files import FileTooLarge
from tongban.kit.i18n import N_
from tongban.kit.pace import Pace
from tongban.kit.web import page, uploaded, visit
from tongban.licences import actions
from tongban.licences.model import (
    PAPER_BYTES,
    NoPaper,
    NoTrustAnchors,
    PaperFinding,
    VerifyingTooFast,
)
from tongban.settings import settings

#: A look costs half a second of a processor: so many in a minute from one address, and so many that wait at all.
_pace = Pace(questions=10, window=60)
_places = asyncio.Semaphore(4)
_HEADERS = {"cache-control": "no-store", "x-robots-tag": "noindex"}
#: Which look of the verdict component carries a finding.
_LOOK = {
    PaperFinding.GOOD: "valid",
    PaperFinding.AGED: "expired",
    PaperFinding.ALTERED: "tampered",
    PaperFinding.UNTRUSTED: "tampered",
    PaperFinding.REVOKED: "revoked",
    PaperFinding.WITHOUT_PROOF: "unknown",
    PaperFinding.UNSEALED: "unknown",
    PaperFinding.UNREADABLE: "unknown",
}


@get("/verify/paper", who="licences.verify_paper")
async def ask() -> Response[str]:
    """Where the PDF of a paper is chosen; no log-in, no script."""
    return _asked()


@post(
    "/verify/paper",
    who="licences.verify_paper",
    status_code=200,
    request_max_body_size=PAPER_BYTES + 100_000,
)
async def verify(now: datetime, request: Request[Any, Any, Any]) -> Response[str]:
    """The verdict on an uploaded paper. It is judged in a child of its own and kept nowhere."""
    try:
        if seconds := _pace.wait(visit().address, now.timestamp()):
            raise VerifyingTooFast(seconds)
        if _places.locked():
            raise VerifyingTooFast(5)
        async with _places:
            pdf = await uploaded(request, field="paper", most=PAPER_BYTES)
            if not pdf:
                raise NoPaper
            verdict = await actions.verify_paper_apart(pdf, now=now)
    except FileTooLarge:
        return _asked(NoPaper(N_("文件超过 5 MB，不是本市出具的文书。请选择从“我的办件”下载的 PDF。")))
    except Refused as refused:
        return _asked(refused)
    answer = page("licences/paper_verdict.html", verdict=verdict, look=_LOOK[verdict.finding], checked_at=now)
    answer.headers.update(_HEADERS)
    return answer


def _asked(refused: Refused | None = None) -> Response[str]:
    answer = page("licences/paper.html", status=refused.status if refused else 200, refused=refused)
    answer.headers.update(_HEADERS)
    if refused and refused.retry_after:
        answer.headers["retry-after"] = str(refused.retry_after)
    return answer


@get("/.well-known/paper-trust.pem", who="licences.keys", sync_to_thread=False)
def anchors() -> Response[bytes]:
    """The roots under which the city's papers are checked, for whoever checks them without us."""
    if not actions.trusted(settings().trust_file):
        raise NoTrustAnchors
    return Response(
        settings().trust_file.read_bytes(),
        media_type="application/x-pem-file",
        headers={"cache-control": "public, max-age=300", "access-control-allow-origin": "*"},
    )


routes: list[Any] = [ask, verify, anchors]
