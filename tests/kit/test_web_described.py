"""The OpenAPI document tells of each operation who may ask, what it must carry, and how it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def document(data_dir: Path) -> dict[str, Any]:
    from tongban.app import openapi

    return openapi("en")


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()
    ]


def types(answer: dict[str, Any]) -> list[str]:
    """The problem types that come with an answer of refusal."""
    (content,) = answer["content"].values()
    found: list[str] = content["schema"]["allOf"][1]["properties"]["type"]["enum"]
    return found


def test_every_refusal_is_a_problem_of_a_named_type(document: dict[str, Any]) -> None:
    problem = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "detail", "trace", "fields"} == set(problem["properties"])
    assert len(operations(document)) >= 19
    for path, method, one in operations(document):
        refused = {status: answer for status, answer in one["responses"].items() if status >= "400"}
        assert {"400", "406", "503"} <= set(refused), (path, method)
        for status, answer in refused.items():
            assert list(answer["content"]) == ["application/problem+json"]
            schema = answer["content"]["application/problem+json"]["schema"]["allOf"]
            assert schema[0] == {"$ref": "#/components/schemas/Problem"}
            assert schema[1]["properties"]["status"] == {"const": int(status)} and types(answer)


def test_who_must_be_logged_in_is_told(document: dict[str, Any]) -> None:
    for path, _, one in operations(document):
        private = path.startswith(
            (
                *("/api/v1/cases", "/api/v1/desk", "/api/v1/interested", "/api/v1/licences"),
                *("/api/v1/notices", "/api/v1/materials", "/api/v1/acting", "/api/v1/requests"),
            )
        )
        assert ("security" in one) is private
        assert ("401" in one["responses"]) is private
    schemes = document["components"]["securitySchemes"]
    assert schemes["session"]["name"] == "tongban_session" and schemes["csrf"]["in"] == "header"


def test_what_changes_something_carries_the_sessions_token(document: dict[str, Any]) -> None:
    for _, method, one in operations(document):
        changes = method != "get"
        assert (one.get("security") == [{"session": [], "csrf": []}]) is changes
        assert ("/problems/stale-form" in types(one["responses"].get("403", _NOTHING))) is changes


_NOTHING = {"content": {"": {"schema": {"allOf": [{}, {"properties": {"type": {"enum": []}}}]}}}}


def test_what_creates_or_moves_takes_a_key(document: dict[str, Any]) -> None:
    for _, method, one in operations(document):
        keys = [given for given in one["parameters"] if given["name"] == "Idempotency-Key"]
        assert bool(keys) is (method == "post")
        if keys:
            assert keys[0]["required"] is True
            assert "/problems/idempotency-key-missing" in types(one["responses"]["400"])
            assert "/problems/idempotency-key-reused" in types(one["responses"]["422"])
            assert "/problems/still-running" in types(one["responses"]["409"])


def test_lists_are_read_by_cursor(document: dict[str, Any]) -> None:
    paged = [
        one for _, _, one in operations(document) if any(x["name"] == "after" for x in one["parameters"])
    ]
    assert len(paged) == 10
    for one in paged:
        (limit,) = [given["schema"] for given in one["parameters"] if given["name"] == "limit"]
        assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 100, 20)
        assert "/problems/cursor-malformed" in types(one["responses"]["400"])
        assert "Link" in one["responses"]["200"]["headers"]
        name = one["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        record = document["components"]["schemas"][name]
        assert record["properties"]["next"]["anyOf"] == [{"type": "string"}, {"type": "null"}]


def test_answers_are_changed_under_a_condition(document: dict[str, Any]) -> None:
    answers = document["paths"]["/api/v1/cases/{case_id}/answers"]
    assert "ETag" in answers["get"]["responses"]["200"]["headers"]
    assert [given["name"] for given in answers["put"]["parameters"]] == ["case_id", "If-Match"]
    assert types(answers["put"]["responses"]["412"]) == ["/problems/draft-changed"]
    assert types(answers["put"]["responses"]["428"]) == ["/problems/if-match-missing"]


def test_instants_and_choices_are_described(document: dict[str, Any]) -> None:
    case = document["components"]["schemas"]["CaseAnswer"]["properties"]
    assert case["opened_at"]["format"] == "date-time"
    assert "draft" in case["state"]["enum"] and case["id"]["format"] == "uuid"
    assert {"type": "null"} in case["due"]["anyOf"]


def test_the_words_are_in_the_language_that_is_asked_for(document: dict[str, Any]) -> None:
    from tongban.app import openapi

    assert document["paths"]["/api/v1/cases"]["post"]["summary"] == "Open a draft"
    assert openapi("zh")["paths"]["/api/v1/cases"]["post"]["summary"] == "打开草稿"
