"""The document put together: OpenAPI 3.1 in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from tongban.kit.i18n import Language, Text, use_language
from tongban.kit.web.described.operations import Operation
from tongban.kit.web.described.records import Schema, schemas_of
from tongban.kit.web.described.shared import ASKED, HEADERS, KEY, MATCH, PROBLEM, SECURITY, told
from tongban.kit.web.described.words import RoomWords

_SCHEMAS = "#/components/schemas/"


def document(
    operations: Iterable[Operation],
    *,
    words: RoomWords,
    problems: Mapping[str, int],
    server: str,
    version: str,
    language: Language,
) -> dict[str, Any]:
    """The OpenAPI document of these operations; ``words`` are its own, ``problems`` the status of each type."""
    every = list(operations)
    with use_language(language):
        types = [
            one
            for operation in every
            for one in (operation.takes, operation.gives)
            if one not in (None, bytes)
        ]
        schemas, records = schemas_of(types, _records(words, every))
        of_type = dict(zip(map(id, types), schemas, strict=True))
        paths: dict[str, dict[str, Any]] = {}
        for one in every:
            paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, of_type, problems)
        return {
            "openapi": "3.1.0",
            "info": {"title": str(words.title), "version": version, "description": str(words.text)},
            "servers": [{"url": server}],
            "tags": _tags(every),
            "paths": paths,
            "components": {
                "schemas": {**records, "Problem": told(PROBLEM)},
                "securitySchemes": told(SECURITY),
                "headers": told(HEADERS),
            },
        }


def _records(words: RoomWords, operations: Iterable[Operation]) -> dict[str, Mapping[str, Text]]:
    found: dict[str, Mapping[str, Text]] = dict(words.records)
    for one in operations:
        found.update(one.room_words.records)
    return found


def _tags(operations: Iterable[Operation]) -> list[dict[str, str]]:
    rooms = {one.room: one.room_words for one in operations}
    return [
        {
            "name": room,
            "summary": str((words.section or words).title),
            "description": str((words.section or words).text),
        }
        for room, words in rooms.items()
    ]


def _operation(one: Operation, of_type: Mapping[int, Schema], problems: Mapping[str, int]) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": one.id, "tags": [one.room]}
    if one.words:
        made |= {"summary": str(one.words.title), "description": str(one.words.text)}
    made["parameters"] = _parameters(one)
    if one.takes is not None:
        made["requestBody"] = _file(one) if one.media else _body(one, of_type[id(one.takes)])
    made["responses"] = {**_successes(one, of_type), **_refusals(one, problems)}
    if not one.public or one.unsafe:
        made["security"] = [{"session": [], "csrf": []} if one.unsafe else {"session": []}]
    return made


def _parameters(one: Operation) -> list[dict[str, Any]]:
    words = one.words.parameters if one.words else {}
    shown = one.words.example if one.words else None
    made = []
    for where, given in (("path", one.places), ("query", one.questions)):
        for name, schema in given:
            parameter = {"name": name, "in": where, "required": where == "path", "schema": schema}
            if name in words:
                parameter["description"] = str(words[name])
            examples = (shown.path if where == "path" else shown.query) if shown else {}
            if name in examples:
                parameter["example"] = examples[name]
            made.append(parameter)
    made += [told(header) for header, has in ((KEY, one.keyed), (MATCH, one.matched)) if has]
    return made + [told({"name": name, "in": "header", "required": True, **ASKED[name]}) for name in one.asks]


def _file(one: Operation) -> dict[str, Any]:
    """A body that is a file, or a piece of one, as it is."""
    example = one.words.example if one.words else None
    content: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
    return {
        "required": True,
        "content": {
            media: content | ({"example": example.body} if example and media == example.media else {})
            for media in one.media
        },
    }


def _body(one: Operation, schema: Schema) -> dict[str, Any]:
    example = one.words.example if one.words else None
    content: dict[str, Any] = {"schema": schema}
    if example and example.body is not None:
        content["example"] = example.body
    # What takes an empty object takes no body as well.
    return {"required": bool(example and example.body), "content": {"application/json": content}}


def _successes(one: Operation, of_type: Mapping[int, Schema]) -> dict[str, Any]:
    example = one.words.example if one.words else None
    made = {}
    for status in one.statuses:
        headers = ["X-Trace-Id"]
        headers += ["Link"] if one.paged else []
        headers += ["ETag"] if one.tagged else []
        headers += ["Location"] if one.located else []
        headers += one.answers
        answer: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        }
        if one.gives is not None:
            content: dict[str, Any] = {"schema": of_type[id(one.gives)]}
            if example and example.status == status and example.answer is not None:
                content["example"] = example.answer
            answer["content"] = {one.media_type: content}
        made[str(status)] = answer
    return made


def _refusals(one: Operation, problems: Mapping[str, int]) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for code in one.refusals:
        by_status.setdefault(problems[code], []).append(code)
    return {str(status): _refusal(status, codes) for status, codes in sorted(by_status.items())}


def _refusal(status: int, codes: list[str]) -> dict[str, Any]:
    of_these = {
        "properties": {
            "type": {"enum": [f"/problems/{code}" for code in codes]},
            "status": {"const": status},
        }
    }
    headers = ["X-Trace-Id", *(["Retry-After"] if status == 503 else [])]
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {
            "application/problem+json": {"schema": {"allOf": [{"$ref": f"{_SCHEMAS}Problem"}, of_these]}}
        },
    }
