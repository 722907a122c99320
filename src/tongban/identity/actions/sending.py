"""Before a code goes out by SMS: whether it may, counted for all processes in the database."""

from __future__ import annotations

from datetime import datetime

from tongban.identity.model.hashes import number_hash
from tongban.identity.model.sending import (
    OF_NETWORK,
    PER_NETWORK,
    PER_PHONE_OF_NETWORK,
    Counted,
    TooManyTexts,
    per_phone,
    window_of,
)
from tongban.identity.model.stuffing import network_key
from tongban.identity.store import sending
from tongban.kit.db import Database
from tongban.kit.web import visit
from tongban.settings import settings

_HOUSE = b"house"


async def must_be_sendable(db: Database, *, act: str, to: str, now: datetime) -> None:
    """Count one code of the kind ``act`` and raise TooManyTexts where no further one may go out: one statement.

    ``to`` is the phone, or what stands for it where there is none, so that an answer tells nobody which. The network is
    that of the request that is being answered; outside one it is not counted. Counted is by a keyed hash: no phone and
    no address stands there.
    """
    network = network_key(visit().address)
    pair = number_hash("texts", f"{act}.{to}.{network.hex()}") if network and act == OF_NETWORK else None
    keyed = (
        (Counted.NETWORK, network, PER_NETWORK),
        (Counted.HOUSE, _HOUSE, settings().sms_per_hour),
        (Counted.PHONE_NETWORK, pair, PER_PHONE_OF_NETWORK),
        (Counted.PHONE, number_hash("texts", f"{act}.{to}"), per_phone(act)),
    )
    asked = [(by, key, window_of(by, now)[0], most) for by, key, most in keyed if key is not None]
    refused = await sending.count(db, asked)
    if refused is not None:
        raise TooManyTexts(refused, now=now)
