"""The check that the binding of a firm rests on, against the register of firms over signed HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.conftest import Resident
from tests.sandbox.conftest import Sandbox
from tongban import exchange
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.papers import firm_code


def change(world: Sandbox, **told: Any) -> dict[str, Any]:
    answer = world.http.post("/firms", json=told)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


async def test_a_firm_is_known_by_its_code_and_by_what_became_of_it(db: Database, world: Sandbox) -> None:
    founder, other = Resident(db, world.take("eligible_work")), world.take("eligible_work")
    purpose = await founder.purpose(*(f"enterprise.{field}" for field in exchange.FIRM_CHECKED))
    code, next_code = firm_code("310106", "MA1FT101"), firm_code("310106", "MA1FT102")
    for one in (code, next_code):
        change(world, uscc=one, name=f"示范试验{one[-3]}有限公司", representative=founder.number)

    async def asked(code: str, name: str, number: str) -> Any:
        return await exchange.check_firm(
            db, subject=founder.id, purpose=purpose, code=code, name=name, id_number=number, now=clock.now()
        )

    assert (await asked(code, founder.name, founder.number)).match
    assert not (await asked(code, other["name"], other["id_number"])).match
    unknown = await asked(firm_code("310106", "MA1FT199"), founder.name, founder.number)
    assert (unknown.known, unknown.match) == (False, False)
    change(world, uscc=code, representative=other["id_number"])
    assert (await asked(code, other["name"], other["id_number"])).match
    change(world, uscc=code, state="merged", successors=[next_code])
    ended = await asked(code, "", "")
    assert (ended.match, ended.stands, ended.successors) == (False, "merged", (next_code,))
    rows = await founder.ledger()
    assert [row["detail"]["outcome"] for row in rows] == ["found", "none", "none", "found", "none"]
    assert founder.number not in str([dict(row) for row in rows])
    world.http.post("/faults", json={"service": "enterprise", "mode": "down"}).raise_for_status()
    with pytest.raises(exchange.SourceDown):
        await asked(next_code, founder.name, founder.number)
