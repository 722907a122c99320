"""Purposes: why a personal reading is lawful."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

PurposeKind = Literal["draft", "case", "own_act", "proactive", "supervision"]


class Purpose(msgspec.Struct, frozen=True):
    """A reason 用途 that stands from ``opened_at`` until it is closed or ``until`` has come (UTC).

    PIPL art. 6: for a stated purpose (``kind``, ``reference``, ``item``), no more ``fields`` than it needs
    (``resource.field``), on a legal ``basis``.
    """

    id: UUID
    subject: UUID
    kind: PurposeKind
    reference: str
    item: str
    fields: tuple[str, ...]
    basis: str
    opened_at: datetime
    until: datetime
