"""A firm of the register with its account, and who acts for it: builders for the tests of rooms above identity."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban.identity import actions
from tongban.identity.model.powers import Power
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.papers import firm_code
from tongban.kit.policy import Actor, Role


def change(outside: Sandbox, **told: Any) -> dict[str, Any]:
    """Found a firm in the register, or change one."""
    answer = outside.http.post("/firms", json=told)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def acting(power: Power) -> Actor:
    """Who acts by this power, as a request has her."""
    return Actor(Role.RESIDENT, power.principal, power.principal_name, level=1, acting=power.acting())


async def power_of(db: Database, power: UUID, who: Actor) -> Power:
    return await actions.power(db, who, power_id=power)


async def bound(
    db: Database, outside: Sandbox, who: Resident, name: str, *, serial: str = "MA1FC001", early: bool = False
) -> tuple[Resident, str]:
    """A firm that ``who`` represents, bound: the same person acting for it, and its code."""
    code = firm_code("310106", serial)
    if early:  # issued with a wrong check character
        code = code[:17] + ("A" if code[17] != "A" else "B")
    change(outside, uscc=code, name=name, representative=who.number, address="示范市南苑路 12 号 1 层")
    done = await actions.bind_firm(db, who.actor, code=code, sure=early, now=clock.now())
    assert done.power is not None
    power = await power_of(db, done.power, who.actor)
    return msgspec.structs.replace(who, actor=acting(power)), code
