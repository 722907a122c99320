"""The types of problems that the API answers with, for people and for programs."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import get
from litestar.response import Response

from tongban.kit.web import page, visit
from tongban.kit.web.refusals import TITLES
from tongban.portal.files import problem_of


@get("/problems/{problem:str}", who="public.problems", sync_to_thread=False)
def problem(problem: str) -> Response[Any]:
    """What a problem's ``type`` means and what to do, as a page or as JSON (``Accept: application/json``)."""
    known = problem_of(problem)
    title = TITLES[known.status]
    if visit().wants_json:
        answer = {
            "type": f"/problems/{problem}",
            "title": str(title),
            "status": known.status,
            "meaning": {"zh": known.meaning.zh, "en": known.meaning.en},
            "todo": {"zh": known.todo.zh, "en": known.todo.en},
        }
        return Response(msgspec.json.encode(answer), media_type="application/json")
    return page("portal/problem.html", code=problem, title=title, problem=known)


routes: list[Any] = [problem]
