"""Answers by their data element: what a licence needs of them, whatever the form calls its fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Any

from tongban import licences
from tongban.kit import forms
from tongban.kit.forms import Form
from tongban.kit.i18n import in_both
from tongban.kit.keys import Keys

#: Data elements 数据元 that a licence's face is made of.
NAME = "DE-NAME"
ID_NUMBER = "DE-ID-NUMBER"
FIRM_NAME = "DE-FIRM-NAME"
FIRM_CODE = "DE-FIRM-CODE"
RESIDENCE_ADDRESS = "DE-RESIDENCE-ADDRESS"
DELIVERY_ADDRESS = "DE-DELIVERY-ADDRESS"
DISTRICT = "DE-DISTRICT"
#: Where what is applied for is carried on: its name, its address, the firm's registered one.
PLACE_NAME = "DE-PLACE-NAME"
PLACE_ADDRESS = "DE-PLACE-ADDRESS"
FIRM_ADDRESS = "DE-FIRM-ADDRESS"
#: The phone that the applicant gave for news of this case.
PHONE = "DE-PHONE"


def by_element(form: Form, answers: Mapping[str, Any], element: str) -> str:
    """The answer that stands for a data element, empty when the form has none."""
    for field in form.fields:
        if field.ui.element == element and answers.get(field.name) is not None:
            return str(answers[field.name])
    return ""


def firm_of(form: Form, answers: Mapping[str, Any]) -> tuple[str, str]:
    """Name and credit code 统一社会信用代码 of the firm that applies, both empty where none does.

    A firm that is yet to be founded has a name and no code: who founds it applies.
    """
    name, code = by_element(form, answers, FIRM_NAME), by_element(form, answers, FIRM_CODE)
    return (name, code) if name and code else ("", "")


def licence_face(form: Form, answers: Mapping[str, Any], named: Iterable[str] = ()) -> dict[str, Any]:
    """What stands on the card besides name and number, and where it is sent.

    ``named`` are the item's questions whose answers stand on it 载明事项: its ``facts``, left out where there are none.
    """
    residence = by_element(form, answers, RESIDENCE_ADDRESS)
    face: dict[str, Any] = {
        "address": by_element(form, answers, DELIVERY_ADDRESS) or residence,
        "residence": residence,
        "district": by_element(form, answers, DISTRICT),
    }
    facts = stated(form, answers, named)
    return face | ({"facts": facts} if facts else {})


def stated(form: Form, answers: Mapping[str, Any], named: Iterable[str]) -> list[licences.Stated]:
    """These answers in words, in both languages, with what is asked; what was not answered is left out."""
    fields = [form.by_name[name] for name in named if name in form.by_name]
    return [
        licences.Stated(field.label, in_both(partial(field.in_words, answers[field.name])))
        for field in fields
        if answers.get(field.name) not in (None, "", [])
    ]


def contact_phone(form: Form, stored: Mapping[str, Any], keys: Keys, context: bytes) -> str:
    """The phone that was given for news of this case, empty when none was; nothing else is opened.

    ``stored`` are the answers as they are stored, ``context`` the case's id as bytes. A form of before rule ELEMENT-1
    that asks for several phones leaves open whose they are: none of them is taken, the news goes to the account's.
    """
    if sum(field.ui.element == PHONE for field in form.fields) != 1:
        return ""
    return by_element(form, opened_of(form, stored, keys, context, elements={PHONE}), PHONE)


def opened_of(
    form: Form, stored: Mapping[str, Any], keys: Keys, context: bytes, *, elements: Collection[str]
) -> dict[str, Any]:
    """Of answers as they are stored those to these data elements, in clear; nothing else is opened."""
    asked = {
        field.name: stored[field.name]
        for field in form.fields
        if field.ui.element in elements and field.name in stored
    }
    return forms.open_answers(form, asked, keys, context)
