"""Powers between people of a house: one offers, the other accepts and acts."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.journeys.house import Person
from tongban.kit import clock
from tongban.tour.visitor import Visitor


def offer(principal: Visitor, agent: Person, **narrower: str) -> str:
    """A power that a principal offers, for everything unless ``narrower`` fields say otherwise; gives its id."""
    until = clock.city_day(clock.now()) + timedelta(days=90)
    principal.visit("/my/acting/offer").post(
        "/my/acting/offer",
        name=agent["name"],
        id_number=agent["id_number"],
        **(
            {"kind": "attorney", "scope": "all"}
            | {"until-year": str(until.year), "until-month": str(until.month)}
        )
        | {"until-day": str(until.day)}
        | narrower,
    )
    found = [re.match(r"/my/acting/([0-9a-f-]{36})$", link) for link in principal.visit("/my/acting").links]
    return next(one[1] for one in found if one)


def accept(agent: Visitor, power: str) -> None:
    """The agent accepts."""
    agent.visit(f"/my/acting/{power}").post(f"/my/acting/{power}/accept")


def act(agent: Visitor, power: str = "") -> Visitor:
    """Act by a power from now on; by none, for oneself again."""
    return agent.visit("/my/acting").post("/my/acting/switch", power=power)
