"""The built assets: few and small, so each process keeps them in memory, packed once."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.response import Response

STATIC = Path(__file__).resolve().parents[2] / "ui" / "static"
#: An address that names this very content may be kept for a year; one without is asked for again soon.
FOR_GOOD = "public, max-age=31536000, immutable"
FOR_NOW = "public, max-age=300"


class Asset(msgspec.Struct, frozen=True):
    """A file under ``ui/static``: as it is and packed, and the hash by which its address names it."""

    plain: bytes
    packed: bytes
    media_type: str
    version: str


@cache
def assets() -> dict[str, Asset]:
    """All of them by name, read once: pages name the content that this process gives."""
    return {file.name: _read(file) for file in sorted(STATIC.iterdir()) if file.is_file()}


def _read(file: Path) -> Asset:
    content = file.read_bytes()
    return Asset(
        content,
        gzip.compress(content, mtime=0),
        mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        hashlib.sha256(content).hexdigest()[:12],
    )


def static(name: str) -> str:
    """The address of a built asset with the hash of its content, so that browsers may keep it for good."""
    return f"/static/{name}?v={assets()[name].version}"


@get("/static/{name:str}", who="public.assets", sync_to_thread=False)
def asset(request: Request[Any, Any, Any], name: str, v: str = "") -> Response[bytes]:
    """A built asset, packed for whoever takes it so. Pages are not: what they hold is secret (BREACH)."""
    found = assets().get(name)
    if found is None:
        raise NotFoundException
    headers = {
        "cache-control": FOR_GOOD if v == found.version else FOR_NOW,
        "etag": f'"{found.version}"',
        "vary": "accept-encoding",
    }
    if headers["etag"] in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=found.media_type)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(found.packed if packed else found.plain, headers=headers, media_type=found.media_type)
