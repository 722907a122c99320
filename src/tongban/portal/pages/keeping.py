"""/keeping: how long personal data are kept 个人信息保存期限 (PIPL art. 17: it is told to everybody)."""

from __future__ import annotations

from typing import Any

from litestar import get
from litestar.response import Response

from tongban.kit.web import page
from tongban.portal import files


@get("/keeping", who="portal.keeping", sync_to_thread=False)
def keeping() -> Response[str]:
    """The city's table: what, how long, from when, what happens then, by which rule."""
    return page("portal/keeping.html", rules=files.keeping().values())


routes: list[Any] = [keeping]
