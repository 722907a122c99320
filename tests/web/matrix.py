"""Every route of the house, and the records that its ids name: people with a draft, a case, a licence, a power."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

from tests.journeys.administrators import administrators, joiner
from tests.journeys.house import ITEM, House, Person
from tests.journeys.powers import accept, act, offer
from tests.journeys.sessions import second_session
from tests.web.told import BEARS, PUBLIC, QUESTION, SHOULD, TOLD
from tongban import rooms
from tongban.kit.web import assets, floor, preferences
from tongban.kit.web.access import BY_CREDENTIALS
from tongban.tour.visitor import Visitor

#: What changes a record for good comes last, so that the others still find it.
LAST = (
    "/discard",
    "/submit",
    "/submission",
    "/withdraw",
    "/withdrawal",
    "/end-others",
    "/logout/confirm",
    "/logout",
)
PARAMETER = re.compile(r"\{(\w+):\w+\}")


@dataclass(frozen=True)
class Route:
    """One line of the house's table of routes; other machines' doors take no session, so no form's token."""

    method: str
    path: str
    who: str
    by_credentials: bool = False

    @property
    def unsafe(self) -> bool:
        return self.method != "GET"


def routes() -> list[Route]:
    """Every route, those that end a record last."""
    handlers = [*rooms.routes(), *preferences.routes, floor.livez, floor.readyz, assets.asset]
    found = [
        Route(method, path, handler.opt["who"], handler.opt.get(BY_CREDENTIALS, False))
        for handler in handlers
        for path in sorted(handler.paths)
        for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"})
    ]
    return sorted(
        found,
        key=lambda one: next((1 + place for place, end in enumerate(LAST) if one.path.endswith(end)), 0),
    )


@dataclass(frozen=True)
class Record:
    """A personal record: its owner's browser, its department's officer, and what stands for it in an address."""

    owner: Visitor
    officer: Visitor
    names: dict[str, str]


class Records:
    """Three people with a draft, a submitted case and a licence, and those whom none of it concerns."""

    def __init__(self, house: House) -> None:
        self.people: list[Person] = []
        self._applicants: dict[str, Person] = {}
        self._acting: dict[str, tuple[Visitor, str]] = {}
        self._officers: dict[str, Visitor] = {}
        self._uploads: dict[str, str] = {}
        self._house = house
        self.draft = self._draft(house)
        self.case = self._case(house)
        self.accepted = self._accepted(house)
        self.licence = self._licence(house)
        home = house.person()["facts"]["residence"]["district"]
        self.another = house.enrol(self._met(house.person()))
        far, asked = [one for one in DISTRICTS if one not in (self._district, home)][:2]
        self.elsewhere = self._officer(far)
        self.question = self._question(house, asked)
        self.hearing, self.interested = self._hearing(house)
        self.principal, self.agent, self.power = self._power(house)
        self.limited = self._limited(house)
        self.helped = self._helped(house)
        self.request = self._request(house)
        self.bundle = self._bundle(house)
        self.at_hall = self._at_hall(house)
        self.colleague = self._colleague(house)
        self.anybody = house.visitor()
        self.administrators = administrators(house)
        self.staff = Record(self.case.owner, self.case.officer, joiner(self.administrators, self._district))

    def _met(self, person: Person) -> Person:
        self.people.append(person)
        return person

    def _officer(self, district: str) -> Visitor:
        """The officer of a district in a session of her own; she logs in once."""
        if district not in self._officers:
            self._officers[district] = self._house.new_officer(district)
        return second_session(self._house, self._officers[district])

    def _power(self, house: House) -> tuple[Record, Record, dict[Visitor, str]]:
        """A power that waits, as both its sides see it; and the powers by which the agent acts for other owners."""
        agent = self._met(house.person())
        hers = house.enrol(agent)
        giver = house.enrol(self._met(house.person()))
        officer = self._officer(self._district)
        waits = offer(giver, agent)
        stands = {}
        for one in (self.draft, self.case, self.accepted, self.licence, self.hearing):
            power = offer(one.owner, agent)
            accept(hers, power)
            stands[one.owner] = power
        names = {"power_id": waits}
        return Record(giver, officer, names), Record(hers, officer, names), stands

    def _limited(self, house: House) -> Visitor:
        """Who acts for the licence's holder by a power for the one item that she applied for."""
        agent = self._met(house.person())
        hers = house.enrol(agent)
        power = offer(self.licence.owner, agent, **{"scope": "some", "items-0": ITEM})
        accept(hers, power)
        return act(hers, power)

    def _helped(self, house: House) -> Record:
        """Somebody whom an officer helps at the window, before she has signed; an account with a phone comes after."""
        person, officer = self._met(house.person()), self._officer(self._district)
        typed = {"name": person["name"], "id_number": person["id_number"], "item": ITEM, "seen": "yes"}
        officer.visit("/desk/assist").post("/desk/assist", **typed)
        return Record(house.enrol(person), officer, {"power_id": officer.path.split("/")[3]})

    def _request(self, house: House) -> Record:
        """A request about her data that waits for the police of the district, with a file."""
        owner, officer = self.case.owner, self.case.officer
        owner.visit(f"/my/data/wrong?of=identity.account.name&district={self._district}")
        owner.post("/my/data/wrong", should=SHOULD)
        waits = re.compile(r"/desk/requests/([0-9a-f-]{36})/([0-9a-f-]{36})$")
        subject, request = next(
            (found[1], found[2])
            for found in map(waits.match, officer.visit("/desk/requests").links)
            if found and found[1] == self.case.names["applicant"]
        )
        names = {
            "subject": subject,
            "request_id": request,
            "file_id": house.keep_file(subject, f"request:{request}"),
        }
        return Record(owner, officer, names)

    def _at_hall(self, house: House) -> Visitor:
        """An officer at a window of the hall where every case of these was filed; of another department than theirs."""
        house.sql(
            'UPDATE cases."case" SET hall = $1 WHERE id = ANY($2)',
            f"hall-{HALL}",
            [UUID(one.names["case_id"]) for one in self.cases],
        )
        return house.at_desk(f"window-{HALL}")

    def _colleague(self, house: House) -> Visitor:
        """An officer of the department who examines there, and has none of these cases in hand."""
        login = f"vet-{DISTRICTS[-1]}"
        house.sql(
            "UPDATE identity.staff SET duties = '{examine}', department = $2 WHERE username = $1",
            *(login, f"police-{self._district}"),
        )
        return house.at_desk(login)

    def acting_for(self, owner: Visitor) -> tuple[Visitor, str]:
        """A session in which the agent acts for this owner, by her power for everything, and the owner's account."""
        power = self.power[owner]
        if power not in self._acting:
            browser = act(second_session(self._house, self.agent.owner), power)
            told = browser.client.get("/api/v1/session").json()["acting"]
            self._acting[power] = browser, told["principal"]
        return self._acting[power]

    @property
    def cases(self) -> tuple[Record, ...]:
        """Those whose record is a case that has been filed."""
        return self.case, self.accepted, self.question, self.hearing

    def _draft(self, house: House) -> Record:
        person, owner, case = house.applying()
        self._met(person)
        return Record(owner, self._officer(person.district), {"case_id": case})

    def _case(self, house: House) -> Record:
        person, owner, case = house.submitted()
        self._applicants[case] = person
        self._district = self._met(person).district
        officer = self._officer(person.district)
        applicant = house.desk_path(owner, officer, case).split("/")[2]
        file = house.keep_file(applicant, case)
        names = {"case_id": case, "applicant": applicant, "file_id": file, "move": "recheck"}
        return Record(owner, officer, names)

    def _accepted(self, house: House) -> Record:
        person, owner, case = house.submitted(district=self._district)
        self._applicants[case] = person
        officer = self._officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept")
        return Record(owner, officer, {"case_id": case, "applicant": desk.split("/")[2]})

    def _licence(self, house: House) -> Record:
        person, owner, case = house.submitted(district=self._district)
        self._applicants[case] = person
        officer = self._officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept").post("/recheck", to=f"{desk}/approve")
        pattern = re.compile(r"/my/licences/([0-9a-f-]{36})$")
        house.until(owner, "/my/licences", lambda page: any(map(pattern.match, page.links)), "the licence")
        licence = next(found[1] for found in map(pattern.match, owner.links) if found)
        face = f"/my/licences/{licence}"
        house.until(owner, face, lambda page: f"{face}/code" in page.links, "its code")
        token = owner.visit(f"{face}/code").path.removeprefix("/verify/")
        house.until(owner, "/my/inbox", lambda page: "/my/inbox/" in page.html, "a notice")
        notice = owner.form().action.rsplit("/", 1)[-1]
        kept = re.compile(r"/desk/archive/([0-9a-f-]{36})$")
        house.until(officer, "/desk/archive", lambda page: any(map(kept.match, page.links)), "the package")
        archived = next(found[1] for found in map(kept.match, officer.links) if found)
        names = {"case_id": case, "licence": licence, "notice": notice, "asked": token, "archived": archived}
        return Record(owner, officer, {**names, "move": "suspend"})

    def _question(self, house: House, asked: str) -> Record:
        """A case on which another department is asked its opinion; its officer is that department's."""
        person, owner, case = house.submitted(district=self._district)
        self._applicants[case] = person
        officer = self._officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept")
        officer.post(
            "/recheck",
            to=f"{desk}/forms/consult",
            department=f"police-{asked}",
            days="3",
            reason=QUESTION,
        )
        applicant = desk.split("/")[2]
        names = {"case_id": case, "applicant": applicant, "file_id": house.keep_file(applicant, case)}
        return Record(owner, self._officer(asked), names)

    def _hearing(self, house: House) -> tuple[Record, Record]:
        """A case whose applicant has been told of her right to a hearing, and the same to her whom it bears on."""
        person, owner, case = house.submitted(district=self._district)
        self._applicants[case] = person
        officer = self._officer(self._met(person).district)
        desk = house.desk_path(owner, officer, case)
        officer.post("/recheck", to=f"{desk}/accept")
        officer.visit(f"{desk}/hearing").post("/hearing", do="tell", **TOLD)
        names = {"case_id": case, "applicant": desk.split("/")[2]}
        bears_on = self._met(house.person())
        hers = house.enrol(bears_on)
        who = {"name": bears_on["name"], "number": bears_on["id_number"]}
        officer.visit(f"{desk}/hearing").post("/hearing", **who, **BEARS | {"do": "tell_interested"})
        return Record(owner, officer, names), Record(hers, officer, names)

    def _bundle(self, house: House) -> Record:
        """A birth that is done once, begun and not sent; the agent acts for whose it is."""
        owner = self.case.owner
        owner.visit("/bundles/birth/guide?certificate=yes&hukou=no&resident=no&registered=yes&insured=no")
        run = owner.post("/bundles/birth").path.split("/")[3]
        return Record(owner, self.case.officer, {"run_id": run})

    def told_of(self, record: Record) -> list[str]:
        """What a masked page of a case keeps back: its applicant's name and number."""
        return [str(self._applicants[record.names["case_id"]][key]) for key in ("name", "id_number")]

    def of(self, route: Route) -> Record:
        """The record that the route's ids name."""
        if route.path.startswith(("/desk/staff", "/desk/assist/")):
            return self.staff if route.path.startswith("/desk/staff") else self.helped
        asked = set(PARAMETER.findall(route.path)) - {"code", "bundle"}
        if asked & {"request_id", "power_id"}:
            hers = self.agent if route.who == "identity.answer_power" else self.principal
            return self.request if "request_id" in asked else hers
        if asked & {"licence", "notice", "asked", "archived"}:
            return self.licence
        if asked & {"run_id", "form"}:
            return self.bundle if "run_id" in asked else self.accepted
        if route.path.startswith("/desk/opinions/"):
            return self.question
        if "/interested/" in route.path:
            return self.interested
        if "/hearing" in route.path:
            return self.hearing
        return (
            self.draft if route.path.startswith("/apply") or route.path.endswith("submission") else self.case
        )

    def names(self, route: Route) -> dict[str, str]:
        """What stands for each parameter of the route; an upload is one of its own, for one of the three ends it."""
        names = {**PUBLIC, **self.of(route).names}
        if route.who == "public.assets":
            names["name"] = "app.css"
        if "{upload_id:" in route.path:
            names["upload_id"] = self._upload(names["case_id"])
        return names

    def _upload(self, case: str) -> str:
        """An upload under way for this case: the last one that was begun, or another where that was ended."""
        last = self._uploads.get(case)
        if last is None or not self._house.sql("SELECT 1 FROM kit.upload WHERE id = $1", UUID(last)):
            self._uploads[case] = last = self._house.begin_upload(case)
        return last


#: The district in whose hall they were filed.
HALL = "310115"
DISTRICTS = ("310101", "310104", "310105", "310106")
