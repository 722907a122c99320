"""Refusals of the outside world, as RFC 9457 problem documents."""

from typing import Any, TypeVar

import msgspec
from litestar import Request, Response

Body = TypeVar("Body")


class Problem(Exception):  # noqa: N818 - a refusal, named as RFC 9457 names it
    """A refused call; `pointers` names the fields at fault."""

    def __init__(self, status: int, title: str, detail: str, *, pointers: list[str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.pointers = status, title, detail, pointers


def problem_document(problem: Problem) -> dict[str, Any]:
    """The document of a problem."""
    kind = problem.title.lower().replace(" ", "-")
    document: dict[str, Any] = {
        "type": f"urn:tongban:sandbox:{kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.pointers:
        document["errors"] = [{"pointer": f"#/{pointer}"} for pointer in problem.pointers]
    return document


def render(_: Request[Any, Any, Any], problem: Problem) -> Response[bytes]:
    """The one place where a refusal becomes an answer."""
    headers = {"Retry-After": "5"} if problem.status == 503 else {}
    return Response(
        msgspec.json.encode(problem_document(problem)),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=headers,
    )


def decoded(body: bytes, kind: type[Body]) -> Body:
    """A body as `kind`, or the problem that it is not."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.MsgspecError as wrong:
        raise Problem(400, "Malformed body", str(wrong)) from wrong
