"""The stable cast: who owns a case, who is somebody else, whose desk it lies on, whose it does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from tests.sandbox.conftest import Sandbox
from tongban import identity, regions
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.policy import Actor

PASSWORD = "tongban-test-2026"
POLICE = "police"
#: Who reconsiders what a department of the whole city decides.
CITY_GOVERNMENT = regions.ReconsiderationOrgan(
    Text("示范市人民政府", "People's Government of Shifan City"),
    Text("示范市司法局", "Shifan Municipal Bureau of Justice"),
)


class Resident(msgspec.Struct, frozen=True):
    """Somebody with a life in the registers and an account in the house."""

    actor: Actor
    name: str
    number: str
    phone: str
    facts: dict[str, Any]

    @property
    def district(self) -> str:
        """Where she is registered."""
        return str(self.facts["residence"]["district"])


async def resident(
    db: Database,
    outside: Sandbox,
    situation: str = "eligible_work",
    *,
    fits: Callable[[dict[str, Any]], bool] | None = None,
) -> Resident:
    """A person in ``situation``, never used before, who can log in; of whom the registers say what ``fits``."""
    taken = outside.take(situation)
    while fits is not None and not fits(taken["facts"]):
        taken = outside.take(situation)
    return await enrolled(db, taken)


def without_firm(facts: dict[str, Any]) -> bool:
    """The register of firms knows none of hers: some people represent one."""
    return not (facts.get("enterprise") or {}).get("firms")


def old_enough_to_marry(facts: dict[str, Any]) -> bool:
    """At least 22 on any day of these tests (民法典 art. 1047); some people are 18."""
    return bool(facts["population"]["birth_date"] < "2003")


async def enrolled(db: Database, taken: dict[str, Any]) -> Resident:
    """The person whom the outside world handed out, with an account."""
    person = identity.DemoPerson(taken["name"], taken["id_number"], taken["phone"])
    await identity.load_demo(db, [person], [], password=PASSWORD, now=clock.now())
    actor = await identity.actor_of(db, kind="id_number", value=taken["id_number"])
    return Resident(actor, taken["name"], taken["id_number"], taken["phone"], taken["facts"])


def username(district: str) -> str:
    """The log-in name of a district's officer."""
    return f"police-{district}"


async def load_officers(db: Database) -> None:
    """One officer for the police branch of each district."""
    officers = [
        identity.DemoOfficer(username(one.district), "周警官", one.code, str(13800007000 + place))
        for place, one in enumerate(await regions.departments(db))
        if one.kind == POLICE and one.district
    ]
    await identity.load_demo(db, [], officers, password=PASSWORD, now=clock.now())


async def officer_of(db: Database, district: str) -> Actor:
    """The officer on whose desk this district's cases lie."""
    return await identity.actor_of(db, kind="username", value=username(district))


async def officer_elsewhere(db: Database, district: str) -> Actor:
    """An officer of another district's department."""
    other = next(
        one.district
        for one in await regions.departments(db)
        if one.kind == POLICE and one.district and one.district != district
    )
    return await officer_of(db, other)


def grounds_away(outside: Sandbox) -> None:
    """Take the registers of work and homes away: whoever is not at school has no ground that anybody can confirm."""
    away(outside, "employment", "property")


def away(outside: Sandbox, *services: str) -> None:
    """Take registers away until `DELETE /faults`."""
    for service in services:
        outside.http.post("/faults", json={"service": service, "mode": "down"}).raise_for_status()
