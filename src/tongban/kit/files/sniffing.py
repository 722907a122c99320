"""What a file is, by its first bytes: never by its name, never by what its sender says."""

from __future__ import annotations

import re

from tongban.kit.files.model import MediaType

#: So many bytes tell.
HEAD_BYTES = 16
_SIGNS: tuple[tuple[re.Pattern[bytes], MediaType], ...] = (
    (re.compile(rb"%PDF-[12]\.[0-9]"), "application/pdf"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
)


def media_type_of(head: bytes) -> MediaType | None:
    """The type that stands at the very beginning; None for everything that is not taken."""
    return next((media_type for sign, media_type in _SIGNS if sign.match(head)), None)
