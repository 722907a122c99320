"""Answers by their data element: what a licence needs of them, whatever the form calls its fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tongban.kit.forms import Form

#: Data elements 数据元 that a licence's face is made of.
NAME = "DE-NAME"
ID_NUMBER = "DE-ID-NUMBER"
RESIDENCE_ADDRESS = "DE-RESIDENCE-ADDRESS"
DELIVERY_ADDRESS = "DE-DELIVERY-ADDRESS"
DISTRICT = "DE-DISTRICT"


def by_element(form: Form, answers: Mapping[str, Any], element: str) -> str:
    """The answer that stands for a data element, empty when the form has none."""
    for field in form.fields:
        if field.ui.element == element and answers.get(field.name) is not None:
            return str(answers[field.name])
    return ""


def licence_face(form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """What stands on the card besides name and number, and where it is sent."""
    residence = by_element(form, answers, RESIDENCE_ADDRESS)
    return {
        "address": by_element(form, answers, DELIVERY_ADDRESS) or residence,
        "residence": residence,
        "district": by_element(form, answers, DISTRICT),
    }
