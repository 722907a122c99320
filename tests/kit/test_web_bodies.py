"""A program's body: JSON, checked whole, with a pointer to each place that does not fit."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Request
from litestar.testing import RequestFactory

from tongban.kit.errors import Refused
from tongban.kit.web.bodies import BodyInvalid, Nothing, body_of, json_of, pointer


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What this test's program sends."""

    item: Annotated[str, msgspec.Meta(pattern="^[a-z]+$")]
    number: Annotated[int, msgspec.Meta(ge=1)] = 1
    about: UUID | None = None


def sent(body: bytes, kind: str = "application/json") -> Request[Any, Any, Any]:
    request: Request[Any, Any, Any] = RequestFactory().post("/", headers={"content-type": kind})
    request._body = body
    return request


async def test_a_body_that_fits() -> None:
    assert await body_of(sent(b'{"item": "x", "number": 3}'), Wish) == Wish("x", 3)
    assert await body_of(sent(b""), Nothing) == Nothing()
    assert await json_of(sent(b"{}", "application/merge-patch+json; charset=utf-8")) == {}


async def test_all_that_does_not_fit_is_named_at_once() -> None:
    with pytest.raises(BodyInvalid) as refused:
        await body_of(sent(b'{"number": "3", "a/b": 1, "c~": 2, "about": "g0"}'), Wish)
    assert refused.value.status == 422
    told = {place: str(words) for place, words in refused.value.fields.items()}
    assert set(told) == {"/item", "/number", "/a~1b", "/c~0", "/about"}
    assert "缺少" in told["/item"] and "类型" in told["/number"] and "去掉" in told["/a~1b"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"1", b"\xff", b'{"a":' * 100_000, b'{"a": 1e999}', b'{"a": NaN}', b'{"a": "\\ud800"}'],
)
async def test_what_is_no_json_object(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        await json_of(sent(body))
    assert (refused.value.code, refused.value.status) == ("body-not-json", 400)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"a" 1}', 6),
        (b'{"a": tru', 9),
        (b"[1,", 3),
        (b" ", 1),
        (b"\xef\xbb\xbf{}", 1),
        (b'{"a": 1} x', 10),
        ('{"名": "'.encode() + b'\xff"}', 10),
    ],
)
async def test_broken_json_is_told_with_its_place(body: bytes, place: int) -> None:
    with pytest.raises(Refused) as refused:
        await json_of(sent(body))
    told = str(refused.value.message)
    assert f"第 {place} 个字节" in told and f"共 {len(body)} 个字节" in told and "对象" not in told


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[]", "不是 JSON 对象"),
        (b"1", "不是 JSON 对象"),
        (b"null", "不是 JSON 对象"),
        (b'{"a":' * 100_000, "嵌套"),
        (b'{"a": 1e999}', "超出范围的数字"),
    ],
)
async def test_whole_json_that_is_no_object_is_not_called_broken(body: bytes, words: str) -> None:
    with pytest.raises(Refused) as refused:
        await json_of(sent(body))
    told = str(refused.value.message)
    assert words in told and "字节" not in told


@given(st.binary(min_size=1, max_size=60))
async def test_no_bytes_are_a_fault(body: bytes) -> None:
    with suppress(Refused):
        assert isinstance(await json_of(sent(body)), dict)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "", "json", "text/json"])
async def test_another_format_is_told(kind: str) -> None:
    with pytest.raises(Refused) as refused:
        await json_of(sent(b"{}", kind))
    assert (refused.value.code, refused.value.status) == ("media-type-not-json", 415)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
async def test_no_json_is_a_fault(value: Any) -> None:
    with suppress(BodyInvalid):
        found = await body_of(sent(msgspec.json.encode({"item": value, "number": value})), Wish)
        raise AssertionError(f"{found}: no value is a word and a number at once")


def test_a_pointer_escapes() -> None:
    assert pointer("a/b", 0, "~") == "/a~1b/0/~0"
