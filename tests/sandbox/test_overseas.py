"""People with other papers: found by kind, number and state, and by nothing less."""

from __future__ import annotations

from typing import Any

import pytest

from tongban.kit.papers import Paper

from .conftest import Sandbox


@pytest.fixture(scope="module")
def people(sandbox: Sandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.http.get("/cast/overseas").json()
    return found


def by(one: dict[str, Any]) -> dict[str, str]:
    return {"paper_kind": one["paper_kind"], "country": one["country"]}


def test_ten_with_numbers_that_hold(people: list[dict[str, Any]]) -> None:
    assert len({one["key"] for one in people}) == len({one["phone"] for one in people}) == len(people) == 10
    assert {one["paper_kind"] for one in people} == {"516", "511", "HMT", "553", "414"}
    for one in people:
        paper = Paper(one["paper_kind"], one["number"], one["country"])
        assert paper.fault() is None, one["key"]
        told = paper.told
        assert told.birth is None or str(told.birth) == one["birth_date"]
        assert told.sex is None or (told.sex == "female") == (one["sex"] == "女")


def test_each_is_checked_by_her_paper(sandbox: Sandbox, people: list[dict[str, Any]]) -> None:
    for one in people:
        question = sandbox.check(one["number"], one["name"], phone=one["phone"], **by(one))
        reasons = ["moved_out"] if one["status"] == "离境" else []
        said = sandbox.post("/population/v1/check", question).json()
        assert (said["match"], said["reasons"]) == (not reasons, reasons), one["key"]


@pytest.mark.parametrize("other", [{"paper_kind": "111"}, {"paper_kind": "511"}, {"country": "DEU"}])
def test_another_kind_or_state_is_another_person(
    sandbox: Sandbox, people: list[dict[str, Any]], other: dict[str, str]
) -> None:
    one = next(one for one in people if one["key"] == "passport")
    question = sandbox.check(one["number"], one["name"], **(by(one) | other))
    assert sandbox.post("/population/v1/check", question).json()["reasons"] == ["unknown"]


def test_a_renewed_permit_is_the_same_persons(sandbox: Sandbox, people: list[dict[str, Any]]) -> None:
    one = next(one for one in people if one["key"] == "hong_kong")
    said = sandbox.ask("population", one["number"] + "03", ["name"], **by(one)).json()
    assert (said["found"], said["data"]) == (True, {"name": one["name"]})


def test_other_papers_are_told_to_who_asks_and_only_where_all_fits(
    sandbox: Sandbox, people: list[dict[str, Any]]
) -> None:
    one = next(one for one in people if one["key"] == "hong_kong")
    permit = {"paper_kind": "HMT", "country": "", "number": "810000199003120262", "former": False}
    own = {"paper_kind": "516", "country": "", "number": one["number"], "former": False}
    for asked, told in ((own, permit), (permit, own)):
        fits = sandbox.check(
            asked["number"],
            one["name"],
            phone=one["phone"],
            paper_kind=asked["paper_kind"],
            other_papers=True,
        )
        assert sandbox.post("/population/v1/check", fits).json()["other_papers"] == [told]
        wrong = sandbox.check(asked["number"], one["name"], phone="13800000000", other_papers=True)
        wrong["paper_kind"] = asked["paper_kind"]
        assert sandbox.post("/population/v1/check", wrong).json()["other_papers"] == []
        unasked = sandbox.check(asked["number"], one["name"], paper_kind=asked["paper_kind"])
        assert "other_papers" not in sandbox.post("/population/v1/check", unasked).json()


def test_no_hukou_and_no_other_register(sandbox: Sandbox, people: list[dict[str, Any]]) -> None:
    one = next(one for one in people if one["key"] == "permanent")
    fields = ["sex", "birth_date", "hukou_address", "is_local_hukou"]
    said = sandbox.ask("population", one["number"], fields, **by(one)).json()["data"]
    assert said == {"sex": "女", "birth_date": "1988-11-09", "hukou_address": None, "is_local_hukou": None}
    for register in ("residence", "employment", "property", "education"):
        assert not sandbox.ask(register, one["number"], ["synthetic"], **by(one)).json()["found"]


def test_their_phones_are_shown_with_their_papers(sandbox: Sandbox, people: list[dict[str, Any]]) -> None:
    listed = sandbox.http.get("/phone").text
    for one in people:
        assert one["number"] in listed
        assert one["number"] in sandbox.http.get(f"/phone/{one['phone']}").text
