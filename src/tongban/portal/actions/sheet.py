"""The OpenAPI document as a page shows it: operations by room, types in words, a line of curl for each example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from tongban.kit.i18n import N_

_SCHEMAS = "#/components/schemas/"
_FORMATS = {
    "uuid": N_("UUID"),
    "date": N_("日期"),
    "date-time": N_("时间（UTC）"),
    "uri-reference": N_("地址"),
    "binary": N_("文件的字节"),
}
_TYPES = {
    "string": N_("文本"),
    "integer": N_("整数"),
    "number": N_("数"),
    "boolean": N_("true 或 false"),
    "object": N_("对象"),
    "array": N_("数组"),
    "null": N_("null"),
}

#: The log-in as commands, those of ``docs/howto/use-the-api.md``, which walks on from here. In braces the whole can be
#: pasted: the shell reads it to its end before ``read`` waits for the code of the text message.
_LOG_IN = r"""{{
: "${{ACCOUNT:=13800005001}}" "${{PASSWORD:=tongban-demo-2026}}"
call() {{ curl --silent --show-error --fail-with-body --cookie cookies.txt --cookie-jar cookies.txt "$@"; }}
csrf() {{ call {server}/api/v1/session | sed 's/.*"csrf":"\([^"]*\)".*/\1/'; }}
STEP=$(call --header "X-CSRF-Token: $(csrf)" --data-urlencode "account=$ACCOUNT" \
  --data-urlencode "password=$PASSWORD" --output page.html --write-out '%{{redirect_url}}' \
  {server}/login | sed 's/.*step=\([^&]*\).*/\1/')
echo CODE; read -r CODE
call --header "X-CSRF-Token: $(csrf)" --data "step=$STEP" --data "code=$CODE" --output page.html {server}/login/code
CSRF=$(csrf)
}}"""

#: A type in words: pieces of text, each with the anchor that it leads to or none.
Words = tuple[tuple[str, str], ...]


class Row(msgspec.Struct, frozen=True):
    """A parameter or a member of a record: name, type, whether it is always there, what it says."""

    name: str
    type: Words
    required: bool
    text: str


class Body(msgspec.Struct, frozen=True):
    """What is sent or answered: its format, its type, an example as it is written."""

    media_type: str
    type: Words
    example: str


class Answer(msgspec.Struct, frozen=True):
    """An answer by its status; without a body ``body`` is None."""

    status: str
    phrase: str
    body: Body | None


class Refusal(msgspec.Struct, frozen=True):
    """The types of problems that come with one status."""

    status: str
    types: tuple[str, ...]


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An operation as the page shows it; ``curl`` is its example as a command."""

    id: str
    method: str
    path: str
    title: str
    text: str
    private: bool
    unsafe: bool
    parameters: tuple[Row, ...]
    body: Body | None
    answers: tuple[Answer, ...]
    refusals: tuple[Refusal, ...]
    curl: str


class Room(msgspec.Struct, frozen=True):
    """The operations of one room under its heading."""

    name: str
    title: str
    text: str
    operations: tuple[Shown, ...]


class Record(msgspec.Struct, frozen=True):
    """A record with its members."""

    name: str
    text: str
    rows: tuple[Row, ...]


class Sheet(msgspec.Struct, frozen=True):
    """The whole document for a page."""

    title: str
    text: str
    version: str
    server: str
    rooms: tuple[Room, ...]
    records: tuple[Record, ...]

    @property
    def log_in(self) -> str:
        """The log-in, up to the token of the session, as commands."""
        return _LOG_IN.format(server=self.server)


def sheet(document: Mapping[str, Any]) -> Sheet:
    """The document as :class:`Sheet`, in the language that the document is in."""
    server = document["servers"][0]["url"]
    every = [
        (one["tags"][0], _shown(one, method, path, server))
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]
    return Sheet(
        title=document["info"]["title"],
        text=document["info"]["description"],
        version=document["info"]["version"],
        server=server,
        rooms=tuple(
            Room(
                tag["name"],
                tag["summary"],
                tag["description"],
                tuple(one for room, one in every if room == tag["name"]),
            )
            for tag in document["tags"]
        ),
        records=tuple(_record(name, one) for name, one in document["components"]["schemas"].items()),
    )


def _shown(one: Mapping[str, Any], method: str, path: str, server: str) -> Shown:
    security = one.get("security", [{}])[0]
    return Shown(
        id=one["operationId"],
        method=method.upper(),
        path=path,
        title=one["summary"],
        text=one["description"],
        private=any(status == "401" for status in one["responses"]),
        unsafe="csrf" in security,
        parameters=tuple(
            Row(given["name"], _type(given["schema"]), given["required"], given.get("description", ""))
            for given in one["parameters"]
        ),
        body=_body(one.get("requestBody", {})),
        answers=tuple(
            Answer(status, HTTPStatus(int(status)).phrase, _body(answer))
            for status, answer in one["responses"].items()
            if status < "400"
        ),
        refusals=tuple(
            Refusal(status, tuple(_problems(answer)))
            for status, answer in one["responses"].items()
            if status >= "400"
        ),
        curl=_curl(one, method.upper(), path, server, security),
    )


def _problems(answer: Mapping[str, Any]) -> Iterator[str]:
    (content,) = answer["content"].values()
    for address in content["schema"]["allOf"][1]["properties"]["type"]["enum"]:
        yield address.removeprefix("/problems/")


def _body(holder: Mapping[str, Any]) -> Body | None:
    for media_type, content in holder.get("content", {}).items():
        example = content.get("example")
        if content["schema"].get("format") == "binary":
            return Body(", ".join(holder["content"]), _type(content["schema"]), "")
        written = "" if example is None else json.dumps(example, ensure_ascii=False, indent=2)
        return Body(media_type, _type(content["schema"]), written)
    return None


def _record(name: str, schema: Mapping[str, Any]) -> Record:
    required = schema.get("required", ())
    rows = (
        Row(member, _type(one), member in required, one.get("description", ""))
        for member, one in schema.get("properties", {}).items()
    )
    return Record(name, schema.get("description", ""), tuple(rows))


def _type(schema: Mapping[str, Any]) -> Words:
    """A type in words, as a person reads it."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_SCHEMAS)
        return ((name, f"#{name}"),)
    if "anyOf" in schema:
        return _joined([_type(one) for one in schema["anyOf"]], str(N_(" 或 ")))
    if "enum" in schema:
        return ((str(N_("之一：{values}", values=", ".join(map(str, schema["enum"])))), ""),)
    if schema.get("type") == "array":
        return _row_of(schema)
    if schema.get("type") == "object" and "$ref" in schema.get("additionalProperties", {}):
        return ((str(N_("对象，值为 ")), ""), *_type(schema["additionalProperties"]))
    kind = _FORMATS.get(schema.get("format", "")) or _TYPES.get(schema.get("type", ""), N_("任意"))
    return ((f"{kind}{_limits(schema)}", ""),)


def _row_of(schema: Mapping[str, Any]) -> Words:
    if isinstance(schema.get("items"), dict):
        return ((str(N_("数组，每项为 ")), ""), *_type(schema["items"]))
    places = [_type(one) for one in schema.get("prefixItems", ())]
    return (
        ((str(N_("数组：")), ""), *_joined(places, str(N_("、"))))
        if places
        else ((str(_TYPES["array"]), ""),)
    )


def _joined(parts: list[Words], between: str) -> Words:
    return tuple(
        piece for place, part in enumerate(parts) for piece in (*(((between, ""),) if place else ()), *part)
    )


def _limits(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    limits = "" if least is None or most is None else str(N_("，{least} 至 {most}", least=least, most=most))
    return limits + (str(N_("，默认 {value}", value=schema["default"])) if schema.get("default") else "")


def _curl(one: Mapping[str, Any], method: str, path: str, server: str, security: Mapping[str, Any]) -> str:
    """The example as a command; ``cookies.txt`` and ``$CSRF`` are those of the log-in."""
    examples = {(given["in"], given["name"]): given.get("example") for given in one["parameters"]}
    address = path
    for (where, name), value in examples.items():
        if where == "path":
            address = address.replace(f"{{{name}}}", quote(str(value), safe=""))
    query = {
        name: str(value).lower() if isinstance(value, bool) else value
        for (where, name), value in examples.items()
        if where == "query" and value is not None
    }
    parts = ["curl -b cookies.txt" if security else "curl"]
    if method not in ("GET", "POST"):
        parts.append(f"-X {method}")
    if "csrf" in security:
        parts.append('-H "X-CSRF-Token: $CSRF"')
    parts += [f"-H '{name}: {value}'" for (where, name), value in examples.items() if where == "header"]
    parts += _data(one, method)
    parts.append(f"'{server}{address}{'?' + urlencode(query, safe=',') if query else ''}'")
    return " \\\n  ".join(parts) if len(parts) > 2 else " ".join(parts)


def _data(one: Mapping[str, Any], method: str) -> list[str]:
    for media_type, content in one.get("requestBody", {}).get("content", {}).items():
        if content["schema"].get("format") == "binary" and "example" in content:
            return [f"-H 'Content-Type: {media_type}'", f"--data-binary @{content['example']}"]
    body = _body(one.get("requestBody", {}))
    if body and body.example:
        written = json.dumps(json.loads(body.example), ensure_ascii=False)
        return ["-H 'Content-Type: application/json'", f"-d '{written}'"]
    return ["-X POST"] if method == "POST" else []
