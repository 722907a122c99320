"""An account as the page of its owner shows it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from tongban.identity.model.people import Person
from tongban.identity.model.residence import Kept


class OwnAccount(msgspec.Struct, frozen=True):
    """What the register confirmed of her, hukou and residence, and until when (UTC) her gravest acts rest 冷静期.

    ``residence`` is None where the register was never asked, and for who may not read it.
    """

    person: Person
    residence: Kept | None
    cools_until: datetime | None
