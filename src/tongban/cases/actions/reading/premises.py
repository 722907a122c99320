"""Whether whom a case is of has the licence that it asks for already, for the same premises 一地一证."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongban import catalogue, licences
from tongban.cases.model import Case
from tongban.cases.model.answers import FIRM_CODE, ID_NUMBER, PLACE_ADDRESS, by_element
from tongban.kit.db import Database
from tongban.kit.forms import Form
from tongban.kit.policy import Actor


async def at_premises(
    db: Database,
    actor: Actor,
    case: Case,
    version: catalogue.ItemVersion,
    form: Form,
    answers: Mapping[str, Any],
    *,
    now: datetime,
) -> licences.AtPremises | None:
    """The valid licence that holder and premises of these answers have, as :func:`licences.at_premises` reads it.

    None, without a statement, for an item whose licence is not one for each premises, and for what is asked for a
    licence that one holds: that is what who has one is told to do.
    """
    if version.after is not None or not version.licence_type:
        return None
    kind = await licences.licence_type(db, version.licence_type)
    if kind.one_per is None:
        return None
    of_firm = kind.holder_kind == "organisation"
    return await licences.at_premises(
        *(db, actor),
        type_code=kind.code,
        holder_code=by_element(form, answers, FIRM_CODE if of_firm else ID_NUMBER),
        address=by_element(form, answers, PLACE_ADDRESS),
        but=case.id,
        now=now,
    )


async def premises_of(db: Database, type_code: str, form: Form, answers: Mapping[str, Any]) -> str:
    """The address by which a licence founded on these answers is found again; empty where its type has no such rule."""
    kind = await licences.licence_type(db, type_code)
    return by_element(form, answers, PLACE_ADDRESS) if kind.one_per else ""
