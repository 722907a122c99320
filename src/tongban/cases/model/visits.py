"""Visits in person 到现场: how often an applicant had to come, why and where, as it really was.

An item promises a number of visits (到办事现场次数); what was promised is judged by these (最多跑一次 by cases).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from tongban.cases.model.course import Booking
from tongban.cases.model.life import Move
from tongban.cases.model.records import CaseEvent
from tongban.cases.model.refusals import VisitIncomplete, too_long
from tongban.catalogue import ItemVersion
from tongban.kit.errors import Words
from tongban.kit.i18n import N_, Message, Text

#: Who comes for this, having booked, has applied.
APPLY = "apply"
#: Why somebody comes 到现场原因, by the code that is counted.
VISIT_REASONS: dict[str, Message] = {
    APPLY: N_("当面申请"),
    "materials": N_("提交或者补交材料"),
    "originals": N_("核对原件"),
    "capture": N_("现场采集信息（拍照、指纹等）"),
    "question": N_("咨询、说明情况"),
    "other": N_("其他"),
}
LONGEST_NOTE = 200


def booking_of(version: ItemVersion, answers: Mapping[str, Any], *, filed: date) -> Booking | None:
    """What is booked by an application filed on this day, of an item that is applied for in person; else None."""
    asked = version.in_person
    if asked is None:
        return None
    on = date.fromisoformat(answers[asked.booked]) if asked.booked else filed
    return Booking(on=max(on, filed), days=asked.days, unit=asked.unit, basis=asked.basis)


class Visit(msgspec.Struct, frozen=True, omit_defaults=True):
    """One visit 到现场记录: why by its code, where by name, and the officer's words, which the applicant reads."""

    why: str
    place: Text
    note: str = ""


def visit_of(event: CaseEvent) -> Visit:
    """The visit that a step records."""
    return msgspec.convert(event.detail, Visit)


def visits(events: Iterable[CaseEvent]) -> int:
    """How often the applicant came."""
    return sum(event.move is Move.VISIT for event in events)


def visit_typed(posted: Mapping[str, str], places: Sequence[Text]) -> Visit:
    """The visit that a form tells; ``place`` counts the item's places from 0. Raises VisitIncomplete."""
    why, note = posted.get("why", ""), " ".join(posted.get("note", "").split())
    place = _place(posted.get("place", ""), places)
    faults: dict[str, Words] = {}
    if why not in VISIT_REASONS:
        faults["why"] = N_("请选择到现场的原因。")
    if place is None:
        faults["place"] = N_("请选择到现场的地点。")
    if len(note) > LONGEST_NOTE:
        faults["note"] = too_long(N_("情况说明"), len(note), LONGEST_NOTE)
    elif why == "other" and not note:
        faults["note"] = N_("原因选“其他”时，请写明是什么事。")
    if faults or place is None:
        raise VisitIncomplete(faults)
    return Visit(why, place, note)


def _place(typed: str, places: Sequence[Text]) -> Text | None:
    known: dict[str, Any] = {str(number): place for number, place in enumerate(places)}
    return known.get(typed)
