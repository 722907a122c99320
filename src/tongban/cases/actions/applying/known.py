"""What is known of somebody before she applies for anything: by her account and her licences, no register is asked.

It answers questions of a guide for her 智能预填, a guided questionnaire's or a bundle's, and is shown with its source.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tongban import identity, licences, regions
from tongban.cases.model.kept_residence import SOURCE
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.not_allowed import REAL_NAME
from tongban.kit.policy import Actor, Role
from tongban.kit.rules import Fact

#: The facts that the account tells, and how the facts begin that the library tells: ``licence.<short name>``.
IS_FIRM, LOCAL_HUKOU, LICENCE = "account.is_firm", "population.is_local_hukou", "licence."

_LIBRARY = Text("电子证照库", "E-licence library")
_ACCOUNT = Text("您的账户", "Your account")


async def known_of(db: Database, actor: Actor, *, wanted: Collection[str], now: datetime) -> dict[str, Fact]:
    """Those of the ``wanted`` facts that are known of who is logged in; at most two statements, none for none.

    A licence that does not stand, and one that is not there, tell nothing: she may have it on paper. Whoever acts for
    another learns nothing of the other's here, before the power has been looked at.
    """
    if actor.role is not Role.RESIDENT or actor.id is None:
        return {}
    if actor.acting is not None:
        return {IS_FIRM: Fact(True, _ACCOUNT)} if actor.acting.for_firm and IS_FIRM in wanted else {}
    if actor.level < REAL_NAME:
        return {}
    return {**await _by_account(db, actor, wanted), **await _by_library(db, actor, wanted, now=now)}


async def _by_account(db: Database, actor: Actor, wanted: Collection[str]) -> dict[str, Fact]:
    if LOCAL_HUKOU not in wanted or (told := await identity.hukou_area(db, actor)) is None:
        return {}
    area, as_of = told
    local = {one.code[:2] for one in await regions.districts(db)}
    return {LOCAL_HUKOU: Fact(area[:2] in local, SOURCE, as_of)}


async def _by_library(
    db: Database, actor: Actor, wanted: Collection[str], *, now: datetime
) -> dict[str, Fact]:
    shorts = {one.removeprefix(LICENCE) for one in wanted if one.startswith(LICENCE)}
    codes = {one.code: one.short for one in await licences.licence_types(db) if one.short in shorts}
    if not codes:
        return {}
    held = await licences.types_held(db, actor.accounts, types=codes, now=now)
    return {LICENCE + codes[code]: Fact(True, _LIBRARY) for code, stands in held.items() if stands}
