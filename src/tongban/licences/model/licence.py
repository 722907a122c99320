"""What a licence is, what signs its row, and how long it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

import msgspec

from tongban.kit.i18n import Text
from tongban.kit.keys import Keys
from tongban.licences.model.grounds import GROUNDS, TypeGround
from tongban.licences.model.states import Move, State, after

#: Put before the signed octets, so that a row's signature never passes for a token's.
_ROW_DOMAIN = b"tongban.licences.licence/1\n"


class Validity(StrEnum):
    """How long licences of a type hold 有效期规则."""

    SIGN_YEARLY = "sign_yearly"
    MONTHS = "months"
    UNLIMITED = "unlimited"


class OnePer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of what its holder has one licence of a type only 一地一证: of each ``premises``, as ``article`` says.

    ``mark`` says how sure that is. Nothing is refused by it: who applies and who decides are told of the one there is.
    """

    of: Literal["premises"]
    article: Text
    mark: Literal["real", "realistic", "synthetic"]


class LicenceType(msgspec.Struct, frozen=True, kw_only=True):
    """证照类型: a kind of licence. ``code`` is the defining organ's USCC (18) and a serial (3).

    ``short`` is the name by which items and materials call it. ``months`` belongs to :attr:`Validity.MONTHS`.
    ``carrier``: ``card`` where the card maker makes a card or booklet besides the e-licence. ``issuer_kind`` names the
    kind of department that issues it; ``mark`` says real, realistic or synthetic. ``suspended_on`` are the grounds of
    its own law on which one is suspended, beside those that hold for all. ``one_per`` is of what there is one only.
    ``tells`` are the data elements that stand on it, by the names that questions of forms give them.
    """

    code: str
    short: str
    name: Text
    holder_kind: Literal["person", "organisation"]
    validity: Validity
    months: int | None = None
    carrier: Literal["card", "electronic"] = "card"
    issuer_kind: str
    mark: Literal["real", "realistic", "synthetic"]
    suspended_on: tuple[TypeGround, ...] = ()
    one_per: OnePer | None = None
    tells: dict[str, str] = {}


class LicenceTypesWrong(ValueError):  # noqa: N818 - it says what is wrong with a file
    """The city's file of licence types cannot be used; the sentence says where and why."""


def check_types(types: Iterable[LicenceType]) -> None:
    """Raises LicenceTypesWrong where a ground's code stands for two: a decision keeps nothing else of it."""
    seen = set(GROUNDS[Move.SUSPEND])
    for kind in types:
        for ground in kind.suspended_on:
            if ground.code in seen:
                raise LicenceTypesWrong(
                    f"{kind.short}: suspended_on: {ground.code} is the code of another ground"
                )
            seen.add(ground.code)


class Stated(msgspec.Struct, frozen=True):
    """One thing that stands on a licence besides holder and number 载明事项: what it is, and its words."""

    label: Text
    words: Text


class Asked(msgspec.Struct, frozen=True):
    """What is asked for a held licence and not decided yet: the act, the case, and whether it keeps the licence valid.

    ``keeps_valid``: a renewal applied for in time (行政许可法 art. 50(2)).
    """

    act: str
    case: UUID
    keeps_valid: bool


class Licence(msgspec.Struct, frozen=True):
    """证照: one row of ``licences.licence``, field for column.

    ``revision`` counts the row's changes and guards its writes; ``version`` is the licence's own (001 is the
    first). ``issuer_code`` is the issuing department, ``issuer_uscc`` is filled when the card is ordered.
    ``number`` is the card's serial 证号. ``valid_until`` is the last day on which it holds. ``shown`` holds words
    of the licence that everybody may see; what is personal is sealed: name, ID number, and the card's face
    (``face_sealed``, a JSON object: the address, and as ``facts`` what it states). ``replaces`` is the licence whose
    place this one took by the act ``came_by``; ``replaced_as`` the act by which this one lost its place. Two are no
    columns: ``put_back``, the ledger knows a later revision, so this row, well signed once, was put back by somebody
    outside the house; and ``asked``, what is under way for it.
    """

    bucket: int
    id: UUID
    holder: UUID
    type_code: str
    reference: UUID
    state: State
    revision: int
    version: int
    identifier: str | None
    number: str | None
    holder_name_sealed: bytes
    holder_code_sealed: bytes
    face_sealed: bytes
    issuer_uscc: str | None
    issuer_code: str
    issued_at: datetime | None
    valid_from: date | None
    valid_until: date | None
    shown: dict[str, Any]
    state_changed_at: datetime
    state_reason: str
    signed_by: str
    signature: bytes
    replaces: UUID | None = None
    came_by: str | None = None
    replaced_as: str | None = None
    put_back: bool = False
    asked: Asked | None = None


#: What the row's signature covers: every column but the signature itself.
_SIGNED = [name for name in Licence.__struct_fields__ if name not in {"signature", "put_back", "asked"}]
#: Younger than the first signatures: signed only where they say something.
_SIGNED_IF_SAID = frozenset({"replaces", "came_by", "replaced_as"})


def signed_octets(licence: Licence) -> bytes:
    """What the row's signature covers: every column but the signature, in order, sealed ones by their hash."""
    cells = [
        (name, _plain(value))
        for name in _SIGNED
        if (value := getattr(licence, name)) is not None or name not in _SIGNED_IF_SAID
    ]
    return _ROW_DOMAIN + msgspec.json.encode(cells, order="sorted")


def _plain(value: Any) -> Any:
    return {"sha256": hashlib.sha256(value).hexdigest()} if isinstance(value, bytes) else value


def signed(licence: Licence, keys: Keys) -> Licence:
    """The licence with a signature of its present content."""
    named = msgspec.structs.replace(licence, signed_by=keys.kid("licence"))
    return msgspec.structs.replace(named, signature=keys.sign("licence", signed_octets(named)))


def row_holds(licence: Licence, keys: Keys) -> bool:
    """Whether the row is as we last signed it; False when a cell, or the whole row, was altered outside the house."""
    return not licence.put_back and keys.verify(
        licence.signed_by, signed_octets(licence), licence.signature, purpose="licence"
    )


def moved(
    licence: Licence, move: Move, *, reason: str, now: datetime, keys: Keys, to: State | None = None
) -> Licence:
    """The licence after a move, signed anew; raises MoveRefused. ``to``: where a reinstatement leads to."""
    return signed(
        msgspec.structs.replace(
            licence,
            state=to or after(licence.state, move),
            revision=licence.revision + 1,
            state_reason=reason,
            state_changed_at=now,
        ),
        keys,
    )


def state_on(licence: Licence, today: date) -> State:
    """The state as it is to be read on a day: past its last day a valid licence is expired without anybody's act.

    One whose renewal was applied for in time and is not decided has not expired (行政许可法 art. 50(2)).
    """
    if licence.state is State.VALID and licence.valid_until is not None and today > licence.valid_until:
        return State.VALID if licence.asked and licence.asked.keeps_valid else State.EXPIRED
    return licence.state


def last_day(kind: LicenceType, first: date) -> date | None:
    """The last day of validity of a licence whose first is ``first``; None without limit.

    Residence permits are signed once a year (居住证暂行条例, State Council Decree 663, art. 10): the last day is
    the one before the anniversary. Born on 29 February it ends on 28 February. Other limits count calendar months.
    """
    if kind.validity is Validity.UNLIMITED:
        return None
    months = 12 if kind.validity is Validity.SIGN_YEARLY else kind.months or 0
    years, month = divmod(first.month - 1 + months, 12)
    try:
        anniversary = date(first.year + years, month + 1, first.day)
    except ValueError:  # no such day in that month: the last day of the month is the last of the licence
        years, month = divmod(first.month + months, 12)
        anniversary = date(first.year + years, month + 1, 1)
    return anniversary - timedelta(days=1)


def premises_key(keys: Keys, *, type_code: str, holder_code: str, address: str) -> bytes:
    """By what a licence is found that its holder has for these premises: the same however the address is spaced, and in
    full width or half (32 bytes)."""
    return keys.blind_index("premises", f"{type_code}.{holder_code}.{address}")


def sealing_context(licence: UUID, column: str) -> bytes:
    """The place that a sealed cell belongs to; moved to another row or column it does not open."""
    return b"licences.licence." + column.encode() + b":" + licence.bytes


def sealed(keys: Keys, licence: UUID, column: str, words: str) -> bytes:
    """One personal cell, sealed to its place."""
    return keys.seal(words.encode(), sealing_context(licence, column))


def opened(keys: Keys, licence: UUID, column: str, cell: bytes) -> str:
    """The words of a sealed cell; raises SealBroken."""
    return keys.open(cell, sealing_context(licence, column)).decode()
