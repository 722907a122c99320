"""The house's tables in one file: rooms, policy rows, who listens to what, periodic jobs, personal data.

This is the only module that sees every room's inside doors (pages, api, jobs); everything else enters a
room by its front door.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from litestar import Litestar
from litestar.response import Response

from tongban import (
    audit,
    bundles,
    cases,
    catalogue,
    exchange,
    identity,
    licences,
    naming,
    notices,
    portal,
    regions,
)
from tongban.audit import pages as audit_pages
from tongban.bundles import pages as bundles_pages
from tongban.cases import api as cases_api
from tongban.cases import pages as cases_pages
from tongban.catalogue import api as catalogue_api
from tongban.catalogue import pages as catalogue_pages
from tongban.identity import api as identity_api
from tongban.identity import pages as identity_pages
from tongban.kit import clock, files, sweeps
from tongban.kit.db import Bulk, Database
from tongban.kit.growth import Lot
from tongban.kit.i18n import Language
from tongban.kit.personal import Erasure, Held
from tongban.kit.policy import Policy
from tongban.kit.sealed import Sealed
from tongban.kit.sweeps import Keeper
from tongban.kit.web import labels, public
from tongban.kit.web.belonging import Whose
from tongban.licences import api as licences_api
from tongban.licences import pages as licences_pages
from tongban.notices import api as notices_api
from tongban.notices import pages as notices_pages
from tongban.portal import api as portal_api
from tongban.portal import pages as portal_pages
from tongban.portal.model import POLICY as PORTAL
from tongban.reform import jobs as reform_jobs
from tongban.reform import pages as reform_pages
from tongban.reform.model import POLICY as REFORM
from tongban.regions import api as regions_api
from tongban.rights_words import resource_of
from tongban.settings import settings

#: From the ground floor up.
ROOMS = (
    "audit",
    "notices",
    "regions",
    "identity",
    "catalogue",
    "exchange",
    "licences",
    "cases",
    "bundles",
    "portal",
    "reform",
)
step_up_page = identity_pages.step_up_page  # it leads to a higher level or a fresh proof, and back


async def _no_values(_db: Database, _person: UUID) -> list[dict[str, Any]]:
    """The call log holds no personal value and no person's id; each call's ledger row is audit's to tell."""
    return []


async def _nothing_to_erase(db: Database, who: UUID, *, closing: bool, look: bool, now: datetime) -> Erasure:
    """The call log names nobody."""
    del db, who, closing, look, now
    return Erasure()


#: Parameter of an address → who knows whose such a record is, of a person with several accounts (合并): for a record of
#: one that was merged into hers she acts as that one. First what a page is about, then what lies in it.
OWNERS: dict[str, Whose] = {
    "case_id": cases.whose,
    "licence": licences.whose,
    "notice": notices.whose,
    "about": cases.whose,
    "power_id": identity.whose,
    "file_id": files.whose,
    "request_id": portal.whose,
    "run_id": bundles.whose,
}

#: Room → what it holds about a person. Every room with personal tables has a row, and so have uploaded files.
PERSONAL: dict[str, Held] = {
    "audit": Held(audit.holdings, audit.erase, "网络安全法第二十一条：日志留存不少于六个月；账本不可改动"),
    "notices": Held(notices.holdings, notices.erase, "随账户保存"),
    "identity": Held(identity.holdings, identity.erase, "随账户保存", identity.COPY_WORDS),
    "exchange": Held(_no_values, _nothing_to_erase, "不含个人信息"),
    "licences": Held(
        licences.holdings, licences.erase, "电子证照随证照有效期及归档期限保存", licences.COPY_WORDS
    ),
    "cases": Held(cases.holdings, cases.erase, "办件档案按档案管理规定保存", cases.COPY_WORDS),
    "bundles": Held(bundles.holdings, bundles.erase, "随所属办件保存；没有提交的放弃或到期即删除"),
    "portal": Held(portal.holdings, portal.erase, "副本 7 天后删除"),
    "files": Held(files.holdings, files.erase, "随所属办件保存；草稿放弃或到期即删除"),
}

#: Every table with sealed values: what a new sealing key goes through, and what an old one is kept for.
SEALED: tuple[Sealed, ...] = (
    *(
        *identity.SEALED,
        *licences.SEALED,
        *cases.SEALED,
        *bundles.SEALED,
        *portal.SEALED,
        *files.SEALED,
        *notices.SEALED,
    ),
)

#: Every table with people's hashes: what a new look-up key goes through, and what an old one is kept for.
HASHED: tuple[Sealed, ...] = (*identity.HASHED, *cases.HASHED)

#: Rule of ``city/keeping.yaml`` → who drops what is over, or counts it. A rule with days and no keeper is refused.
KEEPERS: dict[str, Keeper] = {
    "attempts": identity.ATTEMPTS,
    "codes": identity.CODES,
    "enrolments": identity.ENROLMENTS,
    "consents": identity.CONSENTS,
    "phone_accounts": identity.keep_phone_only,
    "powers": identity.POWERS,
    "children": identity.CHILDREN,
    "levels": identity.LEVELS,
    "former_names": identity.FORMER_NAMES,
    "recoveries": identity.RECOVERIES,
    "disputes": identity.DISPUTES,
    "sessions": sweeps.SESSIONS,
    "answers": sweeps.ANSWERS,
    "marks": sweeps.MARKS,
    "drafts": cases.keep_drafts,
    "bundles": bundles.IDLE,
    "discarded": cases.DISCARDED,
    "notices": notices.OLD,
    "copies": portal.ENDED,
    "requests": portal.keep_requests,
}

#: Makes a room's rows of a lot, by its own stores and the doors of the rooms below it.
Grower = Callable[[Database, Lot], Awaitable[list[Bulk]]]

#: Room → what it adds when a demo city is grown in bulk (``tongban demo --scale``), or why it adds nothing itself.
GROWN: dict[str, Grower | str] = {
    "audit": "its purposes and ledger rows come with the affairs that they are of: audit.many, called from above",
    "notices": "its notices come with the steps that they tell of: notices.many, called by cases",
    "regions": "a city has no more districts and departments for having more cases",
    "identity": identity.grown,
    "catalogue": "a city has no more items for having more cases",
    "exchange": "its log holds no person and no page reads it; grown cases take over what the registers said of one",
    "licences": "its licences come with the decisions that found them: licences.many, called by cases",
    "cases": cases.grown,
    "bundles": "a bundle that was sent is no more than the cases that it joins, which are grown by themselves",
    "portal": "its copies and requests come when a person asks for one",
    "reform": "its sums come with the news of each decision; grown cases bring no news",
}

#: Every action of every room, each row with what it is about: what the routes, the actions and the matrix test read.
POLICY = Policy(
    msgspec.structs.replace(rule, resource=resource_of(rule.action))
    for policy in (
        public.POLICY,
        audit.POLICY,
        notices.POLICY,
        regions.POLICY,
        identity.POLICY,
        catalogue.POLICY,
        licences.POLICY,
        cases.POLICY,
        bundles.POLICY,
        PORTAL,
        REFORM,
    )
    for rule in policy.rules
)


def routes() -> list[Any]:
    """All routes of all rooms."""
    return [
        *audit_pages.routes,
        *notices_pages.routes,
        *identity_pages.routes,
        *catalogue_pages.routes,
        *licences_pages.routes,
        *cases_pages.routes,
        *bundles_pages.routes,
        *identity_api.routes,
        *catalogue_api.routes,
        *cases_api.routes,
        *licences_api.routes,
        *notices_api.routes,
        *regions_api.routes,
        *portal_pages.routes,
        *reform_pages.routes,
        *portal_api.routes,
    ]


async def warm(db: Database) -> None:
    """What each process does first: reference tables and the calendar into memory, the plugs between rooms.

    Of uploads that died with the process before it nothing stays.
    """
    identity.plug_register_check(exchange.check_person)
    identity.plug_firm_check(exchange.check_firm)
    identity.plug_parent_check(exchange.check_parent)
    identity.plug_item_names(naming.item_names, naming.item_groups)
    identity.plug_act_kinds(naming.ACT_KINDS)
    audit.plug_names(naming.name_of)
    audit.plug_agents(identity.agents_by_power)
    labels.plug_form_named(catalogue.form_named)
    portal.plug_personal(PERSONAL)
    portal.plug_keepers(KEEPERS)
    licences.plug_granter(cases.granted_by)
    licences.plug_successor(cases.acting_as)
    licences.plug_contests(cases.contested_by)
    cases.plug_wholes(bundles.whole_of, bundles.prepared)
    await clock.current_calendar(db)
    await regions.warm(db)
    await licences.warm(db)
    await files.sweep()


def openapi(app: Litestar, *, language: Language) -> dict[str, Any]:
    """The OpenAPI document of the app's public API."""
    return portal.openapi(app, POLICY, language=language)


def log_in_page(next_path: str, kept: str, staff: bool) -> Response[Any]:
    """The page that asks for the log-in when a form was posted after the session's end."""
    return identity_pages.log_in_page(next_path, kept=kept, staff=staff)


def item_findings(city_dir: Path, codes: Sequence[str] = ()) -> list[dict[str, str]]:
    """What is wrong with the city's items, without a database: the item, the rule, the field, what to do.

    ``codes`` names the items that are looked at; none means all. A code without a file is a finding too.
    """
    sources = [*exchange.listed_sources(city_dir), *licences.listed_sources(city_dir)]
    return catalogue.findings_of(city_dir, codes, sources)


async def load_city(db: Database, city_dir: Path, *, listed: bool = False, now: datetime) -> None:
    """Reference data of the installing city, idempotent: calendar, departments, sources, items, types.

    ``listed``: the whole catalogue at the city's size, with the items of its list.
    """
    await clock.load_city(db, city_dir, now=now)
    await regions.load(db, city_dir)
    await identity.load_clients(db, city_dir)
    await exchange.load(db, city_dir)
    await licences.load(db, city_dir)
    cases.check_retention(city_dir)
    portal.check_keeping(city_dir, KEEPERS)
    portal.check_rights(city_dir, [one.code for one in exchange.listed_sources(city_dir)])
    # Items are published against the sources loaded above, bundles over those items.
    await catalogue.load(db, city_dir, listed=listed, now=now)
    await bundles.load(db, city_dir, now=now)
    await reform_jobs.load(db, city_dir, now=now)


def city() -> Path:
    """Where the installing city's data lie."""
    return settings().city_dir
