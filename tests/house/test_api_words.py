"""The API tells of itself whole: every operation, parameter, member and example has its words, and no word is idle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import yaml
from litestar import Litestar, get
from litestar.response import Response

from scripts.source import HOUSE
from tongban.kit.policy import Policy, Relation, Role, Rule
from tongban.kit.web import described
from tongban.kit.web.described import Operation, RoomWords
from tongban.portal.files import problems, words

FILES = sorted(HOUSE.glob("*/api.yaml"))
#: A language's mark for a text; the record Text itself has members of these names.
BOTH = {"zh", "en"}


@pytest.fixture(scope="module")
def operations(data_dir: Path) -> list[Operation]:
    from tongban import rooms
    from tongban.app import create_app

    return described.operations_of(create_app(), rooms.POLICY)


@pytest.fixture(scope="module", params=["zh", "en"])
def document(request: pytest.FixtureRequest, data_dir: Path) -> dict[str, Any]:
    from tongban.app import openapi

    return openapi(request.param)


def untold(operations: list[Operation], records: dict[str, Any], own: RoomWords) -> list[str]:
    """What has no words, and words for what is not there."""
    wrong = []
    told = dict(own.records)
    for one in operations:
        told.update(one.room_words.records)
        if one.words is None:
            wrong.append(f"{one.id} has no words")
            continue
        named = {name for name, _ in (*one.places, *one.questions)}
        wrong += [f"{one.id}: {name}" for name in named ^ set(one.words.parameters)]
        if one.words.example is None:
            wrong.append(f"{one.id} has no example")
    for room in {one.room: one.room_words for one in operations}.values():
        handlers = {one.name for one in operations if one.room_words is room}
        wrong += [f"no operation {name}" for name in set(room.operations) - handlers]
    for name, schema in records.items():
        members = {".", *schema.get("properties", {})}
        wrong += [f"{name}.{member}" for member in members ^ set(told.get(name, {}))]
    return wrong + [f"no record {name}" for name in set(told) - set(records)]


def test_everything_is_told(operations: list[Operation], document: dict[str, Any]) -> None:
    assert len(operations) >= 19
    records = dict(document["components"]["schemas"])
    del records["Problem"]  # told in the code that answers it
    assert untold(operations, records, words()) == []


def texts(value: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every text of a file in both languages, with its place."""
    if isinstance(value, dict):
        if BOTH & set(value) and not any(isinstance(one, dict) for one in value.values()):
            yield where, value
        for name, one in value.items():
            yield from texts(one, f"{where}/{name}")
    elif isinstance(value, list):
        for one in value:
            yield from texts(one, where)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_text_is_whole_in_both_languages(file: Path) -> None:
    """An English comma outside quotation marks would cut a text in two, and YAML would not mind."""
    found = list(texts(yaml.safe_load(file.read_text()), file.parent.name))
    assert len(found) >= 3
    for where, text in found:
        assert set(text) == BOTH, where
        assert all(isinstance(one, str) and one.strip() for one in text.values()), where
    told = [
        (where, text) for where, text in found if "/example/" not in where and not where.endswith("/title")
    ]
    wrong = [where for where, text in told if text["zh"][-1] not in "。）" or text["en"][-1] not in ".)"]
    assert wrong == []


def test_the_rooms_with_operations_have_a_file(operations: list[Operation]) -> None:
    assert {file.parent.name for file in FILES} == {one.room for one in operations} | {"portal"}


def test_every_example_fits_its_schema(operations: list[Operation], document: dict[str, Any]) -> None:
    seen = 0
    for one in operations:
        made = document["paths"][one.path][one.method.lower()]
        bodies = [*made["responses"].values(), *([made["requestBody"]] if "requestBody" in made else [])]
        for content in (content for body in bodies for content in body.get("content", {}).values()):
            if "example" in content:
                schema = {**content["schema"], "components": document["components"]}
                errors = list(jsonschema_rs.Draft202012Validator(schema).iter_errors(content["example"]))
                assert errors == [], (one.id, [str(error)[:300] for error in errors])
                seen += 1
    assert seen >= 19


def test_every_refusal_is_a_documented_problem(operations: list[Operation]) -> None:
    for one in operations:
        assert set(one.refusals) <= set(problems()), one.id
        assert len(set(one.refusals)) == len(one.refusals), one.id


def test_a_record_has_one_shape_in_the_whole_document(operations: list[Operation]) -> None:
    """Two rooms' words for one record would hide each other."""
    told = [
        name for room in {one.room: one.room_words for one in operations}.values() for name in room.records
    ]
    assert len(told) == len(set(told))


@get("/api/v1/careless", who="t.open", include_in_schema=True)
async def careless(limit: int = 1) -> Response[dict[str, int]]:
    """Tells nothing of itself."""
    return Response({"limit": limit})


def test_the_rule_can_fail() -> None:
    app = Litestar([careless], openapi_config=None)
    policy = Policy([Rule("t.open", Role.VISITOR, Relation.ANY)])
    (one,) = described.operations_of(app, policy)
    own = msgspec.structs.replace(words(), records={"Text": words().records["Text"]})
    found = untold([one], {"Thing": {"properties": {"a": {}}}}, own)
    assert sorted(found) == ["Thing..", "Thing.a", "house.careless has no words", "no record Text"]
