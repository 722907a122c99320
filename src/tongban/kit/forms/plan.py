"""What a form wants to know before it is shown: which fields of which registers, in few reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from tongban.kit.forms.model import Form, Prefilled
from tongban.kit.i18n import Text


def prefill_plan(form: Form) -> dict[str, set[str]]:
    """The fields to read from each resource, and no others (PIPL art. 6: the minimum): one read each."""
    return {
        resource: {field.ui.prefill.field for field in fields if field.ui.prefill}
        for resource, fields in form.filled_from.items()
    }


def prefilled_from(
    form: Form,
    resource: str,
    values: Mapping[str, Any] | None,
    *,
    source: Text,
    as_of: datetime | None,
    state: Literal["filled", "asked", "later"] = "filled",
) -> dict[str, Prefilled]:
    """The form's fields that one read of ``resource`` fills, with source and time.

    ``values`` None means that the source is away: its fields are then ``asked`` or ``later`` as the
    caller says. A field that the register does not hold is ``asked``. One that the person states herself and
    that cannot take what the register holds, an area of another city among one's own districts, is a question
    like any other.
    """
    known: dict[str, Prefilled] = {}
    for field in form.filled_from.get(resource, ()):
        assert field.ui.prefill is not None
        value = None if values is None else values.get(field.ui.prefill.field)
        if value is not None and field.ui.editable and value not in field.rule.get("enum", (value,)):
            continue
        settled = "asked" if value is None and state == "filled" else state
        spoke = settled == "asked" and values is not None
        known[field.name] = Prefilled(value, source, as_of, settled, resource, answered=spoke)
    return known
