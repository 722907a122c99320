"""Each rule of publishing with an example that breaks it and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from tests.catalogue.conftest import CODES, draft, told_only
from tests.conftest import CITY
from tongban.catalogue import Act, After, InPerson, ItemVersion, JointApplicants, Party, Source, Window, lint
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import CityFileWrong, draft_of, listed_sources
from tongban.catalogue.actions.standards import standards
from tongban.catalogue.model import Fee, InspectionPoint, Known, Papers, Result, SpecialProcedure
from tongban.catalogue.model.adjusting import Adjustment
from tongban.catalogue.model.lint import RULES
from tongban.exchange.actions.resources import described
from tongban.kit.i18n import Text
from tongban.licences.actions.types import as_source, listed

WORDS = Text("字", "Words")
POINT = InspectionPoint(key="sinks", section=WORDS, text=WORDS, basis=WORDS, mark="synthetic")
FEE = Fee(name=WORDS, fen=2000, basis=WORDS, mark="synthetic")


@cache
def sources() -> list[Source]:
    """The city's register of sources as its files have it; reading them takes a second."""
    rows = yaml.safe_load((CITY / "sources.yaml").read_text())["sources"]
    resources = [described(row)[0] for row in rows if row["kind"] == "resource"]
    return [*listed_sources(CITY), *resources, *(as_source(kind) for kind in listed(CITY))]


def other(**changes: Any) -> ItemVersion:
    return msgspec.structs.replace(draft(), **changes)


def guide(**changes: Any) -> ItemVersion:
    return msgspec.structs.replace(told_only(), **changes)


def material(place: int, **changes: Any) -> ItemVersion:
    materials = list(draft().materials)
    materials[place] = msgspec.structs.replace(materials[place], **changes)
    return other(materials=tuple(materials))


def inspected(*points: InspectionPoint) -> ItemVersion:
    pause = SpecialProcedure(kind="2", name=WORDS, days=WORDS, basis=WORDS, mark="synthetic")
    return other(inspection=points, special_procedures=(pause,))


def asked(**changes: Any) -> ItemVersion:
    """An item of which one material is brought, changed."""
    one = draft("food_business")
    place = next(place for place, material in enumerate(one.materials) if not material.exempt)
    materials = list(one.materials)
    materials[place] = msgspec.structs.replace(
        materials[place], **{"material_code": "", "elements": ()} | changes
    )
    return msgspec.structs.replace(one, materials=tuple(materials))


#: Sources beside the city's that give what the examples of the gate ask for.
GIVING = [
    Source(
        kind="resource",
        code="gate",
        name=WORDS,
        provider=WORDS,
        elements=("name", "birth"),
        tells={"name": "DE-GATE-NAME", "birth": "DE-GATE-BIRTH"},
        mark="synthetic",
    ),
    Source(
        kind="licence_type",
        code="gate",
        name=WORDS,
        provider=WORDS,
        elements=(),
        replaces=("gate_card",),
        mark="synthetic",
    ),
    Source(
        kind="commitment",
        code="gate",
        name=WORDS,
        provider=WORDS,
        elements=(),
        replaces=("gate_statement",),
        mark="synthetic",
    ),
]


def follows(**changes: Any) -> ItemVersion:
    """An item one of whose materials may follow after acceptance, changed."""
    return msgspec.structs.replace(draft("food_business"), **changes)


def owes_hearing(**changes: Any) -> Any:
    return msgspec.structs.replace(draft().clock, hearing="refusal", **changes)


def reviewed(*, of: dict[str, Any] | None = None, **changes: Any) -> ItemVersion:
    """The item that the organ above decides, changed; ``of`` in what it says of its first review."""
    item = draft("teacher_certificate")
    assert item.first_review is not None
    first = msgspec.structs.replace(item.first_review, **(of or {}))
    return msgspec.structs.replace(item, **({"first_review": first} | changes))


def unasked() -> ItemVersion:
    item = draft("food_business")
    item.form["required"].remove("file_rules")
    return item


def after(window: Window | None) -> After:
    return After(act=Act.RENEW, licence_type="1", base="x", base_name=WORDS, window=window)


def contact(**changes: Any) -> ItemVersion:
    return other(contact=msgspec.structs.replace(draft().contact, **changes))


def texts(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Each text of an item, with its place."""
    if isinstance(value, dict) and value.keys() == {"zh", "en"}:
        yield path, value
    elif isinstance(value, dict | list | tuple):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts(inner, f"{path}.{name}")


def form(change: Callable[[dict[str, Any]], Any]) -> ItemVersion:
    item = draft()
    change(item.form)
    return item


def together(**changes: Any) -> ItemVersion:
    party = Party(role=WORDS, name="name", id_number="id_number")
    asks = JointApplicants(
        parties=(party,), statement=WORDS, withdraw="any", why=WORDS, basis=WORDS, mark="real"
    )
    return other(joint_applicants=msgspec.structs.replace(asks, **changes))


BROKEN: dict[str, Callable[[], ItemVersion]] = {
    "JOINT-1": lambda: together(parties=()),
    "JOINT-2": lambda: together(parties=(Party(role=WORDS, name="name", id_number="phone"),)),
    "JOINT-3": lambda: together(own=("nickname",)),
    "CODE-12": lambda: other(catalog_code="123"),
    "CODE-31": lambda: other(task_code="11310000002000996C4002009012000"),
    "CODE-33": lambda: other(handle_code=draft().task_code + "1"),
    "ICON-1": lambda: other(icon="nope"),
    "CHAIN-1": lambda: other(chain=("review", "examine", "approve")),
    "INSPECT-1": lambda: inspected(msgspec.structs.replace(POINT, key="end")),
    "INSPECT-2": lambda: other(inspection=(POINT,)),
    "SPECIAL-1": lambda: other(
        special_procedures=(
            SpecialProcedure(
                kind="2",
                name=WORDS,
                days=WORDS,
                condition="time",
                calendar_days=30,
                basis=WORDS,
                mark="realistic",
            ),
        )
    ),
    "PAPER-1": lambda: other(papers=Papers(("111", "001"), WORDS)),
    "KIND-1": lambda: other(case_kind="1"),
    "CLOCK-1": lambda: other(clock=msgspec.structs.replace(draft().clock, promise_days=16)),
    "VISIT-1": lambda: guide(visits_reason=None),
    "VISIT-2": lambda: other(visits=1, visits_reason=WORDS),
    "VISIT-4": lambda: other(
        in_person=InPerson(booked="employer", days=5, basis=WORDS, mark="real"),
    ),
    "VISIT-3": lambda: guide(visits=0, ways=("1",)),
    "FEE-1": lambda: other(fees=(FEE,)),
    "FEE-2": lambda: other(pay_online=True),
    "FEE-3": lambda: other(fees=(msgspec.structs.replace(FEE, fen=0),), pay_online=True),
    "FEE-4": lambda: other(
        fees=(msgspec.structs.replace(FEE, only_if={"weather": ("fine",)}),), pay_online=True
    ),
    "AUDIENCE-1": lambda: other(topics=("legal.start",)),
    "LAW-1": lambda: other(kind="01", steps=draft().steps[:1]),
    "RESULT-1": lambda: other(
        results=(Result(name=Text("某某证", "X"), kind="other", delivery=WORDS, mark="real"),)
    ),
    "RESULT-2": lambda: other(
        depth="7",
        results=(Result(name=Text("决定", "Decision"), kind="approval", delivery=WORDS, mark="real"),),
    ),
    "PHONE-1": lambda: contact(supervise="12345"),
    "PHONE-2": lambda: contact(supervise="010-12345678"),
    "MATERIAL-1": lambda: material(0, basis=None),
    "MATERIAL-2": lambda: material(0, name=Text("其他材料", "Other documents")),
    "MATERIAL-3": lambda: material(0, source="nobody"),
    "MATERIAL-4": lambda: material(0, only_if={"weather": ("fine",)}),
    "MATERIAL-5": lambda: material(0, source="enterprise"),
    "MATERIAL-6": lambda: material(0, beyond=WORDS),
    "MATERIAL-7": lambda: asked(name=Text("居民身份证复印件", "Copy of the ID card"), material_code="photo"),
    "MATERIAL-8": lambda: material(0, elements=(*draft().materials[0].elements, "DE-NOPE")),
    "ADJUST-1": lambda: draft("hotel_permit"),
    "GATE-1": lambda: asked(basis=None),
    "GATE-2": lambda: asked(elements=("DE-GATE-NAME", "DE-GATE-BIRTH")),
    "GATE-3": lambda: asked(material_code="gate_card"),
    "GATE-4": lambda: asked(material_code="gate_statement"),
    "LATER-1": lambda: follows(clock=msgspec.structs.replace(draft("food_business").clock, follow_up_days=4)),
    "LATER-2": lambda: material(0, later=True, later_days=5),
    "LATER-3": lambda: follows(
        case_kind="1", clock=msgspec.structs.replace(draft("food_business").clock, promise_days=0)
    ),
    "LATER-4": unasked,
    "FORM-1": lambda: guide(form=draft().form),
    "FORM-2": lambda: guide(places=()),
    "FORM-3": lambda: form(lambda schema: schema["x-ui"]["order"].pop()),
    "FORM-4": lambda: other(district_field="planet"),
    "FORM-5": lambda: material(5, route="none", source="", material_code="", elements=()),
    "ELEMENT-1": lambda: form(
        lambda schema: schema["properties"]["employer"]["x-ui"].update(element="DE-PHONE")
    ),
    "LAW-2": lambda: other(purpose_fields={**draft().purpose_fields, "population": ("name",)}),
    "LAW-3": lambda: other(purpose_basis=None),
    "SOURCE-1": lambda: form(
        lambda schema: schema["properties"]["name"]["x-ui"]["prefill"].update(field="nickname")
    ),
    "HEARING-1": lambda: other(case_kind="1", clock=owes_hearing(promise_days=0, basis={"hearing": WORDS})),
    "HEARING-2": lambda: other(clock=owes_hearing(basis={})),
    "FIRST-1": lambda: reviewed(first_review=None),
    "FIRST-2": lambda: reviewed(chain=("examine", "approve")),
    "FIRST-3": lambda: reviewed(of={"answers": ("senior", "university")}),
    "FIRST-4": lambda: reviewed(
        clock=msgspec.structs.replace(draft("teacher_certificate").clock, promise_days=20)
    ),
    "AFTER-1": lambda: other(about="licence", after=after(Window(opens=15, closes=30))),
    "AFTER-2": lambda: other(after=after(None)),
    "WORDS-1": lambda: other(summary=Text("只有中文", " ")),
}


@cache
def held_against() -> Known:
    """What the examples are held against: the city's sources and those of the gate, with all their elements."""
    words = standards(CITY)
    told = {element for source in GIVING for element in source.tells.values()}
    elements = (*words.elements, *((one, WORDS) for one in sorted(told)))
    sooner = Adjustment(
        code="hotel_permit", on=date(2026, 1, 1), basis=WORDS, instead=WORDS, change="shorter", days=1
    )
    return Known(
        [*sources(), *GIVING], msgspec.structs.replace(words, elements=elements), {sooner.code: sooner}
    )


#: A field nobody tells is also a field that the purpose does not name, and the other way round.
#: A code that does not hold breaks those that contain it.
ALSO = {"LATER-3": {"HEARING-1"}, "SOURCE-1": {"LAW-2"}, "CODE-12": {"CODE-31"}, "CODE-31": {"CODE-33"}}


CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
#: What stands in English as it is: plates, seals and names that are read, not understood.
QUOTED = re.compile(r"沪[A-Z]{1,2}[\d*]{4,6}|[“\"]无[”\"]|示范市望川软件有限公司")


@pytest.mark.parametrize("code", CODES)
def test_the_citys_items_keep_every_rule(code: str) -> None:
    known = Known(sources(), standards(CITY))
    assert lint(draft(code), known, area_code="021") == []


def test_the_level_is_that_of_who_decides() -> None:
    rows = yaml.safe_load((CITY / "departments.yaml").read_text())["departments"]
    # A kind that has an office of the whole city as well is the city's.
    in_districts = {row["kind"] for row in rows if row["district"]} - {
        row["kind"] for row in rows if not row["district"]
    }
    levels = {code: (draft(code).level, draft(code).department_kind in in_districts) for code in CODES}
    assert set(levels.values()) == {("2", False), ("4", True)}
    assert levels["residence_permit"] == ("4", True)


@pytest.mark.parametrize("code", CODES)
def test_its_words_are_complete_in_english(code: str) -> None:
    """Guide, form and rules: each text has its English, and no Chinese in it."""
    wrong = {
        path: words["en"]
        for path, words in texts(msgspec.to_builtins(draft(code)))
        if not words["en"].strip() or CHINESE.search(QUOTED.sub("", words["en"]))
    }
    assert wrong == {}


#: Registers that the house does not read, as texts of items name them.
UNREAD = r"税务|银行|保险信息|保险机构|残联|疾控|检验|事故|交通管理|民政|医院|公积金中心|从业资格|普通话"


@pytest.mark.parametrize("code", CODES)
def test_it_does_not_say_that_the_system_reads_what_it_does_not(code: str) -> None:
    """What a person is told of the registers is what the item's purpose covers (PIPL art. 17)."""
    item = draft(code)
    for place, words in texts(msgspec.to_builtins(item)):
        for clause in re.split(r"[，。；：]", words["zh"]):
            if re.search(r"(?<!税务)系统.{0,12}(核对|核验|比对|查询)", clause):
                assert item.purpose_fields, place
                assert not re.search(UNREAD, clause), (place, clause)


def test_codes_are_each_one_items() -> None:
    for field in ("catalog_code", "task_code", "handle_code"):
        codes = [getattr(draft(code), field) for code in CODES]
        assert len(set(codes)) == len(codes), field
    names = [draft(code).name for code in CODES]
    assert len({name.zh for name in names}) == len({name.en for name in names}) == len(CODES)


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_found_alone_and_explained(rule: str) -> None:
    findings = lint(BROKEN[rule](), held_against(), area_code="021")
    assert {finding.rule for finding in findings} == {rule} | ALSO.get(rule, set())
    assert all(finding.field and finding.message.zh and finding.message.en for finding in findings)


def test_a_known_paper_is_known_by_its_other_names() -> None:
    """However a copy is called, it has its own code; and a code that is none is told with the one that was meant.

    How it can fail (tried): leave ``called`` out of what Known matches by, take no ending off a name, tell no nearest
    element, look for the elements of what people bring alone.
    """
    for name in ("身份证", "本人身份证（正反面）复印件", "户口本", "营业执照副本", "毕业证", "结婚证书原件"):
        found = lint(asked(name=Text(name, "A"), material_code="photo"), held_against(), area_code="021")
        assert [one.rule for one in found] == ["MATERIAL-7"], name
    for name in ("身份证遗失声明", "营业执照样式说明"):
        assert (
            lint(asked(name=Text(name, "A"), elements=("DE-PURPOSE",)), held_against(), area_code="021") == []
        )
    [meant] = lint(material(0, elements=("DE-SEXX",)), held_against(), area_code="021")
    assert meant.field == "materials.0.elements" and "DE-SEX？" in meant.message.zh


def test_every_rule_has_an_example() -> None:
    rules = Path(lint.__globals__["__file__"])
    of_items = (one for one in rules.parent.glob("lint*.py") if one.name != "lint_guided.py")
    source = "".join(path.read_text() for path in (*of_items, rules.parent / "gate.py"))
    assert set(re.findall(r'"([A-Z]+-[0-9]+)"', source)) == set(BROKEN)
    assert len(RULES) == 17


def test_every_plain_fact_is_marked() -> None:
    for code in CODES:
        assert draft(code).marks["*"] in ("real", "realistic", "synthetic")


def test_a_file_that_does_not_decode_is_named(tmp_path: Path) -> None:
    (tmp_path / "items").mkdir()
    bad = tmp_path / "items" / "bad.yaml"
    bad.write_text("code: bad\nshoe_size: 43\n")
    with pytest.raises(CityFileWrong, match=r"bad\.yaml"):
        draft_of(bad, CityFiles(CITY))


def asking(format_: str) -> dict[str, Any]:
    """A form that takes the account's number."""
    prefill = {"resource": "account", "field": "id_number"}
    return {"properties": {"number": {"type": "string", "format": format_, "x-ui": {"prefill": prefill}}}}


@pytest.mark.parametrize(
    ("item", "taken"),
    [
        ({"papers": None, "form": asking("cn-id")}, {"111", "HMT"}),
        ({"papers": None, "form": asking("identity-paper")}, {"111", "HMT", "414"}),
        ({"papers": None, "form": {}}, {"111", "HMT", "414"}),
        ({"papers": Papers(("414",), WORDS), "form": asking("cn-id")}, {"414"}),
        ({}, {"111"}),  # the residence permit itself
    ],
)
def test_who_may_apply_by_the_paper_of_the_account(item: dict[str, Any], taken: set[str]) -> None:
    assert {kind for kind in ("111", "HMT", "414") if other(**item).takes(kind)} == taken
