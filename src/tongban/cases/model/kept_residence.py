"""What the applicant's account keeps of hukou and residence, for a form whose register is silent 智能预填."""

from __future__ import annotations

from collections.abc import Mapping

from tongban.cases.model.facts import Heard
from tongban.kit.forms import Field, Form, Prefilled
from tongban.kit.i18n import Text

#: The account as a source, beside the registers: never a register's word, so that no decision rests on it.
KEPT = "account_residence"
SOURCE = Text("本人账户（人口库登记）", "Your account (as the population register had it)")
#: Where a form asks a register → what the account keeps of the same thing.
PLACES: dict[tuple[str, str], str] = {
    ("population", "hukou_address"): "hukou_address",
    ("residence", "residence_address"): "residence_address",
    ("residence", "district"): "residence_area",
    ("residence", "residence_since"): "residence_since",
}


def silent_places(form: Form, facts: Mapping[str, Heard]) -> list[str]:
    """The places, spelt ``resource.field``, that the form asks of a register which is silent and the account may know.

    A register that said that it has no record is heard: the account does not overrule it. What a form masks is left
    out: it lies sealed where registers tell it, and is not laid down beside them.
    """
    return [
        f"{resource}.{field}"
        for resource, field in PLACES
        if (told := facts.get(resource)) is not None
        and told.outcome == "down"
        and (asked := [one for one in form.filled_from.get(resource, ()) if _asks(one, field)])
        and not any(one.ui.sensitive for one in asked)
    ]


def from_account(form: Form, facts: Mapping[str, Heard]) -> dict[str, Prefilled]:
    """The form's fields as the account has them, with its source and date, where their register is still silent."""
    kept = facts.get(KEPT)
    if kept is None:
        return {}
    known: dict[str, Prefilled] = {}
    for place in silent_places(form, facts):
        resource, field = place.split(".")
        told = kept.data.get(place)
        known |= {
            one.name: Prefilled(told, kept.source, kept.as_of, "filled", KEPT)
            for one in form.filled_from[resource]
            # An area outside the city is none that a form of its districts can take.
            if _asks(one, field) and told is not None and told in one.rule.get("enum", (told,))
        }
    return known


def _asks(one: Field, field: str) -> bool:
    return one.ui.prefill is not None and one.ui.prefill.field == field
