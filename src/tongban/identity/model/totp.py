"""Time-based one-time passwords 动态口令: RFC 6238 over RFC 4226, and the recovery codes beside them. Pure rules."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec

from tongban.identity.model.refusals import FactorMalformed, StepGone
from tongban.identity.model.sealed import totp_of
from tongban.kit import keys
from tongban.kit.keys.ring import normalised

#: RFC 6238 §4: thirty seconds; six digits and SHA-1 are what every authenticator takes.
SECONDS = 30
DIGITS = 6
#: RFC 4226 §4, R6: 160 bits.
SECRET_BYTES = 20
#: RFC 6238 §5.2: a step earlier and a step later are taken, for clocks that differ and fingers that are slow.
_STEPS = (0, -1, 1)

RECOVERY_CODES = 10
RECOVERY_LENGTH = 10
#: Without what is misread: I and 1, O and 0; 50 bits a code.
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

#: A secret that is shown waits so long for its first code.
OFFER_LIFETIME = timedelta(minutes=15)
_OFFER = b"identity.totp_offer"


def hotp(secret: bytes, counter: int, *, digits: int = DIGITS) -> str:
    """The one-time password of a counter (RFC 4226 §5.3)."""
    digest = hmac.digest(secret, counter.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_at(moment: datetime) -> int:
    """The step of thirty seconds that an instant lies in (RFC 6238 §4.2, T0 = 0)."""
    return int(moment.timestamp()) // SECONDS


def matching_step(secret: bytes, code: str, *, now: datetime) -> int | None:
    """The step whose code this is, now, just over or about to come; None for a wrong code. Constant time."""
    present = step_at(now)
    found = None
    for shift in _STEPS:
        if hmac.compare_digest(hotp(secret, present + shift).encode(), code.encode()) and found is None:
            found = present + shift
    return found


def new_secret() -> bytes:
    """A fresh shared secret."""
    return secrets.token_bytes(SECRET_BYTES)


def new_recovery_codes() -> list[str]:
    """A fresh set of recovery codes, as they are shown: ``7QK4M-9XWPA``."""
    made = ("".join(secrets.choice(_LETTERS) for _ in range(RECOVERY_LENGTH)) for _ in range(RECOVERY_CODES))
    return [f"{code[:5]}-{code[5:]}" for code in made]


class Factor(msgspec.Struct, frozen=True):
    """What was typed for a second factor: a code of the authenticator or one of the recovery codes."""

    kind: Literal["totp", "recovery"]
    word: str

    def __repr__(self) -> str:
        return f"Factor({self.kind})"


def code_typed(text: str, *, field: str) -> str:
    """The code of an authenticator that is set up, without blanks and hyphens; raises FactorMalformed."""
    word = normalised(text).replace("-", "")
    if not _is_code(word):
        raise FactorMalformed(field, new=True)
    return word


def _is_code(word: str) -> bool:
    return len(word) == DIGITS and word.isascii() and word.isdigit()


def factor_typed(text: str, *, field: str) -> Factor:
    """The factor in what was typed, without blanks and hyphens; raises FactorMalformed for what can be none."""
    word = normalised(text).replace("-", "")
    if _is_code(word):
        return Factor("totp", word)
    if len(word) == RECOVERY_LENGTH and set(word) <= set(_LETTERS):
        return Factor("recovery", word)
    raise FactorMalformed(field)


def totp_hash(code: str, step: int, *, account: UUID) -> bytes:
    """A code that was taken, as its row keeps it."""
    return keys.current().blind_index("totp", f"{account.hex}.{step}.{code}")


def recovery_hash(code: str, *, account: UUID) -> bytes:
    """A recovery code as its column keeps it."""
    return keys.current().blind_index("recovery", f"{account.hex}.{code.replace('-', '')}")


def seal_secret(secret: bytes, owner: UUID) -> bytes:
    """A secret as its column keeps it."""
    return keys.current().seal(secret, totp_of(owner))


def open_secret(sealed: bytes, owner: UUID) -> bytes:
    """The secret again; raises keys.SealBroken for another owner's."""
    return keys.current().open(sealed, totp_of(owner))


def written(secret: bytes) -> str:
    """The secret for typing into an authenticator, in fours: ``JBSW Y3DP …``."""
    text = b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_of(secret: bytes, *, issuer: str, account: str) -> str:
    """The ``otpauth`` address that an authenticator reads from the QR code."""
    asked = {"secret": b32encode(secret).decode(), "issuer": issuer, "digits": DIGITS, "period": SECONDS}
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode(asked, quote_via=quote)}"


class _Offer(msgspec.Struct, frozen=True, array_like=True):
    account: UUID
    secret: bytes
    at: datetime


def offer_token(secret: bytes, account: UUID, *, now: datetime) -> str:
    """A secret that was shown and not yet taken, sealed for the form: nothing is stored before its first code."""
    offer = msgspec.msgpack.encode(_Offer(account, secret, now))
    return urlsafe_b64encode(keys.current().seal(offer, _OFFER)).decode().rstrip("=")


def offered_secret(token: str, account: UUID, *, now: datetime) -> bytes:
    """The secret again; raises StepGone when it is not ours, another's, or was shown too long ago."""
    try:
        sealed = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        offer = msgspec.msgpack.decode(keys.current().open(sealed, _OFFER), type=_Offer)
    except (ValueError, msgspec.MsgspecError, keys.SealBroken) as broken:
        raise StepGone from broken
    if offer.account != account or offer.at + OFFER_LIFETIME <= now:
        raise StepGone
    return offer.secret
