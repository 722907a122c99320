"""Whose certificate it is: the number that a form names must be that of a certificate about the same child."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tongban import licences
from tongban.cases.model.answers import stated
from tongban.kit.db import Database
from tongban.kit.errors import Words
from tongban.kit.forms import Form
from tongban.kit.i18n import N_

#: 出生医学证明编号, and the data elements by which such a certificate says whose it is.
BIRTH_CERTIFICATE = "DE-BIRTH-CERTIFICATE"
_CHILD = ("DE-CHILD-NAME", "DE-CHILD-SEX", "DE-CHILD-BIRTH-DATE")


async def of_another_child(
    db: Database, accounts: Sequence[UUID], form: Form, answers: Mapping[str, Any], *, now: datetime
) -> dict[str, Words]:
    """What is wrong with the number of a birth certificate, by question: it is another child's.

    What the certificate of this number in the applicant's library states is held against the same answers here. One
    that the library does not hold is left to who examines the case. One statement where a number is given, else none.
    """
    numbers = {
        field.name: answers[field.name]
        for field in form.fields
        if field.ui.element == BIRTH_CERTIFICATE and answers.get(field.name)
    }
    if not numbers or not accounts:
        return {}
    holder, *also = accounts
    held = {face.card_serial: face for face in await licences.library(db, holder, also=also, now=now)}
    mine = stated(form, answers, [field.name for field in form.fields if field.ui.element in _CHILD])
    found: dict[str, Words] = {}
    for name, number in numbers.items():
        certified = {one.label.zh: one.words.zh for one in held[number].facts} if number in held else {}
        differing = [one for one in mine if certified.get(one.label.zh, one.words.zh) != one.words.zh]
        if differing:
            found[name] = N_(
                "这是另一个孩子的出生医学证明：证上的{label}和您填写的不一致。请填这个孩子的证明编号，或者更正孩子的信息。",
                label=differing[0].label,
            )
    return found
