"""The check against the register of families: declared here, plugged in by the house."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

import msgspec

if TYPE_CHECKING:
    from tongban.kit.db import Database


class Named(msgspec.Struct, frozen=True):
    """Whom a register is asked about: her name and her 公民身份号码."""

    name: str
    id_number: str

    def __repr__(self) -> str:
        return "Named(…)"


class ParentResult(msgspec.Struct, frozen=True):
    """The register's answer at ``as_of``: whether the one is entered as the other's parent, as which (父、母).

    ``reasons`` say what does not hold: ``unknown`` (no such child), ``name`` (of the child), ``not_parent``.
    """

    match: bool
    reasons: tuple[str, ...] = ()
    relation: str = ""
    as_of: datetime | None = None


class ParentCheck(Protocol):
    """Asks the register of families under ``purpose``, which is of ``subject`` and was opened before.

    Raises a kit.errors.Unavailable when the register does not answer.
    """

    async def __call__(
        self, db: Database, *, purpose: UUID, subject: UUID, child: Named, parent: Named, now: datetime
    ) -> ParentResult: ...
