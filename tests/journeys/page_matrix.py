"""Every page of the house, in which browser it is looked at, and what may be wrong with it there."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, Page

from tests.chromium import judging, violations
from tests.journeys.browser import DESKTOP, PHONE
from tests.journeys.house import Person
from tests.journeys.rare_pages import RARE, RareRecords
from tests.web.matrix import PARAMETER, Records, Route, routes
from tests.web.matrix_expected import expected
from tests.web.test_english import LAW, chinese, data_of
from tests.web.told import BEARS, PUBLIC, QUESTION, SHOULD, TOLD
from tongban import demo, demo_staff
from tongban.kit.i18n import Language
from tongban.kit.policy import Relation, Role
from tongban.tour.visitor import Visitor

Look = Literal["light", "dark", "elder"]


@dataclass(frozen=True)
class Cell:
    """One browser: how wide, in which language, with or without scripts, in which look."""

    width: int
    language: Language
    script: bool
    look: Look

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{'scripts' if self.script else 'plain'}-{self.look}"


#: Each width with each language, each look once with scripts, for axe, and one browser without.
COVERING = (
    Cell(PHONE, "zh", True, "light"),
    Cell(DESKTOP, "en", False, "light"),
    Cell(PHONE, "en", True, "dark"),
    Cell(DESKTOP, "zh", True, "elder"),
)
#: Where the covering selection looks at every page, and at those of rare records: on a phone in English, where words
#: need most room. Of the other browsers each page is seen in one, in turn.
ALWAYS = COVERING[2]
WHOLE = tuple(
    Cell(width, language, script, look)
    for width, language, script, look in itertools.product(
        (PHONE, DESKTOP), ("zh", "en"), (True, False), ("light", "dark", "elder")
    )
)


@dataclass(frozen=True)
class Place:
    """A page as somebody sees it: her browser's cookies, the address, and the status that is due."""

    who: str
    visitor: Visitor
    path: str
    status: int = 200
    #: What is pressed there first, one after the other: the page that a form answers with is judged.
    press: tuple[str, ...] = ()
    leads: bool = False


#: Pages that the table of routes does not name: refusals, a search with and without hits, parts of the pattern library.
MORE = (
    ("/nowhere", 404),
    ("/search?q=居住", 200),
    ("/search?q=zzzz", 200),
    ("/verify/1.2.156.3005.2.1", 422),
    ("/items/nothing", 404),
    ("/start/home?kind=used&loan=fund&withdraw=yes&hukou=yes&utilities=yes", 200),
    ("/start/moving_in?hukou=local", 200),
    ("/items/food_business_renewal", 200),
    ("/style/desk", 200),
    ("/style/forms", 200),
)
#: What an address answers that lacks what its page is about: no code was sent, the draft is not complete.
DUE = {
    "/login/code": 422,
    "/staff/login/code": 422,
    "/enrol/code": 422,
    "/enrol/phone/code": 422,
    "/recover/code": 422,
    "/account/merge/code": 422,
    "/account/phone/code": 422,
    "/enrol/waiting": 422,
    "/enrol/found": 422,
    "/staff/login/totp": 422,
    "/staff/login/passkey": 422,
    "/oidc/authorize": 400,
    "/my/bundles/{run_id:uuid}/check": 422,
}
#: Addresses that lead on to another page: the code is a link that whoever scans it opens; a review of nothing in
#: particular leads to the table; no face check was begun.
LEADING = {
    *("/my/licences/{licence:uuid}/code", "/my/data/review", "/account/level/face/go"),
    # One that is not sent has its form for its progress, and nothing to take back or put right.
    *("/my/bundles/{run_id:uuid}", "/my/bundles/{run_id:uuid}/withdraw", "/my/bundles/{run_id:uuid}/correct"),
    # A commitment is signed once the form is filled in.
    "/my/bundles/{run_id:uuid}/commitment/{item:str}",
}
#: One page under two addresses: a verdict; an authenticator is offered anew to one who has none yet.
TWINS = ("/check/", "/staff/account/totp/replace")
#: Whoever has nothing yet sees these empty.
LISTS = ("/", "/my", "/my/cases", "/my/bundles", "/my/materials", "/my/licences", "/my/inbox", "/my/readings")
#: Addresses that are no pages: for programs, or files.
_OTHER = re.compile(
    r"^/(api|preferences|static|\.well-known)/|^/(livez|readyz)$|\.(svg|pdf|csv|jsonl|py)$|/papers/|/files/|/uploads/|/scan/state$"
    #: On the way between here and a department's system: looked at in test_foreign_systems.py.
    r"|^/oidc/(userinfo|resume|decline)$|\.json$"
)


def places(records: Records, rare: RareRecords | None) -> list[Place]:
    """Every page that a visitor, residents with records, one without and officers can come to."""
    found = [Place("visitor", records.anybody, path, status) for path, status in MORE]
    for route in routes():
        if route.unsafe or _OTHER.search(route.path) or route.path in RARE:
            continue
        record = records.of(route)
        path = PARAMETER.sub(lambda name, known=PUBLIC | record.names: known[name[1]], route.path)  # type: ignore[misc]
        found += [
            Place(who, visitor, path, DUE.get(route.path, 200), leads=route.path in LEADING)
            for who, visitor in _who(records, route)
        ]
    found += (
        [Place(one.who, one.visitor, one.path, one.status, one.press) for one in rare.pages] if rare else []
    )
    found += [Place("newcomer", records.another, path) for path in LISTS]
    found.append(Place("window", records.at_hall, "/desk/hall"))
    found += [Place("elsewhere", records.elsewhere, path) for path in ("/desk", "/desk/done")]
    return found


def seen_in(cell: Cell, everywhere: Sequence[Place]) -> list[Place]:
    """The pages that the covering selection looks at in this browser; the elder look is made for residents."""
    if cell == ALWAYS:
        return list(everywhere)
    turns = [one for one in COVERING if one != ALWAYS]
    staff = [one for one in turns if one.look != "elder"]
    found = []
    for number, place in enumerate(everywhere):
        among = staff if place.who in {"officer", "elsewhere", "window"} else turns
        if among[number % len(among)] == cell:
            found.append(place)
    return found


def by_person(found: Sequence[Place]) -> list[Place]:
    """The same pages, each person's together: she comes with her cookies, and what the last one left is cleared."""
    turns: dict[tuple[str, int], int] = {}
    for place in found:
        turns.setdefault((place.who, id(place.visitor)), len(turns))
    return sorted(found, key=lambda place: turns[place.who, id(place.visitor)])


def judged_in(cell: Cell, everywhere: Sequence[Place], in_turns: Sequence[Place]) -> set[Place]:
    """Of the pages seen there those that axe judges, each in one browser of the covering selection: in its turn, and in
    :data:`ALWAYS` where its turn has no scripts. ``in_turns``: the pages that have turns; rare ones have none."""
    if cell != ALWAYS:
        return set(seen_in(cell, in_turns)) if cell.script else set()
    with_axe = [one for one in COVERING if one.script and one != ALWAYS]
    return set(everywhere) - {place for one in with_axe for place in seen_in(one, in_turns)}


def _who(records: Records, route: Route) -> Iterator[tuple[str, Visitor]]:
    """A public page is seen by a visitor, the others by their owner or the officer of their department."""
    record = records.of(route)
    if expected(route, Role.VISITOR, Relation.ANY) == "in":
        yield "visitor", records.anybody
    if route.path == "/" or expected(route, Role.VISITOR, Relation.ANY) != "in":
        if expected(route, Role.RESIDENT, Relation.OWN) == "in":
            yield "resident", record.owner
        if route.path != "/" and expected(route, Role.OFFICER, Relation.DEPARTMENT) == "in":
            yield "officer", record.officer
        elif route.path != "/" and expected(route, Role.OFFICER, Relation.HALL) == "in":
            yield "window", records.at_hall
        elif expected(route, Role.RESIDENT, Relation.OWN) != "in":
            for duty, visitor in records.administrators.items():
                if expected(route, Role.ADMINISTRATOR, Relation.ANY, duty=duty) == "in":
                    yield str(duty), visitor
                    break


_ID = re.compile(r"/[0-9a-f-]{36}")

#: Names of the demo people in the pattern library, and what one searched for.
SAMPLES = ("居住", "李文静", "李*静", "赵*梅", "陈*", "王*强", "徐*宁")
#: What officers are called in the demo, what one asks another department, what one tells an applicant.
SAID_BY_OFFICERS = (
    *(f"{family}{title}" for family in demo_staff._SURNAMES for title in demo_staff.TITLES),
    *(
        f"{family}{title}"
        for family in demo._SURNAMES
        for title in ("警官", "科员", "科长", "局长", "副局长", "法制员")
    ),
    QUESTION,
    SHOULD,
    "李*文",
    *TOLD.values(),
    *BEARS.values(),
)

#: What a browser can tell of a page without scripts of the page's own.
_LOOK_AROUND = """() => {
  const seen = (one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && getComputedStyle(one).visibility !== "hidden";
  };
  const name = (one) => one.outerHTML.slice(0, 120);
  const page = document.documentElement;
  const fields = [...document.querySelectorAll("input:not([type=hidden]), select, textarea")];
  const targets = [...document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden])")];
  const small = (one) => {
    const box = one.getBoundingClientRect();
    // In a sentence a link is as high as its line (WCAG 2.5.8); a box's label is its target too.
    const label = one.labels?.[0]?.getBoundingClientRect();
    const height = Math.max(box.height, label?.height ?? 0), width = Math.max(box.width, label?.width ?? 0);
    return getComputedStyle(one).display !== "inline" && Math.min(height, width) < 23.5;
  };
  return {
    lang: page.lang,
    sideways: page.scrollWidth - page.clientWidth,
    headings: [...document.querySelectorAll("h1")].filter((one) => one.checkVisibility()).length,
    unnamed: fields.filter((one) => !one.labels?.length && !one.getAttribute("aria-label")).map(name),
    small: targets.filter((one) => seen(one) && !one.closest("[aria-hidden=true]") && small(one)).map(name),
  };
}"""


class Looker:
    """A browser of one cell that goes from page to page and notes what is wrong with each."""

    def __init__(self, browser: Browser, base: str, cell: Cell, data: tuple[str, ...]) -> None:
        self.browser, self.base, self.cell, self.data = (
            browser,
            base,
            cell,
            (*data, *SAMPLES, *SAID_BY_OFFICERS, LAW),
        )
        self.titles: dict[tuple[str, str], str] = {}
        self.faults: list[str] = []
        self.judged = self.looked = 0
        #: Where the pictures of the pages go; none are taken without it.
        self.pictures = Path(folder) if (folder := os.environ.get("TONGBAN_PICTURES")) else None
        self._window: Page | None = None
        #: Whose pages are looked at in it.
        self._who = ""
        self._said: list[str] = []

    def look(self, place: Place, *, judge: bool = True) -> None:
        """Open the page and note its faults; ``judge``: those that axe finds too, where there are scripts."""
        page = self._page_of(place)
        self._said.clear()
        answer = page.goto(self.base + place.path)
        assert answer is not None
        said, came = answer.text(), page.url.removeprefix(self.base).partition("#")[0]
        for selector in place.press:
            page.locator(selector).first.click()
            page.wait_for_load_state("load")
            said = page.content()
        if self.pictures is not None:
            path = _ID.sub("", place.path) + (" pressed" if place.press else "")
            name = re.sub(r"[^\w]+", "-", f"{place.who}{path}"[:60])
            page.screenshot(path=self.pictures / f"{self.cell}-{self.looked:03}-{name}.png", full_page=True)
        self.looked += 1
        found = [*self._of_answer(place, answer.status, said), *self._of_page(page)]
        found += [f"says {words}" for words in self._said]
        if self.cell.script and judge:
            found += [f"axe {fault}" for fault in violations(page)]
            self.judged += 1
        if came.partition("?")[0] != place.path.partition("?")[0] and not place.leads:
            found.append(f"leads to {came}")
        if place.status == 200 and not place.press and not place.path.startswith(TWINS):
            path = page.url.removeprefix(self.base)
            first = self.titles.setdefault((place.who, page.title()), path)
            found += [f"is called {page.title()!r} as {first} is"] if first != path else []
        self.faults += [f"{place.who} {place.path}: {fault}" for fault in found]

    def _page_of(self, place: Place) -> Page:
        """The window, with her cookies and the cell's preferences in it and nothing of whoever looked before."""
        if self._window is None:
            self._window = self._opened()
        who, page = place.who + str(id(place.visitor)), self._window
        if who != self._who:
            if self._who:
                page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
                page.goto("about:blank")
            own = {"tongban_language": self.cell.language}
            own |= {"tongban_theme": "dark" if self.cell.look == "dark" else "light"}
            own |= {"tongban_elder": "1"} if self.cell.look == "elder" else {}
            hers = {a.name: a.value or "" for a in place.visitor.client.cookies.jar if a.name not in own}
            page.context.clear_cookies()
            page.context.add_cookies(
                [{"name": name, "value": value, "url": self.base} for name, value in (hers | own).items()]
            )
            self._who = who
        return page

    def _opened(self) -> Page:
        """One window for all: a new one for each person fetches and compiles all anew that their pages share."""
        context = self.browser.new_context(
            viewport={"width": self.cell.width, "height": 844 if self.cell.width == PHONE else 900},
            java_script_enabled=self.cell.script,
            locale="en" if self.cell.language == "en" else "zh-CN",
        )
        page = (judging(context) if self.cell.script else context).new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self._said.append(str(error)))
        return page

    def _heard(self, message: Any) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self._said.append(message.text)

    def _of_answer(self, place: Place, status: int, said: str) -> Iterator[str]:
        if status != place.status:
            yield f"answers {status}, not {place.status}"
        if self.cell.language == "en":
            left = chinese(said, self.data)
            if left:
                yield f"is Chinese in {left[:3]}"

    def _of_page(self, page: Page) -> Iterator[str]:
        seen = page.evaluate(_LOOK_AROUND)
        if seen["lang"] != ("en" if self.cell.language == "en" else "zh-CN"):
            yield f"has the language {seen['lang']}"
        if seen["sideways"] > 0:
            yield f"scrolls {seen['sideways']} px sideways"
        if seen["headings"] != 1 and "/desk" not in page.url and "/style/" not in page.url:
            yield f"has {seen['headings']} h1"
        yield from (f"has a field without a name: {one}" for one in seen["unnamed"])
        yield from (f"has a target smaller than 24 px: {one}" for one in seen["small"])

    def close(self) -> None:
        """Put the browser's window away."""
        if self._window is not None:
            self._window.context.close()
            self._window = None


def known_of(people: Sequence[Person]) -> tuple[str, ...]:
    """What is data on these people's pages and may be Chinese on an English page."""
    return tuple(word for person in people for word in data_of(person))
