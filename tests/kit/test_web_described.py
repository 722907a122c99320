"""The OpenAPI document tells of each operation who may ask, what it must carry, and how it is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def document(data_dir: Path) -> dict[str, Any]:
    from tongban.app import openapi

    return openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()
    ]


def test_every_refusal_is_the_one_problem(document: dict[str, Any]) -> None:
    problem = document["components"]["schemas"]["Problem"]
    assert {"type", "title", "status", "detail", "trace"} <= set(problem["properties"])
    assert len(operations(document)) >= 5
    for path, method, one in operations(document):
        refused = {status: answer for status, answer in one["responses"].items() if status >= "400"}
        assert {"400", "404", "503"} <= set(refused), (path, method)
        for answer in refused.values():
            schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
            assert answer["content"] == {"application/problem+json": schema}


def test_who_must_be_logged_in_is_told(document: dict[str, Any]) -> None:
    for path, _, one in operations(document):
        private = path.startswith(("/api/v1/cases", "/api/v1/desk/"))
        assert ("security" in one) is private
        assert ({"401", "403"} <= set(one["responses"])) is private
    schemes = document["components"]["securitySchemes"]
    assert schemes["session"]["name"] == "tongban_session" and schemes["csrf"]["in"] == "header"


def test_what_creates_takes_a_key_and_the_sessions_token(document: dict[str, Any]) -> None:
    posts = [one for _, method, one in operations(document) if method == "post"]
    assert posts
    for one in posts:
        key = next(parameter for parameter in one["parameters"] if parameter["in"] == "header")
        assert key["name"] == "Idempotency-Key" and key["required"] is True
        assert one["security"] == [{"session": [], "csrf": []}]
        assert {"409", "422"} <= set(one["responses"])
