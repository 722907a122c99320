"""The asked-anyway meter: why something was asked for although nothing should be, kept, added up and shown."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from tests import cast, make
from tests.cases.web import Client, log_in
from tests.cast import Resident
from tests.sandbox.conftest import Sandbox
from tongban import cases, catalogue
from tongban.cases.actions.reading.asking import asked_anyway, count_asked, first_month
from tongban.cases.model.asked import GROUND_WORDS, Ground, metered, standing_of, types_to_look_up, withdrawn
from tongban.kit import clock, forms
from tongban.kit.db import Database
from tongban.kit.i18n import Text
from tongban.kit.outbox import already_handled
from tongban.kit.policy import VISITOR, Actor

_NAME = Text("某某", "Something")
_WHEN = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
_TOLD = {
    "source": {"zh": "来源", "en": "Source"},
    "read_at": "2026-11-20T01:00:00Z",
    "as_of": None,
    "data": {},
}


def source(kind: catalogue.model.SourceKind, **more: object) -> catalogue.Source:
    plain = {"code": kind[:3], "name": _NAME, "provider": _NAME, "elements": (), "replaces": ("M1",)} | more
    return catalogue.Source(kind=kind, mark="synthetic", **plain)  # type: ignore[arg-type]


def known(*sources: catalogue.Source) -> catalogue.KnownSources:
    up = [msgspec.structs.replace(one, state="up") for one in sources if one.state == "planned"]
    return catalogue.KnownSources(
        catalogue.Register(sources),
        catalogue.Register(up),
        tuple(one for one in sources if one.kind == "commitment"),
        {(one.kind, one.code): _WHEN for one in sources},
    )


def paper(**more: object) -> catalogue.Material:
    plain = {
        "code": "paper",
        "name": _NAME,
        "detail": _NAME,
        "why": _NAME,
        "basis": _NAME,
        "material_code": "M1",
    }
    return catalogue.Material(mark="synthetic", **(plain | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sources", "material", "told", "ground"),
    [
        ([], paper(), {}, Ground.NO_SOURCE),
        ([], paper(basis=None), {}, Ground.NO_BASIS),
        ([source("resource", state="planned")], paper(), {}, Ground.PLANNED),
        ([source("resource", state="down")], paper(), {}, Ground.DOWN),
        ([source("resource")], paper(), {"res": {"outcome": "down"}}, Ground.DOWN),
        ([source("resource")], paper(), {"res": {"outcome": "none"}}, Ground.NO_ENTRY),
        ([source("resource")], paper(), {"res": {"outcome": "found"}}, Ground.OBTAINABLE),
        ([source("resource")], paper(), {}, Ground.OBTAINABLE),
        ([source("resource")], paper(beyond=_NAME), {}, Ground.BEYOND),
        ([source("licence_type")], paper(), {"lic": {"outcome": "found"}}, Ground.OBTAINABLE),
        ([source("licence_type")], paper(), {"lic": {"outcome": "none"}}, Ground.NOT_IN_LIBRARY),
        (
            [source("licence_type")],
            paper(),
            {"lic": {"outcome": "none", "data": {"ended": True}}},
            Ground.NOT_VALID,
        ),
        ([source("commitment", not_for=(make.ITEM,))], paper(), {}, Ground.NOT_OPEN),
        ([source("commitment")], paper(), {}, Ground.OBTAINABLE),
        # What another source gives that answers is not excused by one that does not.
        (
            [source("resource", state="down"), source("licence_type")],
            paper(),
            {"lic": {"outcome": "found"}},
            Ground.OBTAINABLE,
        ),
    ],
)
async def test_each_ground_as_the_sources_stand(
    city: Database,
    sources: list[catalogue.Source],
    material: catalogue.Material,
    told: dict[str, dict[str, object]],
    ground: Ground,
) -> None:
    """How it can fail (tried): a silent source taken for one that answers, an ended licence for one that never was."""
    version = await make.item(city)
    facts = {code: _TOLD | one for code, one in told.items()}
    stands = standing_of(version, material, known(*sources), facts)
    assert stands.ground is ground
    assert str(GROUND_WORDS[ground]) in str(stands.words)
    assert (stands.since == _WHEN) == (ground is Ground.DOWN)


async def test_a_source_that_comes_before_the_submission_withdraws_the_ask(city: Database) -> None:
    """How it can fail (tried): the place stays required, or a commitment that no form asks for takes the paper away, or
    a register does that the item may not read."""
    item = await make.item(city)
    asks = msgspec.structs.replace(
        item, materials=(paper(),), purpose_fields={**item.purpose_fields, "res": ("told",)}
    )
    form = forms.compile_form(asks.form)
    up, silent = known(source("resource")), known(source("resource", state="down"))
    assert set(withdrawn(asks, up, {})) == {"file_paper"}
    assert withdrawn(asks, silent, {}) == withdrawn(asks, known(source("commitment")), {}) == {}
    unnamed = msgspec.structs.replace(asks, purpose_fields=item.purpose_fields)
    library = known(source("resource"), source("licence_type"))
    assert withdrawn(unnamed, up, {}) == {}
    assert withdrawn(unnamed, library, {})["file_paper"].source_code == "lic"
    still = metered(unnamed, form, {"file_paper": [{"id": "x"}]}, up, {})
    assert [one.ground for one in still.asked] == [Ground.OBTAINABLE], "the meter says so nevertheless"
    spared = metered(asks, form, {}, up, {})
    assert [(one.route, one.code) for one in spared.spared] == [("withdrawn", "paper")] and not spared.asked
    files = {"file_paper": [{"id": "x"}]}
    brought = metered(asks, form, files, up, {})
    assert [one.ground for one in brought.asked] == [Ground.OBTAINABLE] and not brought.spared
    assert brought.counted() == [("obtainable", "paper", "res")]
    excused = metered(asks, form, files, silent, {})
    assert excused.counted() == [("down", "", "")]
    free = msgspec.structs.replace(asks, materials=(paper(required=False),))
    assert [one.ground for one in metered(free, form, files, up, {}).asked] == [Ground.PREFERRED]
    assert types_to_look_up(asks, known(source("licence_type"))) >= {"lic"}


async def test_a_submission_keeps_why_and_the_month_adds_it_up_once(
    city: Database, owner: Resident, officer: Actor, outside: Sandbox, web: Client
) -> None:
    """How it can fail (tried): the event comes twice and is added up twice; the case's page says nothing of it."""
    cast.grounds_away(outside)
    case_id = await make.submitted(city, owner)
    (step,) = await make.steps(city, case_id)
    asked = {one["code"]: one for one in step["detail"]["asked_anyway"]["asked"]}
    assert asked["employment"]["ground"] == "down" and asked["employment"]["fields"]
    news = make.event("cases.submitted", subject=owner.actor.id, reference=case_id)  # type: ignore[arg-type]
    await count_asked(city, event=news, now=clock.now())
    with pytest.raises(Exception) as twice:
        await count_asked(city, event=news, now=clock.now())
    assert already_handled(twice.value)
    city.count = 0
    (found,) = await asked_anyway(city, VISITOR, now=clock.now())
    assert city.count == 1
    assert (found.justified, found.unjustified) == (len(asked), 0)
    assert found.spared == len(step["detail"]["asked_anyway"].get("spared", ()))
    shown = (await web.get("/never-ask-twice")).text
    assert str(found.name) in shown and "目标 0" in shown
    await log_in(web, city, owner.actor)
    assert "为什么仍要我提交" in (await web.get(f"/my/cases/{case_id}")).text
    opened = await cases.open_case(city, officer, case_id=case_id, subject=owner.actor.id, now=clock.now())  # type: ignore[arg-type]
    assert any(one.detail.get("asked_anyway") for one in opened.events)


def test_twelve_months_with_the_running_one() -> None:
    """How it can fail (tried): the months are counted from January of the year before."""
    assert [
        str(first_month(clock.city_day(datetime(2026, month, 9, tzinfo=UTC)))) for month in (1, 11, 12)
    ] == [
        "2025-02-01",
        "2025-12-01",
        "2026-01-01",
    ]
