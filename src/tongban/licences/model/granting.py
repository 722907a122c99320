"""Who granted a licence, where the item's chain keeps its steps apart: asked of the room that decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from tongban.kit.db import Database


class Granter(Protocol):
    """Gives the officer who decided the grant that ``reference`` names, where different people examined and decided
    it 审查、审批分离; None where one officer decides, and where nobody knows any more."""

    async def __call__(self, db: Database, *, reference: UUID) -> UUID | None: ...
