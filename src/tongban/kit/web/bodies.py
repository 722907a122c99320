"""What a program sent: a JSON object, checked against its type with a sentence for every place that does not fit."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

import jsonschema_rs
import msgspec
from litestar.connection import Request

from tongban.kit.directions import undirected
from tongban.kit.errors import Invalid, MediaTypeWrong, Refused, Words
from tongban.kit.i18n import N_

Kind = TypeVar("Kind")

_SENTENCES = {
    "required": N_("缺少这一项，请补上。"),
    "additionalProperties": N_("没有这一项，请去掉。"),
    "type": N_("这一项的类型不对，请对照接口文档更正。"),
}
_OTHER = N_("这一项的内容不符合要求，请对照接口文档更正。")


class NotJson(MediaTypeWrong):
    """A body in another format than JSON."""

    def __init__(self) -> None:
        super().__init__("media-type-not-json", N_("请求内容应为 JSON：Content-Type 请写 application/json。"))


class BodyNotJson(Refused):
    """A body that is broken JSON, or JSON that is no object."""

    def __init__(self, words: Words) -> None:
        super().__init__("body-not-json", words)


class BodyInvalid(Invalid):
    """A JSON object that does not fit its type; ``fields`` names each place by a JSON pointer (RFC 6901)."""

    def __init__(self, fields: Mapping[str, Words]) -> None:
        super().__init__(
            "body-invalid", N_("请求内容有误，请按 fields 的提示更正后重新发送。"), fields=fields
        )


class Nothing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an act that needs no words: an empty object, or none."""


async def json_of(request: Request[Any, Any, Any]) -> dict[str, Any]:
    """A program's body: a JSON object, its texts without control characters and marks of direction as those of a
    form; without a body an empty one."""
    body = await request.body()
    if not body:
        return {}
    if not _says_json(request.headers.get("content-type", "")):
        raise NotJson
    try:  # without a type: with one msgspec calls "[1," no object, which is broken first of all
        found = _undirected(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise BodyNotJson(_why_broken(body, broken)) from broken
    if not isinstance(found, dict):
        raise BodyNotJson(N_("请求内容是 JSON，但不是 JSON 对象。请发送 JSON 对象；没有内容时可以不带。"))
    return found


def _undirected(value: Any) -> Any:
    if isinstance(value, str):
        return undirected(value)
    if isinstance(value, dict):
        return {name: _undirected(one) for name, one in value.items()}
    return [_undirected(one) for one in value] if isinstance(value, list) else value


async def body_of(request: Request[Any, Any, Any], kind: type[Kind]) -> Kind:
    """A program's body as a record of ``kind``; raises BodyInvalid with all that does not fit."""
    found = await json_of(request)
    faults = _faults(_validator(cast("Hashable", kind)).iter_errors(found))
    if faults:
        raise BodyInvalid(faults)
    return msgspec.convert(found, kind)


def pointer(*names: str | int) -> str:
    """A JSON pointer (RFC 6901) to a place in a body."""
    return "".join("/" + str(name).replace("~", "~0").replace("/", "~1") for name in names)


def pointer_to(path: str) -> str:
    """The JSON pointer to a form's field or cell, which the house names by its path: ``costs.2.amount``."""
    return pointer(*path.split("."))


def _why_broken(body: bytes, broken: Exception) -> Words:
    """What keeps a body from being read, with the place where it is known."""
    if isinstance(broken, RecursionError):
        return N_("请求内容的 JSON 嵌套层数太多，无法读取。请减少层数后重新发送。")
    if isinstance(broken, msgspec.ValidationError):  # without a type that is all that a value can do wrong
        return N_("请求内容的 JSON 中有超出范围的数字，无法读取。请更正后重新发送。")
    return N_(
        "请求内容不是有效的 JSON：第 {place} 个字节附近有误（共 {total} 个字节）。请更正后重新发送。",
        place=_broken_at(body, broken),
        total=len(body),
    )


def _broken_at(body: bytes, broken: Exception) -> int:
    """The byte, counted from 1, about which a body is broken; its last one where the rest is missing.

    msgspec counts from 0 and names now the odd byte, now the one behind it: hence "about".
    """
    if isinstance(broken, UnicodeDecodeError):
        try:
            body.decode()
        except UnicodeDecodeError as in_body:
            return in_body.start + 1  # msgspec's own position counts from the beginning of a string
    told = re.search(r"\(byte (\d+)\)$", str(broken))
    return min(int(told[1]) + 1, len(body)) if told else len(body)


def _says_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or (media.startswith("application/") and media.endswith("+json"))


@cache
def _validator(kind: Hashable) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(msgspec.json.schema(kind), validate_formats=True)


def _faults(errors: Iterable[Any]) -> dict[str, Words]:
    faults: dict[str, Words] = {}
    for error in errors:
        for below in _below(error.kind):
            faults.setdefault(pointer(*error.instance_path, *below), _SENTENCES.get(error.kind.name, _OTHER))
    return faults


def _below(kind: Any) -> list[list[str]]:
    """The places that an error is about, below the one where it was found."""
    if kind.name == "required":
        return [[kind.property]]
    if kind.name == "additionalProperties":
        return [[name] for name in kind.unexpected]
    return [[]]
