"""Naming: whom an application's answers name beside who fills it in, and whether they go on naming the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tongban import catalogue, identity
from tongban.cases.actions.applying.filing import own_number
from tongban.cases.model import AnswersInvalid, Case, named
from tongban.kit.db import Database
from tongban.kit.forms import Form
from tongban.kit.i18n import N_
from tongban.kit.papers import CITIZEN, Paper


def number_hash(number: str) -> bytes:
    """By which somebody with this 公民身份号码 is found."""
    return identity.paper_hash(Paper(CITIZEN, number))


def spelled(number: str) -> list[str]:
    """What may stand for it at a signer's seat: under a new look-up key the same hash is written otherwise."""
    return [one.hex() for one in identity.spellings(number_hash(number))]


async def must_name_the_same(
    db: Database, case: Case, version: catalogue.ItemVersion, form: Form, answers: dict[str, Any]
) -> None:
    """A correction puts nobody in the place of one who has signed: raises AnswersInvalid at whom it names anew."""
    if case.joint is None:
        return
    signed = {one.hash for one in case.joint.signers}
    own = await own_number(db, case.applicant, form, answers)
    others = named(version.joint_applicants, form, answers, own=own)
    strange = [one.field for one in others if signed.isdisjoint(spelled(one.number))]
    if strange or len(others) != len(signed):
        asks = version.joint_applicants
        fields = strange or [party.field for party in asks.parties] if asks else []
        words = N_("共同申请人不能在补正中更换。要更换的，请撤回后重新申请，由各方重新确认。")
        raise AnswersInvalid(dict.fromkeys(fields, words))


async def name_fits(
    db: Database,
    case: Case,
    version: catalogue.ItemVersion,
    form: Form,
    answers: dict[str, Any],
    *,
    person: UUID,
    seat: int,
) -> bool:
    """Whether the name that stands beside one's number is the one that the register confirmed."""
    assert case.joint is not None
    typed = {
        hash_: one.name
        for one in named(version.joint_applicants, form, answers, own="")
        for hash_ in spelled(one.number)
    }
    known = await identity.person(db, person)
    return typed.get(case.joint.signers[seat].hash, "").strip() == known.name
