"""The thread between two pages: who has passed which step, sealed, so that nothing must be stored for it."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from tongban.identity.model.refusals import StepGone
from tongban.kit import keys

#: ``log_in`` and ``staff``: the password was right, an SMS code is on its way; ``totp``: an authenticator has the code.
#: ``merge``: the same of another account of one's own, to be merged.
#: ``wait``: an enrolment waits for the register. ``enrol``: checked.
#: ``phone_only``: an account is opened with a phone alone.
#: ``recover``: a code for a new password may be on its way. ``found``: an enrolment was proved, and found an account.
Stage = Literal["log_in", "staff", "totp", "wait", "enrol", "recover", "found", "phone_only", "merge"]

LIFETIME: dict[Stage, timedelta] = {
    "log_in": timedelta(minutes=15),
    "staff": timedelta(minutes=15),
    "totp": timedelta(minutes=15),
    "wait": timedelta(hours=24),
    "enrol": timedelta(minutes=30),
    "recover": timedelta(minutes=15),
    "found": timedelta(hours=24),
    "phone_only": timedelta(minutes=30),
    "merge": timedelta(minutes=15),
}
_CONTEXT = b"identity.step"


#: Steps of a log-in and of a recovery stay in the browser that took them: an address that leaked leads nobody on.
IN_ITS_BROWSER: frozenset[Stage] = frozenset({"log_in", "staff", "totp", "recover", "phone_only", "merge"})


class Step(msgspec.Struct, frozen=True, array_like=True):
    """A step passed: which, by which account or candidate, when; ``phone`` is masked, for the next page.

    ``passkey``: the officer has one, and no code is sent before she asks for it. ``own``: the browser has opened the
    account before. ``browser``: a hash of its cookie. ``raises``: the account of a phone that the enrolment raises.
    """

    stage: Stage
    account: UUID
    at: datetime
    phone: str
    passkey: bool = False
    own: bool = False
    browser: bytes = b""
    raises: UUID | None = None


def step_token(step: Step) -> str:
    """The step as one opaque word for a hidden field or an address."""
    return urlsafe_b64encode(keys.current().seal(msgspec.msgpack.encode(step), _CONTEXT)).decode().rstrip("=")


def step_of(token: str, *stages: Stage, browser: bytes, now: datetime) -> Step:
    """The step again; raises StepGone when it is not ours, of another stage or browser, or too old."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        step = msgspec.msgpack.decode(keys.current().open(sealed, _CONTEXT), type=Step)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken) as broken:
        raise StepGone from broken
    if step.stage not in stages or step.at + LIFETIME[step.stage] <= now:
        raise StepGone
    if step.stage in IN_ITS_BROWSER and step.browser != browser:
        raise StepGone
    return step
