"""The OpenAPI document of the public API: what Litestar reads off the routes, and what it cannot know of the house."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from litestar import Litestar
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute

from tongban.kit.policy import Policy, Role
from tongban.kit.web.csrf import HEADER as CSRF_HEADER
from tongban.kit.web.floor import injected
from tongban.kit.web.forms import KEY_HEADER
from tongban.kit.web.visit import SESSION_COOKIE

#: The answer to whatever is refused, the same everywhere (RFC 9457).
PROBLEM = {
    "type": "object",
    "description": "A refusal. /problems/<code>, its type, says what it means and what to do.",
    "required": ["type", "title", "status", "detail", "trace"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "examples": ["/problems/not-allowed"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "What happened and what to do, in the caller's language.",
        },
        "trace": {"type": "string", "description": "Quote it when you ask about this answer."},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
SECURITY = {
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
    "csrf": {
        "type": "apiKey",
        "in": "header",
        "name": CSRF_HEADER,
        "description": "The session's token, as it stands in the field _csrf of each page's forms.",
    },
}
KEY = {
    "name": KEY_HEADER,
    "in": "header",
    "required": True,
    "description": "One key for one act: repeated with it, the act is done once and answered the same.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 128, "pattern": "^[!-~]{8,128}$"},
}


def openapi(routes: Sequence[Any], *, policy: Policy, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI document of the routes that say ``include_in_schema=True``."""
    described = Litestar(
        route_handlers=list(routes),
        dependencies=injected(),
        include_in_schema=False,
        openapi_config=OpenAPIConfig(title=title, version=version, path="/api/described"),
    )
    document: dict[str, Any] = described.openapi_schema.to_schema()
    document["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    document["components"]["securitySchemes"] = SECURITY
    for route in described.routes:
        if isinstance(route, HTTPRoute) and route.path_format in document["paths"]:
            for handler in route.route_handlers:
                for method in handler.http_methods - {"OPTIONS"}:
                    operation = document["paths"][route.path_format][method.lower()]
                    _complete(
                        operation, method=method, public=policy.open_to(handler.opt["who"], Role.VISITOR)
                    )
    return document


def _complete(operation: dict[str, Any], *, method: str, public: bool) -> None:
    """Add what the web floor does around every route: who may ask, the key of what creates, the refusals."""
    refusals = [400, 404, 503]
    if not public:
        operation["security"] = [{"session": []}]
        refusals += [401, 403]
    if method == "POST":
        operation["security"] = [{"session": [], "csrf": []}]
        operation.setdefault("parameters", []).append(KEY)
        refusals += [409, 422]
    for status in sorted(refusals):
        operation["responses"][str(status)] = {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
