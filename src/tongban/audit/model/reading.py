"""Readings as the person sees them, and how codes get their names."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

import msgspec

from tongban.kit.i18n import Text

if TYPE_CHECKING:
    from tongban.kit.db import Database

NameKind = Literal["department", "resource", "item", "action", "ground", "why"]


class Reading(msgspec.Struct, frozen=True):
    """One reading of a person's data 数据使用记录: who, what, under which purpose, when (UTC)."""

    id: UUID
    at: datetime
    actor_role: str
    actor: UUID | None
    actor_name: str
    department: str | None
    action: str
    reference: str
    detail: dict[str, Any] | None
    purpose_kind: str | None
    item: str | None


class Done(msgspec.Struct, frozen=True):
    """An act or a reading by a power 代办记录: what, about which affair and item, when (UTC), by whom (None: a firm's
    certificate) and by which power; ``resource`` is the code of the register that was asked, if one was."""

    id: UUID
    at: datetime
    kind: str
    action: str
    reference: str
    power: UUID
    agent: UUID | None
    item: str | None
    resource: str | None


class DoneAsked(msgspec.Struct, frozen=True):
    """What narrows them: one affair (a case's id), acts or readings, actions (patterns of LIKE), the item, from and
    until when (UTC, the end left out). Empty for all."""

    reference: str = ""
    kind: Literal["", "act", "read"] = ""
    actions: tuple[str, ...] | None = None
    item: str = ""
    since: datetime | None = None
    until: datetime | None = None


class Naming(Protocol):
    """Gives the words for a code of a higher room; None when it knows none. Plugged in by ``rooms.py``."""

    def __call__(self, db: Database, *, kind: NameKind, code: str) -> Awaitable[Text | None]:
        """The name of ``code``, from the process cache where possible."""
        ...
