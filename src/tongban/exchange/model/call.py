"""A call and its answer, on the wire and in the house."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

import msgspec

from tongban.kit.i18n import Text

#: ``found`` and ``none`` are answers; ``refused`` by ourselves for want of a purpose; ``timeout``, ``error`` and
#: ``open`` (breaker) by the source's absence; ``rejected`` by the source, ``malformed`` what is no answer.
Outcome = Literal["found", "none", "refused", "timeout", "error", "open", "rejected", "malformed"]


Told = TypeVar("Told")


class Wire(msgspec.Struct, frozen=True):
    """A register's answer as it comes over the wire."""

    msg_id: UUID
    found: bool
    data: dict[str, Any]
    as_of: datetime
    source: str


class WirePaper(msgspec.Struct, frozen=True):
    """Another paper of somebody's, that she has or had, as the population register tells it."""

    paper_kind: str
    number: str
    country: str = ""


class WireHousehold(msgspec.Struct, frozen=True):
    """Where somebody's hukou is and where she lives, as the population register tells it with a check; empty where
    it knows none. Areas are codes of GB/T 2260."""

    hukou_area: str
    hukou_area_name: str
    hukou_address: str
    residence_area: str
    residence_area_name: str
    residence_address: str
    residence_since: date | None
    residence_permit_state: Literal["none", "valid", "ended"]


class WireCheck(msgspec.Struct, frozen=True):
    """A register's answer to a check, as it comes over the wire; ``relation``: as what one is the other's kin."""

    msg_id: UUID
    match: bool
    as_of: datetime
    source: str
    reasons: tuple[str, ...] = ()
    relation: str | None = None
    other_papers: tuple[WirePaper, ...] = ()
    household: WireHousehold | None = None


class WireFirm(msgspec.Struct, frozen=True):
    """What the register of firms says of one: its name, its state, who took over where it is no more."""

    name: str
    state: str
    successors: tuple[str, ...] = ()


class WireFirmCheck(WireCheck, frozen=True):
    """The register's answer to a check of a firm, as it comes over the wire."""

    firm: WireFirm | None = None


class Reached(msgspec.Struct, Generic[Told], frozen=True):
    """What became of one call: ``told``, the answer as it was understood, or why there is none; milliseconds."""

    outcome: Outcome
    latency_ms: int
    size: int
    told: Told | None = None


class Call(msgspec.Struct, frozen=True):
    """One row of the call log 交换记录: codes, counts and times, no personal values."""

    bucket: int
    id: UUID
    at: datetime
    msg_id: UUID
    resource: str
    purpose: UUID | None
    fields: list[str]
    outcome: Outcome
    latency_ms: int
    size: int


class Answer(msgspec.Struct, frozen=True):
    """What a source says of a person: the asked fields, with source and time (UTC).

    ``data`` names every asked field; a value is None where the source says that there is none, and all are
    when the person is not ``found``.
    """

    found: bool
    data: dict[str, Any]
    source: Text
    as_of: datetime
