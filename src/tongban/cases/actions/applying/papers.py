"""For whom an item is, by the paper that an account is opened with."""

from __future__ import annotations

from datetime import datetime

from tongban import catalogue, identity
from tongban.cases.model import PaperNotTaken
from tongban.kit import clock


def paper_refusal(
    version: catalogue.ItemVersion, person: identity.Person, *, now: datetime
) -> PaperNotTaken | identity.FirmClosed | None:
    """Why the item is not for this person, by the paper that her account is opened with or her age, or for this firm,
    which is no more; None when it is."""
    if person.state != "active":
        return identity.FirmClosed(person.name, person.state)
    minor = person.is_minor(clock.city_day(now))
    words = version.not_taken(person.paper_kind, person.paper.of.name, minor=minor)
    return None if words is None else PaperNotTaken(words)
