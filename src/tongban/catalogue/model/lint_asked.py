"""What a form asks once only (who applies, where, and the phone for news), and of who comes herself on which day."""

from __future__ import annotations

from collections.abc import Iterator

from tongban.catalogue.model.after import NEW
from tongban.catalogue.model.item import ItemVersion
from tongban.kit.forms import Form

#: Data elements 数据元 that a case reads as the applicant's own. What is asked of somebody else (the other party, a
#: representative, an officer for safety) has an element of its own: else his number would get her letters.
APPLICANTS_OWN = frozenset(
    (
        *("DE-NAME", "DE-ID-NUMBER", "DE-FIRM-NAME", "DE-FIRM-CODE", "DE-FIRM-ADDRESS", "DE-PHONE"),
        *("DE-RESIDENCE-ADDRESS", "DE-DELIVERY-ADDRESS", "DE-DISTRICT", "DE-PLACE-NAME", "DE-PLACE-ADDRESS"),
    )
)
#: A broken rule: its id, the field, what to do about it in Chinese and in English.
Broken = tuple[str, str, str, str]


def _in_person(item: ItemVersion, form: Form) -> Iterator[Broken]:
    """Rule VISIT-4: who applies in person comes at least once, by appointment, on the day that the form asks."""
    asked = item.in_person
    if asked is None:
        return
    day = form.by_name.get(asked.booked)
    dated = not asked.booked or (day is not None and day.required and day.rule.get("format") == "date")
    if not (item.visits and item.appointment and asked.days > 0 and dated):
        yield (
            *("VISIT-4", "in_person"),
            "亲自到场申请的事项应有到场次数和预约，booked 指明必填的日期字段（没有的不写），days 大于 0。",
            "Who applies in person visits by appointment: booked names a required date or nothing, days exceeds 0.",
        )


def broken_asked(item: ItemVersion, form: Form) -> Iterator[Broken]:
    """The questions that ask anew for an element of the applicant's own: rule ELEMENT-1; and rule VISIT-4."""
    yield from _in_person(item, form)
    first: dict[str, str] = {}
    for field in form.fields:
        element = field.ui.element
        if field.name.startswith(NEW):
            continue  # what takes the place of an answer that stands is the same element by its nature
        if element in APPLICANTS_OWN and first.setdefault(element, field.name) != field.name:
            yield (
                *("ELEMENT-1", f"form.{field.name}"),
                f"{element} 是申请人自己的数据元，已由 {first[element]} 填写；问别人的，请用另外的数据元。",
                f"{element} is the applicant's own and {first[element]} asks it; what is asked of another has its own.",
            )
