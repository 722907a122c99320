"""What a program may ask of the floor in its headers: formats that it takes, versions that it has read."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Request
from litestar.testing import RequestFactory

from tongban.kit.web.accepting import JsonOnly, must_take_json
from tongban.kit.web.conditions import IfMatchMissing, etag, versions_matched


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "APPLICATION/JSON; charset=utf-8",
        "application/problem+json",
        "application/schema+json",
        "application/*;q=0.5",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "text/html;q=1, application/json;q=0.001",
        "application/json;q=0, application/json",
    ],
)
def test_who_takes_json(accept: str) -> None:
    must_take_json(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml, text/*",
        "application/json;q=0",
        "application/json;q=0.0, */*",
        "*/*;q=0",
        "nonsense",
        "application/*;q=0.000, */*;q=1",
    ],
)
def test_who_rules_it_out(accept: str) -> None:
    with pytest.raises(JsonOnly) as refused:
        must_take_json(accept)
    assert refused.value.status == 406


def asking(**headers: str) -> Request[Any, Any, Any]:
    return RequestFactory().put("/", headers=headers)


@pytest.mark.parametrize(
    ("tags", "versions"),
    [
        (etag(7), {7}),
        ('"7", "8"', {7, 8}),
        ('"7","x", W/"9"', {7}),
        ("7", set()),
        ('W/"7"', set()),
        ('"12345678901"', set()),
        ('"é"', set()),
        ("", set()),
    ],
)
def test_the_versions_that_a_condition_names(tags: str, versions: set[int]) -> None:
    assert versions_matched(asking(**{"If-Match": tags})) == versions


def test_any_version_and_none_named() -> None:
    assert versions_matched(asking(**{"If-Match": " * "})) is None
    with pytest.raises(IfMatchMissing) as refused:
        versions_matched(asking())
    assert refused.value.status == 428
