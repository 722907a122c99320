"""Attached files 附件 as they stand in the answers, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from math import ceil

import msgspec

from tongban.kit.i18n import N_

_UNITS = ((1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True):
    """One file of a question: its id in the store, the name that it came with, bytes, media type, pages.

    ``doubt`` is what may be wrong with a photo, ``blurred`` or ``dark``, until its owner says to use it all the same.
    ``until`` is the last day on which one that was used before may be handed in.
    """

    file: str
    name: str
    size: int
    type: str
    pages: int | None = None
    doubt: str | None = None
    until: date | None = None

    @property
    def detail(self) -> str:
        """How long and how large it is: 2 页，1.4 MB."""
        size = size_in_words(self.size)
        if not self.pages:
            return size
        return str(
            N_("1 页，{size}", size=size)
            if self.pages == 1
            else N_("{pages} 页，{size}", pages=self.pages, size=size)
        )


def size_in_words(size: int) -> str:
    """Bytes as people read them: 812 KB, 1.4 MB; rounded up, so that what is past a limit reads so."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{ceil(size * 10 / unit) / 10:g} {name}"
    return f"{size} B"


def formats_in_words(types: Iterable[str]) -> str:
    """Media types by their usual short names: PDF、JPEG、PNG."""
    short = (kind.rpartition("/")[2].rpartition(".")[2].removeprefix("x-") for kind in types)
    return str(N_("、")).join(name.upper() for name in short)
