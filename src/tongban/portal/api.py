"""What the API says of itself: its document, and the types of problems that it answers with."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, get
from litestar.response import Response

from tongban.kit.i18n import language
from tongban.kit.policy import Role
from tongban.kit.web import page, visit
from tongban.kit.web.refusals import TITLES
from tongban.kit.web.sessions import LIFETIME
from tongban.portal import actions
from tongban.portal.files import problem_of, problems
from tongban.portal.model import Problem


@get("/api/openapi.json", who="public.api", sync_to_thread=False)
def document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document in the caller's language; tools of other sites may read it."""
    found = actions.openapi(request.app, request.app.state.policy, language=language())
    return Response(
        msgspec.json.encode(found),
        media_type="application/json",
        headers={"access-control-allow-origin": "*"},
    )


@get("/api", who="public.api", sync_to_thread=False)
def documentation(request: Request[Any, Any, Any]) -> Response[str]:
    """The document as a page: how to call, each operation with an example, each record with its members."""
    found = actions.openapi(request.app, request.app.state.policy, language=language())
    return page("portal/api.html", sheet=actions.sheet(found), hours=LIFETIME[Role.RESIDENT].seconds // 3600)


@get("/problems", who="public.problems", sync_to_thread=False)
def all_problems() -> Response[Any]:
    """Every type of problem with its status and meaning, as a page or as JSON (``Accept: application/json``)."""
    if visit().wants_json:
        answer = {"problems": [_told(code, one) for code, one in problems().items()]}
        return Response(msgspec.json.encode(answer), media_type="application/json")
    return page("portal/problems.html", problems=problems())


@get("/problems/{problem:str}", who="public.problems", sync_to_thread=False)
def problem(problem: str) -> Response[Any]:
    """What a problem's ``type`` means and what to do, as a page or as JSON (``Accept: application/json``)."""
    known = problem_of(problem)
    if visit().wants_json:
        return Response(msgspec.json.encode(_told(problem, known)), media_type="application/json")
    return page("portal/problem.html", code=problem, title=TITLES[known.status], problem=known)


def _told(code: str, known: Problem) -> dict[str, Any]:
    return {
        "type": f"/problems/{code}",
        "title": str(TITLES[known.status]),
        "status": known.status,
        "meaning": {"zh": known.meaning.zh, "en": known.meaning.en},
        "todo": {"zh": known.todo.zh, "en": known.todo.en},
    }


routes: list[Any] = [document, documentation, all_problems, problem]
