"""The face provider over HTTP: a session for one person, its result, and its signed notices."""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from secrets import token_hex
from typing import Annotated
from uuid import UUID

import httpx
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from tongban.identity.model.faces import FaceResult, FaceSaysNo, NoticeRefused
from tongban.identity.model.levels import CheckAway
from tongban.identity.providers.bank import Reference, client, post

SESSIONS, RESULTS, KEY = "/face/v1/sessions", "/face/v1/results", "/face/v1/key"
#: Seconds that a notice's time may differ from ours.
SKEW = 300
_CITIZENS = "01"
#: Seconds between two questions for the provider's key: whoever sends us made-up notices makes us ask no more often.
_KEY_SECONDS = 10.0
_asked_at: dict[str, float] = {}

#: What of the provider's words may stand in our tables and on our page: anything else is no answer.
_Code = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,8}$")]
_Address = Annotated[str, msgspec.Meta(pattern=r"^(https?://[\x21-\x7e]{3,1000})?$")]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]
_Score = Annotated[float, msgspec.Meta(ge=0, le=1)]

_keys: dict[tuple[str, str], ec.EllipticCurvePublicKey] = {}


class Page(msgspec.Struct, frozen=True):
    """The provider's page for a session: the token that names it, its address, and until when it is open."""

    token: str
    address: str
    until: datetime


class _Begun(msgspec.Struct):
    orderNo: str  # noqa: N815 - as on the wire
    code: _Code
    bizToken: Reference  # noqa: N815
    url: _Address
    expireTime: _Moment  # noqa: N815


class _Result(msgspec.Struct):
    orderNo: str  # noqa: N815
    code: _Code
    serialNo: Reference  # noqa: N815
    livenessScore: _Score  # noqa: N815
    similarity: _Score


class _Key(msgspec.Struct):
    serial: str
    pem: str


async def begin(url: str, *, order: UUID, number: str, name: str, notify: str, back: str) -> Page:
    """A session for whoever has this ID number and name; the same order again is the same session.

    Raises FaceSaysNo where there is no picture of hers, CheckAway.
    """
    body: dict[str, object] = {
        "orderNo": str(order),
        "name": name,
        "idType": _CITIZENS,
        "idNo": number,
        "notifyUrl": notify,
        "returnUrl": back,
        "nonce": token_hex(16),
    }
    try:
        answer = msgspec.json.decode(await post(url, SESSIONS, body), type=_Begun)
    except msgspec.MsgspecError as wrong:
        raise CheckAway from wrong
    if answer.orderNo != str(order):
        raise CheckAway
    if answer.code != "0":
        raise FaceSaysNo(answer.code)
    if not answer.bizToken or not answer.url:
        raise CheckAway
    return Page(answer.bizToken, answer.url, answer.expireTime)


async def result(url: str, *, order: UUID, token: str) -> FaceResult:
    """What came of a session. Raises CheckAway; an answer about another order is none."""
    try:
        answer = msgspec.json.decode(
            await post(url, RESULTS, {"orderNo": str(order), "bizToken": token}), type=_Result
        )
    except msgspec.MsgspecError as wrong:
        raise CheckAway from wrong
    if answer.orderNo != str(order):
        raise CheckAway
    return FaceResult(answer.code, answer.serialNo, answer.livenessScore, answer.similarity)


async def noticed(url: str, headers: Mapping[str, str], body: bytes) -> UUID:
    """The order that a notice is about, whose signature and time are right. Raises NoticeRefused, CheckAway.

    What it says of the result is not believed: that is asked for.
    """
    stamp, nonce = headers.get("face-timestamp", ""), headers.get("face-nonce", "")
    try:
        age = abs(time.time() - int(stamp[:16]))
        signature = b64decode(headers.get("face-signature", ""), validate=True)
    except ValueError as wrong:
        raise NoticeRefused from wrong
    if age > SKEW or len(signature) != 64:
        raise NoticeRefused
    key = await _key(url, headers.get("face-serial", ""))
    der = encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    try:
        key.verify(der, f"{stamp}\n{nonce}\n".encode() + body + b"\n", ec.ECDSA(hashes.SHA256()))
        return UUID(msgspec.json.decode(body, type=_Result).orderNo)
    except (InvalidSignature, msgspec.MsgspecError, ValueError) as wrong:
        raise NoticeRefused from wrong


async def _key(url: str, serial: str) -> ec.EllipticCurvePublicKey:
    """The provider's public key of this number, fetched from the provider once, and not oftener than in ten seconds."""
    if (found := _keys.get((url, serial))) is not None:
        return found
    moment = time.monotonic()
    if moment - _asked_at.get(url, -_KEY_SECONDS) < _KEY_SECONDS and any(one == url for one, _ in _keys):
        raise NoticeRefused
    _asked_at[url] = moment
    try:
        answer = await client().get(f"{url}{KEY}")
        told = msgspec.json.decode(answer.content, type=_Key) if answer.status_code == 200 else None
    except (httpx.HTTPError, msgspec.MsgspecError) as away:
        raise CheckAway from away
    if told is None:
        raise CheckAway
    try:
        key = load_pem_public_key(told.pem.encode())
    except ValueError as garbage:
        raise CheckAway from garbage
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise CheckAway
    _keys[url, told.serial] = key
    if told.serial != serial:
        raise NoticeRefused
    return key
