"""What the registers said about an applicant, as a case keeps it: values with source and time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from tongban.kit import forms
from tongban.kit.forms import Form, Prefilled, prefilled_from
from tongban.kit.i18n import Text
from tongban.kit.keys import Keys

#: The applicant's own account is a source too (智能预填 ranks it first); it is never down.
ACCOUNT = "account"
#: What a register said is asked again after so long when the draft is opened.
FRESH_FOR = timedelta(hours=24)
#: And one that has said nothing yet, so soon: whoever comes back finds it filled once the register is.
SILENT_FOR = timedelta(minutes=1)


class Heard(msgspec.Struct, frozen=True):
    """One register's answer 登记信息: ``found``, ``none`` (no such record) or ``down`` (no answer).

    ``unanswered_at`` says that it was asked again since and was silent: what it said before still stands.
    """

    outcome: Literal["found", "none", "down"]
    source: Text
    as_of: datetime | None
    read_at: datetime
    data: dict[str, Any] = {}
    unanswered_at: datetime | None = None

    def asked_at(self) -> datetime:
        """When it was last asked, answered or not."""
        return self.unanswered_at or self.read_at


def heard(facts: Mapping[str, Any], form: Form, keys: Keys, context: bytes) -> dict[str, Heard]:
    """Stored facts as records in clear; ``context`` is the case's id as bytes."""
    known = msgspec.convert(facts, dict[str, Heard])
    told = _sensitive(form, known)
    return _told_as(form, known, forms.open_answers(form, told, keys, context))


def stored(known: Mapping[str, Heard], form: Form, keys: Keys, context: bytes) -> dict[str, Any]:
    """Records as they are stored (JSON): what the form seals in the answers is sealed here too."""
    told = _sensitive(form, known)
    sealed = _told_as(form, known, forms.seal_answers(form, told, keys, context))
    plain: dict[str, Any] = msgspec.to_builtins(sealed)
    return plain


def _sensitive(form: Form, known: Mapping[str, Heard]) -> dict[str, Any]:
    """What the registers told for the form's sensitive fields, by the form's names.

    Of two questions that are filled from one place the first stands for both: a value is sealed once.
    """
    told: dict[tuple[str, str], tuple[str, Any]] = {}
    for field in form.fields:
        place = field.ui.prefill
        if field.ui.sensitive and place and place.resource in known:
            data = known[place.resource].data
            if place.field in data:
                told.setdefault((place.resource, place.field), (field.name, data[place.field]))
    return dict(told.values())


def _told_as(form: Form, known: Mapping[str, Heard], told: Mapping[str, Any]) -> dict[str, Heard]:
    """The same records with these values in the places that the form's fields are filled from."""
    data = {resource: dict(answer.data) for resource, answer in known.items()}
    for field in form.fields:
        if field.ui.prefill and field.name in told:
            data[field.ui.prefill.resource][field.ui.prefill.field] = told[field.name]
    return {
        resource: msgspec.structs.replace(answer, data=data[resource]) for resource, answer in known.items()
    }


def outcomes(facts: Mapping[str, Any]) -> dict[str, str]:
    """Which register answered how, of facts as they are stored."""
    return {resource: str(answer["outcome"]) for resource, answer in facts.items()}


def unheard(resources: Iterable[str], answered: Mapping[str, str]) -> list[str]:
    """The registers that have not answered yet, by their :func:`outcomes`: never asked, or down when asked."""
    return [name for name in resources if answered.get(name, "down") == "down"]


def to_ask_anew(resources: Iterable[str], known: Mapping[str, Heard], *, now: datetime) -> list[str]:
    """The registers that a draft should ask when it is opened again: never asked, asked long ago, lately in vain."""
    return [
        name
        for name in resources
        if name not in known
        or now - known[name].asked_at() > (SILENT_FOR if known[name].outcome == "down" else FRESH_FOR)
    ]


def updated(known: Mapping[str, Heard], said: Mapping[str, Heard]) -> dict[str, Heard]:
    """What is known after asking again: an answer takes the older one's place, silence only leaves its mark on it."""
    kept = dict(known)
    for resource, answer in said.items():
        older = known.get(resource)
        if answer.outcome == "down" and older is not None and older.outcome != "down":
            kept[resource] = msgspec.structs.replace(older, unanswered_at=answer.read_at)
        else:
            kept[resource] = answer
    return kept


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


def told(form: Form, facts: Mapping[str, Heard]) -> dict[str, Any]:
    """The values that registers told, by field."""
    return {name: one.value for name, one in prefilled(form, facts).items() if one.state == "filled"}


def discreet(form: Form, fact: str | None, value: Any) -> Any:
    """What a rule looked at as others than its person read it: masked where the form masks what it is filled with."""
    for field in form.fields:
        place = field.ui.prefill
        if value is not None and field.ui.sensitive and place and fact == f"{place.resource}.{place.field}":
            return field.masked(value)
    return value


#: The register of firms 法人库: who an applicant's firm is, nobody else knows.
FIRMS = "enterprise"


def stated_unregistered(
    form: Form, answers: Mapping[str, Any], facts: Mapping[str, Heard]
) -> dict[str, Text]:
    """The register of firms, by name, where it has no record and the applicant stated what it should have told."""
    told = facts.get(FIRMS)
    if told is None or told.outcome != "none":
        return {}
    asked = (field.name for field in form.fields if field.ui.prefill and field.ui.prefill.resource == FIRMS)
    return {FIRMS: told.source} if any(answers.get(name) for name in asked) else {}


def settled(form: Form, answers: Mapping[str, Any], facts: Mapping[str, Heard]) -> dict[str, Any]:
    """The answers as a decision takes them: where a register has spoken since, its word, not the stated one.

    A register that was down at submission let the applicant state even her name; what goes on a licence is
    what the register says once it has answered.
    """
    return forms.overlay(form, answers, prefilled(form, facts))
