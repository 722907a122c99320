"""Sources: who tells which data elements, so that nobody is asked what the city knows (一数一源)."""

from __future__ import annotations

from typing import Literal

import msgspec

from tongban.catalogue.model.guide import Mark
from tongban.kit.i18n import Text

SourceKind = Literal["resource", "licence_type", "commitment"]


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source 数据来源: a shared resource, a licence type or the template of a commitment.

    ``elements`` are the field names that it tells; ``planned`` sources are announced and cannot be asked yet.
    """

    kind: SourceKind
    code: str
    name: Text
    provider: Text
    elements: tuple[str, ...]
    state: Literal["up", "down", "planned"] = "up"
    mark: Mark
