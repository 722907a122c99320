"""Conditional changes: nobody overwrites what she has not read (RFC 9110, 13)."""

from __future__ import annotations

import re
from typing import Any

from litestar.connection import Request

from tongban.kit.errors import PreconditionMissing
from tongban.kit.i18n import N_

HEADER = "If-Match"
_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_VERSION = re.compile(r"[0-9]{1,9}")


class IfMatchMissing(PreconditionMissing):
    """A change came without the version that it is made from."""

    def __init__(self) -> None:
        super().__init__(
            "if-match-missing", N_("请先读取，再在请求头 If-Match 中带上读到的 ETag，以免覆盖别处的修改。")
        )


def etag(version: int) -> str:
    """The entity tag of a record's version."""
    return f'"{version}"'


def versions_matched(request: Request[Any, Any, Any]) -> frozenset[int] | None:
    """The versions that ``If-Match`` names, None for any (``*``); raises IfMatchMissing without the header.

    A weak tag or one that is none of ours matches no version.
    """
    given = request.headers.get(HEADER)
    if given is None:
        raise IfMatchMissing
    if given.strip() == "*":
        return None
    return frozenset(int(tag) for weak, tag in _TAG.findall(given) if not weak and _VERSION.fullmatch(tag))
