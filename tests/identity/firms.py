"""The register of firms as the plugged check sees it, for the tests of this room."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tests.identity.conftest import LI
from tongban import identity
from tongban.kit import papers
from tongban.kit.db import Database
from tongban.kit.errors import Forbidden, Unavailable
from tongban.kit.i18n import N_

#: Two firms of Li's, and one whose check characters were issued wrong.
CAFE, SHOP = papers.firm_code("310106", "MA1FR001"), papers.firm_code("310115", "MA1K0001")
EARLY = CAFE[:17] + ("A" if CAFE[17] != "A" else "B")


class Firms:
    """Code → name, representative's ID number and name, state, successors; and whether it answers."""

    def __init__(self) -> None:
        self.firms = {
            CAFE: ["示范初见餐饮管理有限公司", LI.id_number, LI.name, "active", ()],
            SHOP: ["示范云栖信息技术有限公司", LI.id_number, LI.name, "active", ()],
            EARLY: ["示范老字号食品厂", LI.id_number, LI.name, "active", ()],
        }
        self.down = False
        self.asked: list[tuple[str, str]] = []

    async def check(
        self,
        db: Database,
        *,
        subject: UUID,
        purpose: UUID,
        code: str,
        name: str,
        id_number: str,
        now: datetime,
    ) -> identity.FirmResult:
        standing = await db.sibling().value(
            "SELECT count(*) FROM audit.purpose WHERE id = $1 AND subject = $2 AND closed_at IS NULL",
            purpose,
            subject,
        )
        if standing != 1:
            raise Forbidden("purpose-missing", N_("没有用途，不能查询。"))
        self.asked.append((code, name))
        if self.down:
            raise Unavailable("source-down", N_("法人库没有应答。"))
        if code not in self.firms:
            return identity.FirmResult(False, False, "", "", (), now)
        firm, number, representative, state, successors = self.firms[code]
        match = state == "active" and (not name or (number, representative) == (id_number, name))
        return identity.FirmResult(True, match, str(firm), str(state), tuple(successors), now)
