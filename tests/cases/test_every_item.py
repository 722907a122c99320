"""Each item of the city can be applied for, accepted and approved; what it gives stands at the end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from functools import cache
from random import Random
from uuid import UUID

import pytest

from tests import cast, filling, make
from tests.cases import together
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.conftest import CITY
from tests.kit.sample_paper import text_of
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue, identity, licences, regions
from tongban.cases.actions import papers_given
from tongban.cases.actions.letters.of_steps import letter
from tongban.cases.actions.limits.pausing import coded
from tongban.catalogue.actions.composing import CityFiles
from tongban.catalogue.actions.loading import draft_of
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.errors import Conflict
from tongban.kit.i18n import Language, use_language
from tongban.kit.pdf import press
from tongban.kit.policy import OFFICERS_DUTIES, Actor, Role
from tongban.kit.rules import Truth

FILES = CityFiles(CITY)
CODES = [path.stem for path in sorted((CITY / "items").glob("*.yaml"))]

#: Beside those of the plan: what a matter that is done once cannot do without.
FOR_BUNDLES = (
    *("newborn_insurance", "newborn_social_card", "vaccination_record"),
    *("household_cancellation", "survivor_benefit", "flexible_insurance"),
)


@cache
def drafted(code: str) -> catalogue.ItemVersion:
    """The item as its file says, read once for all tests."""
    return draft_of(CITY / "items" / f"{code}.yaml", FILES)


def test_the_city_offers_the_items_of_its_plan() -> None:
    """Its seventy-seven, those that bundles need besides, and the two that are about another case."""
    about = {code for code in CODES if drafted(code).about}
    assert len(CODES) - len(about) - len(FOR_BUNDLES) == 77
    assert about == {"reconsideration", "complaint"}


@pytest.mark.parametrize("code", CODES)
def test_its_form_can_be_filled_and_holds(code: str) -> None:
    draft = drafted(code)
    assert draft.is_online
    form = forms.compile_form(draft.form)
    today = clock.city_day(clock.now())
    answers = filling.filled(form, {}, today=today)
    assert forms.check(form, answers, today=today) == {}
    assert len(form.asked(answers)) >= 5


#: Where none is no answer: who ticks nothing of these asks for nothing, or has opened the question herself.
NEVER_NONE = {
    *("construction_permit.funds", "construction_permit.risk_works", "minimum_living.reasons"),
    *("food_business.food_scope", "drug_business.drug_scope", "road_freight.freight_kind"),
    *("performance_permit.changes", "performance_permit.origins", "enterprise_change.changes"),
    *("invoice_quota.invoice_kinds", "road_occupation.road_part", "utilities_connection.utilities"),
}


def test_who_has_nothing_to_tick_is_not_made_to() -> None:
    """Seen to fail when legal aid asked for something urgent of everybody."""
    made = {
        f"{code}.{field.name}"
        for code in CODES
        for field in forms.compile_form(drafted(code).form).fields
        if field.ui.widget == "choices" and field.required
        if "none" not in {option.value for option in field.ui.options}
    }
    assert made == NEVER_NONE


@pytest.mark.parametrize("code", CODES)
def test_every_way_through_its_form_can_be_gone(code: str) -> None:
    """Whatever is chosen, there is an answer that holds; and there is no question that nobody is ever asked."""
    form = forms.compile_form(drafted(code).form)
    today, met = clock.city_day(clock.now()), set()
    for seed in range(60):
        answers = filling.filled(form, {}, today=today, dice=Random(seed))
        assert forms.check(form, answers, today=today) == {}, seed
        met |= {field.name for field in form.asked(answers)}
    assert met == set(form.by_name)


async def officer_at(db: Database, department: str) -> Actor:
    """An officer of this very department."""
    officer = identity.DemoOfficer(f"test-{department}", "周经办", department, "13800009999")
    await identity.load_demo(db, [], [officer], password=cast.PASSWORD, now=clock.now())
    return await identity.actor_of(db, kind="username", value=f"test-{department}")


async def about(db: Database, who: Resident, code: str) -> UUID | None:
    """The case that an item is about: one of hers that was refused."""
    if not (await catalogue.current(db, code)).about:
        return None
    await cast.load_officers(db)
    officer = await cast.officer_of(db, who.district)
    case_id = await make.accepted(db, who, officer)
    await cases.refuse(db, officer, case_id=case_id, reason=make.REASON, now=clock.now())
    return case_id


async def papers_print(db: Database, who: Resident, opened: cases.actions.Opened) -> None:
    """All papers that the case has given, on one or two pages each."""
    case = opened.case
    last = await cases.progress(db, who.actor, case_id=case.id)
    given = papers_given(last.case, last.events, last.version)
    decided = [one for one in given if one.kind not in ("special", "resumption", "commitment")]
    assert ("commitment" in [one.kind for one in given]) == (last.version.commitment is not None)
    assert [one.kind for one in decided][:2] == ["receipt", "acceptance"] and len(decided) == 3
    for one in given:
        paper = await cases.my_paper(
            db, who.actor, case_id=case.id, kind=one.kind, step=one.step, now=clock.now()
        )
        made = await press.printed(paper)
        words = text_of(made.content)
        assert made.missing == () and who.name in words and "{" not in words
        assert not re.search(r"(?<!\d)0个工作日|(?<!\d)0workingdays", "".join(words.split()))
        assert "".join(last.version.name.within(paper.language).split()) in words


async def as_the_law_orders(
    db: Database, officer: Actor, opened: cases.actions.Opened, *, now: datetime
) -> datetime:
    """What the law makes a condition of the approval, tried without it and then done; gives when that was."""
    case_id, version = opened.case.id, opened.version
    for code, one in coded(version):
        if not one.condition:
            continue
        with pytest.raises(Conflict) as bar:
            await cases.approve(
                db, make.officer_with(officer.department, *OFFICERS_DUTIES), case_id=case_id, now=now
            )
        assert one.basis.zh in str(bar.value.message)
        if one.condition == "run":
            await cases.suspend(
                db, officer, case_id=case_id, kind=code, days="3", reason=make.REASON, now=now
            )
            now += timedelta(days=7)
            await cases.resume(db, officer, case_id=case_id, result=make.RESULT, now=now)
        else:
            now += timedelta(days=one.calendar_days + 10)
            posted = {"why": "originals", "place": "0", "note": ""}
            await cases.record_visit(db, officer, case_id=case_id, posted=posted, key=None, now=now)
    return now


async def filed(city: Database, outside: Sandbox, who: Resident, code: str) -> UUID:
    """A case of this item, filed with something right at each question, by both where it is applied for together."""
    now = clock.now()
    case_id = await cases.start(city, who.actor, item=code, about=await about(city, who, code), now=now)
    spoken: Language = "en" if CODES.index(code) % 2 else "zh"
    sheet = await cases.sheet(city, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(now))
    if sheet.version.about:  # in the first case no firm applied
        answers = {name: value for name, value in answers.items() if not name.startswith("firm_")}
    other = await cast.resident(city, outside) if sheet.version.joint_applicants else who
    await make.answered(city, case_id, sheet.form, together.naming(sheet.version, answers, other))
    with use_language(spoken):
        answer = await cases.submit(city, who.actor, case_id=case_id, key=None, now=now)
    if other is not who:
        await together.drain(city)
        answer = await together.sign(city, other, case_id)
    row = await make.row(city, case_id)
    assert answer["code"] == row["short_code"] and len(row["number"]) == 44
    return case_id


@pytest.mark.usefixtures("no_press")
@pytest.mark.parametrize("code", CODES)
async def test_it_is_filed_accepted_and_decided(city: Database, outside: Sandbox, code: str) -> None:
    who: Resident = await cast.resident(city, outside)
    case_id = await filed(city, outside, who, code)
    now = clock.now()
    row = await make.row(city, case_id)
    officer = await officer_at(city, row["department"])
    if row["course"].get("booked"):
        came = {"why": "apply", "place": "0", "note": ""}
        await cases.record_visit(city, officer, case_id=case_id, posted=came, key=None, now=now)
    await cases.accept(city, officer, case_id=case_id, now=now)
    opened = await cases.open_case(city, officer, case_id=case_id, subject=who.actor.id, now=now)  # type: ignore[arg-type]
    version = opened.version
    now = await as_the_law_orders(city, officer, opened, now=now)
    against = opened.case.finding is not None and opened.case.finding.verdict is Truth.FALSE
    if version.chain:
        favour = "refuse" if against else "approve"
        officer = await make.up_the_chain(city, case_id, version, row["department"], favour=favour)
    if against:
        await cases.refuse(city, officer, case_id=case_id, reason=make.REASON, now=now)
        assert await make.state(city, case_id) == "refused"
        await papers_print(city, who, opened)
        return
    ruling = make.RULINGS["approve"] if version.about == "decision" else ""
    await make.approve(city, officer, case_id, note="已逐项核对原件，符合条件。", ruling=ruling, now=now)
    await papers_print(city, who, opened)
    if not version.licence_type:
        assert await make.state(city, case_id) == "closed"
        assert (await make.news(city, case_id))[-1] == "cases.granted"
        return
    kind = await licences.licence_type(city, version.licence_type)
    assert await make.state(city, case_id) == "issuing"
    face = (await licences.library(city, who.actor.id))[0]  # type: ignore[arg-type]
    assert (face.type_code, face.name) == (kind.code, kind.name)
    assert who.actor.role is Role.RESIDENT
    assert await regions.department(city, row["department"])
    assert version == await catalogue.current(city, code)


async def test_a_limit_of_no_days_is_the_same_day(city: Database, outside: Sandbox, web: Client) -> None:
    """“0 working days” tells nobody anything: the page, its reasons and the letter say the day."""
    now = clock.now()
    who: Resident = await cast.resident(city, outside)
    case_id = await cases.start(city, who.actor, item="lease_filing", now=now)
    sheet = await cases.sheet(city, who.actor, case_id=case_id)
    answers = filling.filled(sheet.form, sheet.answers, today=clock.city_day(now))
    await make.answered(city, case_id, sheet.form, answers)
    await cases.submit(city, who.actor, case_id=case_id, key=None, now=now)
    await log_in(web, city, who.actor)
    page = (await web.get(f"/my/cases/{case_id}")).text
    assert "部门收到申请的当日决定是否受理" in page and "承诺受理当日办结" in page
    assert not re.search(r"\b0(</b>)?\s*(<span>)?个工作日", page)
    opened = await cases.progress(city, who.actor, case_id=case_id)
    told = letter("cases.submitted", opened.case, sheet.version, mark="x", organ=None)
    assert "当日或之前决定是否受理" in told.body.zh
