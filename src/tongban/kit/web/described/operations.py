"""The operations of the API, read off the routes, and the refusals that the floor adds to each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from litestar import Litestar
from litestar.enums import MediaType
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.response import Response
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition

from tongban.kit.policy import Policy, Role
from tongban.kit.web.access import UNSAFE
from tongban.kit.web.described.words import OperationWords, RoomWords, room_of, words_of

_PLACE = re.compile(r"\{(\w+):(\w+)\}")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_BOUNDS = {
    "ge": "minimum",
    "le": "maximum",
    "min_length": "minLength",
    "max_length": "maxLength",
    "pattern": "pattern",
}

#: The refusals of the floor, by what an operation has that they belong to.
COMMON = {
    "always": ("http-400", "not-acceptable", "database-away", "maintenance"),
    "private": ("log-in-first", "not-allowed"),
    "unsafe": ("stale-form",),
    "placed": ("http-404",),
    "asked": ("parameters-wrong",),
    "paged": ("cursor-malformed",),
    "sent": ("http-413",),
    "bodied": ("media-type-not-json", "body-not-json"),
    "typed": ("body-invalid",),
    "keyed": (
        "idempotency-key-missing",
        "idempotency-key-malformed",
        "idempotency-key-reused",
        "still-running",
    ),
    "matched": ("if-match-missing",),
}


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation 接口操作: a method of an address, what it takes and gives, who may ask, what is told of it.

    ``places`` and ``questions`` are the parameters in the address and after the question mark, as (name, schema).
    """

    room: str
    name: str
    method: str
    path: str
    places: tuple[tuple[str, dict[str, Any]], ...]
    questions: tuple[tuple[str, dict[str, Any]], ...]
    takes: Any
    media: tuple[str, ...]
    gives: Any
    media_type: str
    statuses: tuple[int, ...]
    public: bool
    matched: bool
    tagged: bool
    located: bool
    asks: tuple[str, ...]
    answers: tuple[str, ...]
    room_words: RoomWords
    words: OperationWords | None

    @property
    def id(self) -> str:
        """Its name in the whole document."""
        return f"{self.room}.{self.name}"

    @property
    def unsafe(self) -> bool:
        """Whether it changes something."""
        return self.method in UNSAFE

    @property
    def keyed(self) -> bool:
        """Whether it takes an Idempotency-Key: what creates or moves something; other methods repeat safely."""
        return self.method == "POST"

    @property
    def paged(self) -> bool:
        """Whether it gives a list a page at a time."""
        return any(name == "after" for name, _ in self.questions)

    @property
    def refusals(self) -> tuple[str, ...]:
        """The codes of all problems that it may answer with."""
        has = {
            "always": True,
            "private": not self.public,
            "unsafe": self.unsafe,
            "placed": bool(self.places),
            "asked": bool(self.questions),
            "paged": self.paged,
            "sent": self.takes is not None,
            "bodied": self.takes is not None and not self.media,
            "typed": isinstance(self.takes, type) and issubclass(self.takes, msgspec.Struct),
            "keyed": self.keyed,
            "matched": self.matched,
        }
        common = [code for what, codes in COMMON.items() if has[what] for code in codes]
        return (*common, *(self.words.refusals if self.words else ()))


def operations_of(app: Litestar, policy: Policy) -> list[Operation]:
    """All operations of the app's public API, in the order of its routes."""
    return [
        _operation(route, handler, policy)
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in sorted(route.route_handlers, key=_order)
        if handler.resolve_include_in_schema()
    ]


def _order(handler: HTTPRouteHandler) -> int:
    """Reading comes before changing, ending last."""
    (method,) = handler.http_methods
    return _METHODS.index(method) if method in _METHODS else len(_METHODS)


def _operation(route: HTTPRoute, handler: HTTPRouteHandler, policy: Policy) -> Operation:
    (method,) = handler.http_methods
    teller = handler.opt.get("told_by", handler.fn)
    words = words_of(teller)
    places = dict(_PLACE.findall(route.path))
    also = handler.opt.get("also")
    return Operation(
        room=room_of(teller).name,
        name=handler.handler_name,
        method=method,
        path=route.path_format,
        places=tuple((name, _place(kind)) for name, kind in places.items()),
        questions=tuple(_questions(handler, places)),
        takes=handler.opt.get("takes"),
        media=handler.opt.get("media", ()),
        gives=_gives(handler.parsed_fn_signature.return_type),
        media_type=_media_type(handler),
        statuses=tuple(sorted((handler.opt.get("answered", handler.status_code), *([also] if also else [])))),
        public=policy.open_to(handler.opt["who"], Role.VISITOR),
        matched=handler.opt.get("matched", False),
        tagged=handler.opt.get("tagged", False),
        located=handler.opt.get("located", False),
        asks=handler.opt.get("asks", ()),
        answers=handler.opt.get("answers", ()),
        room_words=words,
        words=words.operations.get(handler.handler_name),
    )


def _place(kind: str) -> dict[str, Any]:
    return {"type": "string", "format": "uuid"} if kind == "uuid" else {"type": "string", "minLength": 1}


def _questions(handler: HTTPRouteHandler, places: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    injected = {*handler.resolve_dependencies(), "request", "state"}
    for name, field in handler.parsed_fn_signature.parameters.items():
        if name not in places and name not in injected:
            definition = field.kwarg_definition
            alias = definition.name if isinstance(definition, ParameterKwarg) else None
            yield alias or name, _question(field)


def _question(field: FieldDefinition) -> dict[str, Any]:
    """A parameter's schema; what may be left out is never null, it is not there."""
    inner = [one for one in field.inner_types if not one.is_none_type] if field.is_optional else [field]
    schema, components = msgspec.json.schema_components([inner[0].annotation])
    plain = dict(schema[0])
    if "$ref" in plain:
        (enumeration,) = components.values()
        plain = {"type": "string", "enum": enumeration["enum"]}
    if isinstance(field.kwarg_definition, ParameterKwarg):
        for mine, theirs in _BOUNDS.items():
            bound = getattr(field.kwarg_definition, mine)
            if bound is not None:
                plain[theirs] = bound
    if field.default is not None:
        plain["default"] = field.default
    return plain


def _media_type(handler: HTTPRouteHandler) -> str:
    given = handler.media_type or MediaType.JSON
    return given.value if isinstance(given, MediaType) else given


def _gives(returned: FieldDefinition) -> Any:
    """The type of the answer's body, None without one."""
    given = returned.inner_types[0] if returned.is_subclass_of(Response) else returned
    return None if given.is_none_type else given.annotation
