"""Tasks: what an organ must publish of an item, since a source gives a material now or its approval is adjusted."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from tongban.catalogue.model.adjusting import Change
from tongban.catalogue.model.gate import Exemption


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task 整改任务: publish a version of ``item`` that no longer asks for ``material``, or one that carries the
    ``change`` of its approval, by ``due_on``.

    ``organ`` is the USCC of the organ that maintains the item; ``number`` the version that was in force when it was
    found. ``exemption`` is why the material must go, None where the task is a change. ``source_kind`` and ``source``
    name the source, empty where the material has no legal basis; ``fields`` are what it tells of it.
    """

    id: UUID
    item: str
    number: int
    material: str = ""
    organ: str
    exemption: Exemption | None = None
    change: Change | None = None
    source_kind: str = ""
    source: str = ""
    fields: tuple[str, ...] = ()
    opened_at: datetime
    due_on: date
