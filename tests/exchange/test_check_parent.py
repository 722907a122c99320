"""The check of the register of families that a guardian's power rests on."""

from __future__ import annotations

import pytest

from tests.exchange.conftest import Resident
from tests.sandbox.conftest import Sandbox
from tongban import exchange, identity
from tongban.kit import clock
from tongban.kit.db import Database


async def checked(resident: Resident, told: dict[str, str], **other: str) -> identity.ParentResult:
    told = told | other
    return await exchange.check_parent(
        resident.db,
        purpose=resident.id,
        subject=resident.id,
        child=identity.Named(told["name"], told["id_number"]),
        parent=identity.Named(told["parent_name"], told["parent_id_number"]),
        now=clock.now(),
    )


async def test_a_parent_is_one_and_nobody_else_is(db: Database, world: Sandbox) -> None:
    child = next(one for one in world.http.get("/cast/children").json() if one["relation"] == "母")
    resident = Resident(db, world.take("eligible_work"))
    with pytest.raises(exchange.PurposeMissing):
        await checked(resident, child)
    await resident.purpose("kinship.parents", purpose=resident.id)
    told = await checked(resident, child)
    assert (told.match, told.relation, told.reasons) == (True, "母", ())
    assert (await checked(resident, child, name="李一")).reasons == ("name",)
    assert (await checked(resident, child, id_number="11010519491231002X")).reasons == ("unknown",)
    stranger = await checked(resident, child, parent_id_number=resident.number, parent_name=resident.name)
    assert (stranger.match, stranger.reasons) == (False, ("not_parent",))
    rows = await resident.ledger()
    assert [row["detail"]["outcome"] for row in rows] == ["found", "none", "none", "none"]
    theirs = world.logged("kinship", rows[0]["detail"]["msg_id"])
    assert theirs is not None and theirs["fields"] == "name,parents"
    world.http.post("/faults", json={"service": "kinship", "mode": "down"}).raise_for_status()
    with pytest.raises(exchange.SourceDown):
        await checked(resident, child)
