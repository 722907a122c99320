"""Home and "my": what to do now, my licences, my cases, frequent services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from litestar import get
from litestar.response import Response

from tongban import bundles, cases, catalogue, identity, licences, notices, regions
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.i18n import language
from tongban.kit.not_allowed import REAL_NAME
from tongban.kit.policy import STAFF, Actor, Policy, Relation, Role, Verdict
from tongban.kit.web import page, redirect
from tongban.portal.model import WEEKDAYS, greeting
from tongban.settings import settings

SHOWN = 3


async def _mine(db: Database, actor: Actor) -> dict[str, Any]:
    """The resident's newest cases and licences: one statement each, and one for the wholes of drafts."""
    assert actor.id is not None
    follows = _may(cases.POLICY, actor, "cases.mine")
    shows = _may(licences.POLICY, actor, "licences.library")
    reads = _may(notices.POLICY, actor, "notices.inbox")
    newest = await cases.my_cases(db, actor, before=None, limit=SHOWN) if follows else []
    drafts = [line.case.id for line in newest if line.case.state is cases.State.DRAFT]
    return {
        "follows": follows,
        "shows": shows,
        "reads": reads,
        "cases": newest,
        "prepared": await cases.prepared(db, actor, drafts),
        "licences": await licences.library(db, actor.id, also=actor.also) if shows else [],
        "unread": await notices.unread(db, actor.id, also=actor.also, reach=notices.reach_of(actor))
        if reads
        else 0,
    }


def _may(policy: Policy, actor: Actor, action: str) -> bool:
    """Whether what is one's own may be shown: always to herself, to who acts for her as far as her power reaches."""
    return policy.decide(actor, action, Relation.OWN) is not Verdict.REFUSE


def _name(person: identity.Person | None, today: date) -> str:
    """As one is addressed: 李女士; a child, and in English everybody, by the name; a visitor by nothing."""
    if person is None:
        return ""
    return person.name if language() == "en" else str(person.salutation(today))


#: How many bundles stand on the home page.
_BUNDLES = 4


@get("/", who="portal.home")
async def home(db: Database, actor: Actor, now: datetime) -> Response[Any]:
    """The home page; an officer's home is the desk."""
    if actor.role in STAFF:
        return redirect("/desk" if actor.role is Role.OFFICER else "/desk/staff")
    local = clock.city_time(now)
    person = None
    mine: dict[str, Any] = {"cases": [], "prepared": {}, "licences": [], "unread": 0}
    if actor.role is Role.RESIDENT:
        assert actor.id is not None
        # With a phone alone one has no name, and nothing of one's own but messages.
        person = None if actor.level < REAL_NAME else await identity.person(db, actor.id)
        mine = await _mine(db, actor)
    listing = await catalogue.listing(db)
    lines = {line.code: line for line in catalogue.fitting(actor, listing.lines.values())}
    city = regions.city_of(settings().city_dir)
    of_firm = actor.acting is not None and actor.acting.for_firm
    hot = [code for code in (city.hot_for_firms if of_firm else city.hot) if code in lines]
    held = {face.type_code for face in mine["licences"] if face.stands}
    return page(
        "portal/home.html",
        greeting=greeting(local.hour, _name(person, local.date())),
        day=local.date(),
        weekday=WEEKDAYS[local.weekday()],
        narrow=catalogue.narrowed(actor),
        themes=_themes(listing.themes, lines.values(), firms_alone=of_firm),
        hot=[lines[code] for code in hot],
        guided=await catalogue.questionnaires(db),
        offered=await _offered(db, hot, held, person),
        tones=cases.TONES,
        bundles=_bundles(await bundles.in_force(db), of_firm),
        **mine,
    )


def _bundles(every: Sequence[bundles.Bundle], of_firm: bool) -> list[bundles.Bundle]:
    """The first of the city's bundles that are for whom the page is for."""
    return [one for one in every if (one.audience == "firm") == of_firm][:_BUNDLES]


async def _offered(
    db: Database, hot: Sequence[str], held: set[str], person: identity.Person | None
) -> catalogue.ItemVersion | None:
    """The first of the city's hot items, for who has nothing under way; none if she holds what it gives, or cannot
    apply for it with the paper of her account."""
    if not hot:
        return None
    item = await catalogue.current(db, hot[0])
    taken = person is None or item.takes(person.paper_kind)
    return item if taken and item.licence_type not in held else None


def _themes(
    themes: Iterable[catalogue.Theme], lines: Iterable[catalogue.Listed], *, firms_alone: bool
) -> list[dict[str, Any]]:
    """The themes that have items, for the home page: each with how many. A firm looks by the themes of firms alone."""
    counts = Counter(theme for line in lines for theme in line.card.themes)
    return [
        {"code": theme.code, "name": theme.name, "icon": theme.icon, "count": counts[theme.code]}
        for theme in themes
        if counts[theme.code] and (theme.of_firms or not firms_alone)
    ]


@get("/my", who="portal.mine")
async def mine(db: Database, actor: Actor) -> Response[Any]:
    """My page: account, cases, licences, inbox, who read my data; with a phone alone, the account is all there is."""
    assert actor.id is not None
    if actor.level < REAL_NAME and actor.acting is None:
        return redirect("/my/account")
    return page("portal/mine.html", person=await identity.person(db, actor.id), **await _mine(db, actor))


routes = [home, mine]
