"""Those of the matrix who act for somebody else, administer, or have too low a level, and what each has at hand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import zip_longest
from uuid import UUID

from tests.journeys.house import DEMO_PASSWORD, ITEM, House
from tests.journeys.powers import accept, act, offer
from tests.journeys.sessions import bucket_of_session, second_session
from tests.web.matrix import PARAMETER, Records, Route
from tests.web.matrix_expected import Due, Power, of_administrator, of_agent, of_owner_at
from tests.web.told import PUBLIC
from tongban.kit.acting import Errand, PowerKind
from tongban.kit.ids import bucket_of
from tongban.kit.policy import Duty
from tongban.tour.visitor import Visitor

#: An item that none of the records is about, one that a child may ask for, and one that a firm does.
OTHER_ITEM, CHILDS_ITEM, FIRMS_ITEM = "social_card", "social_card", "food_business"
#: What she who has a licence has begun besides.
DRAFTED = "clean_record"
#: What one of two agents may do; the other may do the rest.
HALF = frozenset({Errand.APPLY, Errand.FOLLOW, Errand.LICENCES})
REST = frozenset(Errand) - HALF
#: What a record may lack though it is hers: a hearing, an upload under way, a paper, a decision by a machine, a power
#: given in its name.
_RARE = re.compile(r"/hearing|/uploads|/papers/|/attachments/|/decisions/|/revoke$")
#: Whose routes are about a draft.
_OF_DRAFTS = frozenset({"cases.draft", "cases.submit", "cases.enclose"})


@dataclass(frozen=True)
class Has:
    """What somebody has: what stands for names in addresses, her draft, and what items it and the rest are about."""

    names: Mapping[str, str]
    draft: str
    item: str
    drafted: str

    def named(self, route: Route) -> dict[str, str]:
        """What stands for each name that is hers."""
        about_draft = {"case_id": self.draft, "code": self.drafted}
        return {**self.names, "code": self.item, **(about_draft if route.who in _OF_DRAFTS else {})}

    def about(self, route: Route) -> str | None:
        """The item that what the route names is about."""
        if "{case_id" in route.path or route.path.startswith("/apply/"):
            return self.drafted if route.who in _OF_DRAFTS else self.item
        return None


@dataclass(frozen=True)
class Reader:
    """Somebody who asks every route: through which session, what is due, and what stands for each name.

    ``has`` are the parameters for which she names a record that is there for her; ``hidden`` is what no answer may
    hold. ``buckets``: where nothing changes while she is refused.
    """

    browser: Visitor
    due: Callable[[Route], Due]
    names: Callable[[Route], dict[str, str]]
    has: frozenset[str]
    buckets: frozenset[int]
    hidden: tuple[str, ...] = ()

    def may_not_know(self, route: Route) -> bool:
        """Whether the route names what is not there for her, whatever the table opens."""
        asked = set(PARAMETER.findall(route.path)) - set(PUBLIC)
        return bool(asked - self.has) or bool(_RARE.search(route.path))


class Readers:
    """Each made when it is asked for; those whose power has ended are two of those who were asked before."""

    def __init__(self, house: House, records: Records) -> None:
        self._house, self._records = house, records
        self._owner = records.licence.owner
        #: What the one resident of the narrow powers has: a licence and its case, and a draft.
        self._hers = Has(records.licence.names, _draft(self._owner, DRAFTED), ITEM, DRAFTED)

    def agent_for_the_item(self) -> Reader:
        """Her power is for the item of the licence, not for that of the draft."""
        browser = second_session(self._house, self._records.limited)
        return self._acts(browser, "", Power(items=frozenset({ITEM})), self._hers, hidden=(self._hers.draft,))

    def agent_for_another_item(self) -> Reader:
        """Her power is for an item of which the principal has nothing."""
        power = Power(items=frozenset({OTHER_ITEM}))
        hidden = (self._hers.names["case_id"], self._hers.draft)
        return self._acts(*self._for_another_item, power, self._hers, hidden=hidden)

    def agent_for_one_half(self) -> Reader:
        """Her power is for some errands."""
        return self._acts(*self._halves[HALF], Power(errands=HALF), self._hers)

    def agent_for_the_other_half(self) -> Reader:
        """Her power is for the others."""
        return self._acts(*self._halves[REST], Power(errands=REST), self._hers)

    def agent_after_the_day(self) -> Reader:
        """Her power ended by itself a moment ago."""
        hers, power = self._halves[HALF]
        self._house.sql(
            """WITH ended AS (UPDATE identity.power SET until = now() - interval '1 s' WHERE id = $1)
            UPDATE kit.session SET acting = jsonb_set(acting, '{until}', to_jsonb(now() - interval '1 s'))
            WHERE power = $1""",
            UUID(power),
        )
        self._ended(hers)
        return self._acts(hers, power, Power(ended="授权已经到期"), self._hers)

    def agent_after_the_revocation(self) -> Reader:
        """The principal took her power back a moment ago."""
        hers, power = self._for_another_item
        self._owner.visit(f"/my/acting/{power}").post(f"/my/acting/{power}/revoke")
        self._ended(hers)
        return self._acts(hers, power, Power(ended="已经撤回给您的授权"), self._hers)

    def agent_of_too_low_a_level(self) -> Reader:
        """Her power is for everything, her own level is L1."""
        hers, power = self._records.agent.owner, self._records.power[self._owner]
        browser = second_session(self._house, act(hers, power), level=1)
        act(hers)
        return self._acts(browser, power, Power(level=1), self._hers)

    def owner_of_too_low_a_level(self) -> Reader:
        """Who holds the licence, at L1."""
        browser = second_session(self._house, self._owner, level=1)
        return self._reader(browser, partial(of_owner_at, level=1), self._hers.named)

    def security_administrator(self) -> Reader:
        """Who grants."""
        return self._administrator(Duty.SECURITY_ADMIN)

    def audit_administrator(self) -> Reader:
        """Who looks after what the others do."""
        return self._administrator(Duty.AUDIT_ADMIN)

    def guardian(self) -> Reader:
        """A mother who acts for her child of under fourteen, who has a draft."""
        mother = self._logged_in("work")
        child = next(
            one
            for one in self._house.world.get("/cast/children").json()
            if one["parent_id_number"] == self._demo["work"]["id_number"]
        )
        told = {"name": child["name"], "id_number": child["id_number"], "consent": "yes"}
        power = mother.visit("/my/acting/child").post("/my/acting/child", **told).path.rsplit("/", 1)[-1]
        return self._drafting(act(mother, power), power, Power("guardian"), CHILDS_ITEM)

    def representative(self) -> Reader:
        """A firm's legal representative."""
        return self._of_firm("work", "representative")

    def steward(self) -> Reader:
        """Whom the representative appointed to steward the firm's account."""
        return self._of_firm("home", "steward")

    def firms_agent(self) -> Reader:
        """Whom the steward appointed for one item."""
        person = self._house.person()
        hers = self._house.enrol(person)
        steward = self._of_firm("home", "steward").browser
        offer(steward, person, **{"kind": "agent", "scope": "some", "items-0": FIRMS_ITEM})
        # Among the firm's own it is one of several; of hers it is the only one.
        (power,) = set(re.findall(r"/my/acting/([0-9a-f-]{36})", hers.visit("/my/acting").html))
        accept(hers, power)
        reach = Power("agent", items=frozenset({FIRMS_ITEM}))
        return self._drafting(act(hers, power), power, reach, FIRMS_ITEM)

    # How each is made

    def _ended(self, agent: Visitor) -> None:
        """What changes something is refused at once, a page within two seconds: so long sessions are cached."""
        self._house.until(agent, "/my", lambda page: page.status == 403, "the end of the power")

    def _administrator(self, duty: Duty) -> Reader:
        browser = second_session(self._house, self._records.administrators[duty])
        return self._reader(
            browser, partial(of_administrator, duty=duty), lambda _: self._records.staff.names
        )

    @cached_property
    def _for_another_item(self) -> tuple[Visitor, str]:
        return self._given(**{"scope": "some", "items-0": OTHER_ITEM})

    @cached_property
    def _halves(self) -> dict[frozenset[Errand], tuple[Visitor, str]]:
        """Two agents, each with one half of the errands."""
        names = [f"errands-{place}" for place in range(len(Errand) + 1)]
        return {
            half: self._given(**dict(zip_longest(names, sorted(half), fillvalue=""))) for half in (HALF, REST)
        }

    def _given(self, **narrower: str) -> tuple[Visitor, str]:
        """Somebody new who acts by a power of that resident, and the power."""
        person = self._house.person()
        hers = self._house.enrol(person)
        power = offer(self._owner, person, **narrower)
        accept(hers, power)
        return act(hers, power), power

    @cached_property
    def _demo(self) -> dict[str, dict[str, str]]:
        return {one["key"]: one for one in self._house.world.get("/cast/demo").json()}

    def _logged_in(self, key: str) -> Visitor:
        """One of the demo city's people, come in by a text message."""
        phone = self._demo[key]["phone"]
        self._house.a_minute_passes()
        page, after = self._house.visitor(), self._house.newest(phone)
        page.visit("/login?next=/my").post("/login", account=phone, password=DEMO_PASSWORD)
        page.post("/login/code", code=self._house.message(phone, after))
        assert page.path == "/my", (page.status, page.path, page.text[:600])
        return page

    def _of_firm(self, key: str, kind: PowerKind) -> Reader:
        """Who acts for a firm of the demo city by what she is there."""
        hers = self._logged_in(key)
        held = re.findall(r"/my/acting/([0-9a-f-]{36})", hers.visit("/my/acting").html)
        (row,) = self._house.sql(
            "SELECT id FROM identity.power WHERE id = ANY($1) AND kind = $2", [*map(UUID, set(held))], kind
        )
        power = str(row["id"])
        return self._drafting(act(hers, power), power, Power(kind), FIRMS_ITEM)

    def _drafting(self, browser: Visitor, power: str, reach: Power, item: str) -> Reader:
        """An agent who has begun a draft of this item in the principal's name."""
        draft = _draft(browser, item)
        return self._acts(browser, power, reach, Has({"case_id": draft}, draft, item, item))

    def _acts(
        self, browser: Visitor, power: str, reach: Power, has: Has, *, hidden: tuple[str, ...] = ()
    ) -> Reader:
        """Who acts by a power for somebody who has this."""

        def due(route: Route) -> Due:
            said = of_agent(route, reach, has.about(route))
            # A notice about what the power does not reach to is not there for her.
            narrow = reach.items is not None and has.item not in reach.items
            return Due("unknown") if said.what == "in" and narrow and "{notice" in route.path else said

        def names(route: Route) -> Mapping[str, str]:
            return has.named(route) | ({"power_id": power} if power else {})

        return self._reader(browser, due, names, hidden=hidden)

    def _reader(
        self,
        browser: Visitor,
        due: Callable[[Route], Due],
        hers: Callable[[Route], Mapping[str, str]],
        *,
        hidden: tuple[str, ...] = (),
    ) -> Reader:
        some = hers(Route("GET", "/", ""))
        ids = [UUID(some[one]) for one in ("case_id", "officer") if one in some]
        buckets = frozenset({bucket_of_session(browser), *map(bucket_of, ids)})
        return Reader(
            browser,
            due,
            lambda one: {**self._records.names(one), **hers(one)},
            frozenset(some),
            buckets,
            hidden,
        )


def _draft(browser: Visitor, item: str) -> str:
    """A draft of this item that there is, or a new one, of herself or her principal; gives its id."""
    begun = re.compile(rf"/(?:apply/{item}|my/cases)/([0-9a-f-]{{36}})")
    if not any(map(begun.match, browser.visit(f"/apply/{item}").links)):
        browser.post(f"/apply/{item}")
    found = next(filter(None, map(begun.match, (browser.path, *browser.links))), None)
    assert found, (browser.path, browser.text[:600])
    return found[1]
