"""Log-in by a firm's certificate: /login/firm shows what is to be signed and takes certificate and signature."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from tongban.identity.actions import firm_log_in as actions
from tongban.identity.model.handed_in import LARGEST
from tongban.identity.pages.onward import Onward, refused_page, welcome
from tongban.kit.db import Database
from tongban.kit.errors import Refused
from tongban.kit.web import form_of, small_files, visit

_FILES = ("certificate_file", "signature_file")
#: So much is read of a form before its files are judged: the words of one that is too large are worth more than 413.
_BODY = 5_000_000


@get("/login/firm", who="identity.log_in")
async def show(request: Request[Any, Any, Any], now: datetime) -> Response[Any]:
    """A fresh challenge, and where its signature goes."""
    return _page(Onward.of(request.query_params, home="/my/firm"), {}, now=now)


@post("/login/firm", who="identity.log_in", request_max_body_size=_BODY)
async def log_in(request: Request[Any, Any, Any], db: Database, now: datetime) -> Response[Any]:
    """Certificate and signature: logged in as the firm. Whoever is refused gets a new challenge.

    Each is a file or pasted; a file goes before what was pasted.
    """
    files = await small_files(request, fields=_FILES, most=LARGEST)
    form = await form_of(request)
    onward = Onward.of(form, home="/my/firm")
    try:
        opened = await actions.log_in_firm(
            db,
            token=form.get("challenge", ""),
            certificate=files.get("certificate_file") or form.get("certificate", ""),
            signature=files.get("signature_file") or form.get("signature", ""),
            browser=visit().secret,
            now=now,
        )
    except Refused as refused:
        return _page(onward, form, now=now, refused=refused)
    return welcome(opened, onward)


def _page(
    onward: Onward, typed: Mapping[str, str], *, now: datetime, refused: Refused | None = None
) -> Response[Any]:
    text, token = actions.begin_firm_log_in(browser=visit().secret, now=now)
    return refused_page(
        "identity/firm_log_in.html",
        refused,
        onward=onward,
        text=text,
        challenge=token,
        certificate=typed.get("certificate", ""),
    )


routes: list[Any] = [show, log_in]
