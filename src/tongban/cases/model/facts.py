"""What the registers said about an applicant, as a case keeps it: values with source and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

import msgspec

from tongban.kit.forms import Form, Prefilled, prefilled_from
from tongban.kit.i18n import Text

#: The applicant's own account is a source too (brief §3, 智能预填 ranks it first); it is never down.
ACCOUNT = "account"


class Heard(msgspec.Struct, frozen=True):
    """One register's answer 登记信息: ``found``, ``none`` (no such record) or ``down`` (no answer)."""

    outcome: Literal["found", "none", "down"]
    source: Text
    as_of: datetime | None
    read_at: datetime
    data: dict[str, Any] = {}


def heard(facts: Mapping[str, Any]) -> dict[str, Heard]:
    """Stored facts as records."""
    return msgspec.convert(facts, dict[str, Heard])


def stored(known: Mapping[str, Heard]) -> dict[str, Any]:
    """Records as they are stored (JSON)."""
    plain: dict[str, Any] = msgspec.to_builtins(known)
    return plain


def unheard(resources: Iterable[str], facts: Mapping[str, Heard]) -> list[str]:
    """The registers that have not answered yet: never asked, or down when asked."""
    return [name for name in resources if name not in facts or facts[name].outcome == "down"]


def prefilled(form: Form, facts: Mapping[str, Heard]) -> dict[str, Prefilled]:
    """The form's fields as the registers know them; a register that is down makes a stated ask."""
    known: dict[str, Prefilled] = {}
    for resource, answer in facts.items():
        values = None if answer.outcome == "down" else answer.data
        known.update(
            prefilled_from(
                form,
                resource,
                values,
                source=answer.source,
                as_of=answer.as_of,
                state="asked" if values is None else "filled",
            )
        )
    return known
