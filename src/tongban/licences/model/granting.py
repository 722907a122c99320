"""Who granted a licence, where the item's chain keeps its steps apart, and who has its issuer's office now: asked of
the room that decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from tongban.kit.db import Database
    from tongban.kit.policy import Actor


class Granter(Protocol):
    """Gives the officers who decided the grants that ``references`` name, of those where different people examined and
    decided 审查、审批分离; nobody where one officer decides, and where nobody knows any more."""

    async def __call__(self, db: Database, *, references: Collection[UUID]) -> frozenset[UUID]: ...


class Successor(Protocol):
    """Gives the department as which ``actor`` acts on what ``department`` has issued: her own where hers has taken over
    that one's office 机构合并, else that one."""

    async def __call__(self, db: Database, actor: Actor, department: str | None) -> str | None: ...
