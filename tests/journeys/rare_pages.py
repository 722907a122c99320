"""Records that a residence permit does not give, and the pages that are about them.

A café's licence with an inspection, with a correction that wants a photo and with a hearing at each of its stages, a
marriage that waits for the other's word, a draft that is complete, a refusal; filed over HTTP, as quickly as that goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests import filling
from tests.cases.test_interested import HEARD as HELD
from tests.conftest import CITY
from tests.journeys.house import House, Person
from tests.kit import sample_files
from tests.web.matrix import Record
from tests.web.told import BEARS, TOLD
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock, forms
from tongban.tour import food
from tongban.tour.visitor import Visitor

#: Pages whose record is one of these; under the permit's they answer with a refusal or lead elsewhere.
RARE = {
    "/apply/{code:str}/{case_id:uuid}/check",
    "/apply/{code:str}/{case_id:uuid}/commitment",
    "/my/confirmations/{case_id:uuid}",
    "/my/cases/{case_id:uuid}/correct",
    "/desk/{applicant:uuid}/{case_id:uuid}/contested",
    "/desk/{applicant:uuid}/{case_id:uuid}/inspection",
    "/desk/{applicant:uuid}/{case_id:uuid}/inspection/{part:str}",
}
WRONG = "布局图与现场不一致，请重新拍摄。"
VISIT = "需要到现场核查布局和设备是否一致。"
UNMET = "水池的位置与图纸不一致"
REFUSED = "居住地址与登记不一致，不符合条件。"
DISAGREES = "登记的地址就是现在居住的地址，请重新核对。"
PHOTO = "水池.jpg"
#: What is granted on commitment, without a paper to be sent.
PROMISED = "public_place_hygiene"


def _typed(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict):
            for cell in one.values():
                yield from _typed(cell)
        elif isinstance(one, str) and not one.isascii():
            yield one


#: A record of a hearing that was held in January, and a firm that it bears on.
RECORD = HELD | {"began": "2026-01-05T09:30", "ended": "2026-01-05T11:00"}
FIRM = {"name": "示例物业服务有限公司", "number": "", "address": "示范市黄浦区示范路 8 号"}
PLACE = "示范路一号三楼听证室"
#: What was typed in Chinese, which stays so on an English page.
TYPED = (
    *(word for value in food.CAFE.values() for word in _typed(value)),
    *food.WRONG.values(),
    *(WRONG, VISIT, UNMET, REFUSED, DISAGREES, PHOTO, PLACE, "示范内容" * 2),
    *(words for said in (RECORD, FIRM) for words in said.values() if not words.isascii()),
)


#: The hour of a fixed hearing has come, and before it the last day of whom it bears on; her record's day is over.
_HOUR_COMES = """
UPDATE cases."case" SET hearing = jsonb_set(
    jsonb_set(
        jsonb_set(hearing, '{sitting,at}', '"2026-01-05T01:30:00Z"'), '{lasting,others,0,served}', '"2025-12-22"'
    ),
    '{lasting,others,0,until}', '"2025-12-29"'
) WHERE id = $1
"""


@dataclass(frozen=True)
class Rare:
    """One of the pages: who sees it, where it is, and what is pressed there first."""

    who: str
    visitor: Visitor
    path: str
    status: int = 200
    press: tuple[str, ...] = ()


class RareRecords:
    """The records, made once, and every page that is about them."""

    def __init__(self, house: House, accepted: Record, district: str) -> None:
        self.people: list[Person] = []
        self._house, self._district, self._officer = house, district, accepted.officer
        self._accepted = "/desk/{applicant}/{case_id}".format(**accepted.names)
        self.examiner, self.approver = house.at_desk(food.ACCOUNT), house.at_desk(f"{food.ACCOUNT}-approve")
        self.pages = [*self._inspected(), *self._corrected(), *self._joint(), *self._drafted()]
        self.pages += [*self._refused(), *self._desks(), *self._heard()]

    def _person(self) -> tuple[Person, Visitor]:
        person = self._house.person(district=self._district)
        self.people.append(person)
        return person, self._house.enrol(person)

    def _desk(self, owner: Visitor, case: str) -> str:
        return self._house.desk_path(owner, self.examiner, case)

    def _inspected(self) -> Iterator[Rare]:
        """The clock stands still, the record is begun: the desk's pages, and the owner's."""
        _, owner = self._person()
        case = filed(owner, food.FOOD, **food.CAFE)
        desk = self._desk(owner, case)
        self.examiner.post("/recheck", to=f"{desk}/accept")
        self.examiner.visit(f"{desk}/forms/special")
        self.examiner.post("/forms/special", kind="site_inspection", days="5", reason=VISIT)
        home = f"{desk}/inspection"
        for part, given in (
            ("layout_as_filed", {"finding": "unmet", "words": UNMET}),
            ("hand_washing", {"finding": "met"}),
        ):
            self.examiner.visit(f"{home}/{part}")
            self.examiner.send(
                home + f"/{part}",
                "photos",
                "水池.jpg",
                sample_files.photo(),
                "image/jpeg",
                _go="upload",
                **given,
            )
        for path in (desk, home, *(f"{home}/{part}" for part in ("about", "layout_as_filed", "end"))):
            yield Rare("officer", self.examiner, path)
        yield Rare("officer", self.examiner, f"{desk}/forms/resumption")
        yield Rare("resident", owner, f"/my/cases/{case}")

    def _corrected(self) -> Iterator[Rare]:
        """An answer and a paper are to be put right."""
        _, owner = self._person()
        case = filed(owner, food.FOOD, **food.CAFE)
        desk = self._desk(owner, case)
        ask = f"{desk}/correction"
        self.examiner.visit(ask)
        said = {"said-staff_count": food.WRONG["staff_count"], "said-file_layout": WRONG}
        self.examiner.post("/correction", **said, _go="send")
        assert self.examiner.path == desk, self.examiner.text[:600]
        yield Rare("resident", owner, f"/my/cases/{case}")
        yield Rare(
            "resident", owner, f"/my/cases/{case}/correct", press=("button.btn[name=_go][value=send]",)
        )
        _, other = self._person()
        desk = self._desk(other, filed(other, food.FOOD, **food.CAFE))
        yield Rare(
            "officer",
            self.examiner,
            f"{desk}/correction",
            press=(
                "details:has([id^='tick-file_layout']) summary",
                "label[for^='tick-file_layout']",
                "button[name=_go][value=preview]",
            ),
        )

    def _joint(self) -> Iterator[Rare]:
        """He has filled in and sent; her word is waited for."""
        (_, his), (she, hers) = self._person(), self._person()
        case = filed(his, "marriage", spouse_name=she["name"], spouse_id=she["id_number"])
        yield Rare("resident", his, f"/my/cases/{case}")
        self._house.until(
            hers,
            "/my/confirmations",
            lambda page: f"/my/confirmations/{case}" in page.links,
            "what waits for her",
        )
        yield Rare("resident", hers, "/my/confirmations")
        yield Rare("resident", hers, f"/my/confirmations/{case}")

    def _drafted(self) -> Iterator[Rare]:
        """A draft whose answers are complete, one whose commitment is not signed, and one of several pages."""
        person, owner, case = self._house.applying(district=self._district)
        self.people.append(person)
        self._house.fill(owner, case)
        assert owner.path.endswith("/check"), owner.text[:600]
        yield Rare("resident", owner, owner.path)
        home = answered(owner, PROMISED, promise_promise=False)
        yield Rare("resident", owner, f"{home}/commitment")
        owner.visit(f"/apply/{food.FOOD}").post(f"/apply/{food.FOOD}")
        for section in ("premises", "papers"):
            yield Rare("resident", owner, f"{owner.path}?section={section}")

    def _refused(self) -> Iterator[Rare]:
        """Refused, which may be asked to be reconsidered, and which the head may put right."""
        person, owner, case = self._house.submitted(district=self._district)
        self.people.append(person)
        desk = self._house.desk_path(owner, self._officer, case)
        self._officer.post("/recheck", to=f"{desk}/accept")
        self._officer.post("/recheck", to=f"{desk}/refuse", reason=REFUSED)
        yield Rare("resident", owner, f"/my/cases/{case}")
        yield Rare("resident", owner, f"/apply/reconsideration?about={case}")
        for form in ("rectification", "delivery"):
            yield Rare("officer", self._officer, f"{desk}/forms/{form}")
        owner.visit(f"/apply/reconsideration?about={case}").post(f"/apply/reconsideration?about={case}")
        asked, said = owner.path.rsplit("/", 1)[-1], {"request": "revoke", "facts_reasons": DISAGREES}
        owner.post(asked, **said, phone=person["phone"], declaration="yes", _go="check").post("/submit")
        office = self._house.at_desk(f"justice-{self._district}")
        desk = self._house.desk_path(owner, office, asked)
        yield Rare("justice", office, desk)
        yield Rare("justice", office, f"{desk}/contested")

    def _heard(self) -> Iterator[Rare]:
        """Hearings asked for, fixed, held with a record to confirm, and confirmed; whom they bear on, with and without
        an account. The hour of a sitting is set back where nobody can wait for it."""
        owner, case, desk = self._asked(FIRM)
        yield Rare("asked", owner, f"/my/cases/{case}/hearing")
        yield Rare("asked", self.examiner, f"{desk}/hearing")
        hers, named = self._bears_on()
        owner, case, desk = self._asked(named)
        hers.visit(f"/my/interested/{case}").post(f"/my/interested/{case}", do="ask", words=TOLD["facts"])
        self._fixed(case, desk)
        yield Rare("fixed", owner, f"/my/cases/{case}/hearing")
        yield Rare("fixed", hers, f"/my/interested/{case}")
        yield Rare("fixed", self.approver, f"{desk}/hearing")
        hers, named = self._bears_on()
        owner, case, desk = self._asked(named)
        self._held(case, desk)
        yield Rare("held", owner, f"/my/cases/{case}/hearing")
        yield Rare("held", hers, f"/my/interested/{case}")
        owner, case, desk = self._asked(FIRM)
        self._held(case, desk)
        owner.visit(f"/my/cases/{case}/hearing").post("/hearing", agrees="yes")
        today = f"{clock.city_day(clock.now())}"
        self.examiner.visit(f"{desk}/hearing").post("/hearing", do="note", seat="1", said="agree", on=today)
        yield Rare("confirmed", owner, f"/my/cases/{case}/hearing")

    def _bears_on(self) -> tuple[Visitor, dict[str, str]]:
        """Somebody with an account on whom an application bears, and the form's words for her."""
        person = self._house.person()
        self.people.append(person)
        return self._house.enrol(person), {"name": person["name"], "number": person["id_number"]}

    def _asked(self, bears_on: dict[str, str]) -> tuple[Visitor, str, str]:
        """Somebody who was told of her right, and whom her application bears on was too, has asked for a hearing."""
        _, owner = self._person()
        case = filed(owner, food.FOOD, **food.CAFE)
        desk = self._desk(owner, case)
        self.examiner.post("/recheck", to=f"{desk}/accept")
        for told in (TOLD | {"do": "tell"}, BEARS | bears_on | {"do": "tell_interested"}):
            self.examiner.visit(f"{desk}/hearing").post("/hearing", **told)
        if not bears_on["number"]:
            today = f"{clock.city_day(clock.now())}"
            self.examiner.visit(f"{desk}/hearing").post("/hearing", do="serve", seat="1", served=today)
        owner.visit(f"/my/cases/{case}/hearing").post("/hearing", do="ask", wishes=TOLD["facts"])
        return owner, case, desk

    def _fixed(self, case: str, desk: str) -> None:
        """Time and place are told, the head presides, and the hour has come."""
        page = self.examiner.visit(f"{desk}/hearing")
        earliest = re.search(r"最早 (\d{4}-\d\d-\d\d)", page.text)
        presider = re.search(r'<option value="([0-9a-f-]{36})"[^>]*>[^<]*局长', page.html)
        assert earliest and presider, page.text[:900]
        page.post("/hearing", do="fix", at=f"{earliest[1]}T09:30", place=PLACE, presider=presider[1])
        assert page.path == desk, page.text[:900]
        self._house.sql(_HOUR_COMES, UUID(case))

    def _held(self, case: str, desk: str) -> None:
        """Its record waits to be confirmed."""
        self._fixed(case, desk)
        self.approver.visit(f"{desk}/hearing").post("/hearing", **RECORD | {"do": "hold"})
        assert self.approver.path == desk, self.approver.text[:900]

    def _desks(self) -> Iterator[Rare]:
        """What the permit's officer previews in bulk, other forms, and a list that is empty."""
        for form in ("extension", "termination"):
            yield Rare("officer", self._officer, f"{self._accepted}/forms/{form}")
        bulk = ("label[for=case-1]", "label[for=move]", "button[name=_go][value=some]")
        yield Rare("officer", self._officer, "/desk/bulk", press=bulk)
        yield Rare("officer", self.approver, "/desk/opinions")


def filed(owner: Visitor, item: str, **answers: Any) -> str:
    """She answers a draft and hands it in; gives the case."""
    home = answered(owner, item, **answers)
    case = home.rsplit("/", 1)[-1]
    owner.visit(f"{home}/check")
    owner.post("/submit")
    assert owner.path == f"/my/cases/{case}", (owner.status, owner.path, owner.text[:900])
    return case


def answered(owner: Visitor, item: str, **answers: Any) -> str:
    """She opens a draft, answers by the API and sends a photo for each paper; gives where the form is."""
    owner.visit(f"/apply/{item}").post(f"/apply/{item}")
    case = owner.path.rsplit("/", 1)[-1]
    home, at = f"/apply/{item}/{case}", f"/api/v1/cases/{case}/answers"
    token = owner.json("/api/v1/session")["csrf"]
    read = owner.client.get(at)
    form = forms.compile_form(draft_of(CITY / "items" / f"{item}.yaml", CityFiles(CITY)).form)
    files = [field for field in form.fields if field.ui.widget == "files"]
    given = filling.filled(form, {**read.json()["answers"], **answers}, today=clock.city_day(clock.now()))
    wanted = [field for field in files if field.name in given and field.required]
    given = {name: value for name, value in given.items() if all(field.name != name for field in files)}
    kept = owner.client.put(at, json=given, headers={"if-match": read.headers["etag"], "x-csrf-token": token})
    assert kept.status_code == 200, kept.text[:600]
    for field in wanted:
        owner.visit(f"{home}?section={field.ui.section}" if form.paged else home)
        name, go = f"{field.name}.jpg", f"upload:{field.name}"
        owner.send(case, field.name, name, sample_files.photo(), "image/jpeg", _go=go)
    return home
