"""The document of the public API, made from the routes of the running app."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, Any

from tongban.kit.i18n import Language
from tongban.kit.policy import Policy
from tongban.kit.web import described
from tongban.portal.files import problems, words
from tongban.settings import settings

if TYPE_CHECKING:
    from litestar import Litestar


def openapi(app: Litestar, policy: Policy, *, language: Language) -> dict[str, Any]:
    """The OpenAPI 3.1 document in one language, made once for an app."""
    made: dict[str, dict[str, Any]] = app.state.setdefault("api_documents", {})
    if language not in made:
        made[language] = described.document(
            described.operations_of(app, policy),
            words=words(),
            problems={code: one.status for code, one in problems().items()},
            server=settings().public_url,
            version=metadata.version("tongban"),
            language=language,
        )
    return made[language]
