"""The registers' door: signed questions with a purpose, answered once a message and written down."""

import hashlib
import sqlite3
import uuid
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post

from .civil import Clock, now
from .facts import FIELDS, known
from .faults import Faults
from .problems import Problem, decoded
from .signing import Trust, caller


class Query(msgspec.Struct):
    """A question to a register; the shape on the wire."""

    msg_id: str
    resource: str
    id_number: str
    fields: list[str]
    caller: str
    name: str | None = None
    purpose: dict[str, Any] | None = None


class Check(msgspec.Struct):
    """Do these elements belong to one person?"""

    id_number: str
    name: str
    phone: str | None = None


@dataclass(slots=True)
class Register:
    """One register with its file."""

    name: str
    resource: str
    db: sqlite3.Connection
    trust: Trust
    faults: Faults
    clock: Clock


def _checked(register: Register, node: str, body: bytes) -> Query:
    query = decoded(body, Query)
    try:
        uuid.UUID(query.msg_id)
    except ValueError as wrong:
        raise Problem(400, "Malformed body", "msg_id is not a UUID.", pointers=["msg_id"]) from wrong
    if query.caller != node:
        raise Problem(403, "Caller mismatch", "caller is not the node that signed.", pointers=["caller"])
    purpose = query.purpose or {}
    if missing := [k for k in ("id", "kind", "reference") if not purpose.get(k)]:
        raise Problem(
            403, "Purpose missing", "No answer without a purpose.", pointers=[f"purpose/{k}" for k in missing]
        )
    if query.resource != register.resource:
        raise Problem(
            404, "Unknown resource", f"{register.name} serves {register.resource}.", pointers=["resource"]
        )
    offered = FIELDS[register.name]
    wrong_fields = [i for i, field in enumerate(query.fields) if field not in offered]
    if wrong_fields or not query.fields:
        raise Problem(
            400,
            "Unknown field",
            f"{register.name} offers {', '.join(offered)}.",
            pointers=[f"fields/{i}" for i in wrong_fields] or ["fields"],
        )
    return query


def _answer(register: Register, query: Query) -> dict[str, Any]:
    found = known(register.db, register.name, query.id_number, register.clock.today())
    if found and query.name is not None and query.name != found[0]:
        found = None  # another person's number: as good as unknown, and it tells nothing
    return {
        "msg_id": query.msg_id,
        "found": found is not None,
        "data": {field: found[1].get(field) for field in query.fields} if found else {},
        "as_of": now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "source": register.resource,
    }


def answered(register: Register, node: str, body: bytes) -> bytes:
    """The answer to a signed question; the same message gets the same answer, another body 409."""
    query = _checked(register, node, body)
    digest = hashlib.sha256(body).digest()
    earlier = register.db.execute(
        "SELECT request, answer FROM call WHERE caller = ? AND msg_id = ?", (node, query.msg_id)
    ).fetchone()
    if earlier:
        if earlier["request"] != digest:
            raise Problem(
                409, "Message reused", "This msg_id was used for another question.", pointers=["msg_id"]
            )
        return bytes(earlier["answer"].encode())
    answer = msgspec.json.encode(_answer(register, query))
    register.db.execute(
        "INSERT INTO call (caller, msg_id, request, answer, subject, fields, purpose, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            node,
            query.msg_id,
            digest,
            answer.decode(),
            hashlib.sha256(query.id_number.encode()).hexdigest(),
            ",".join(query.fields),
            msgspec.json.encode(query.purpose).decode(),
            now().isoformat(),
        ),
    )
    return answer


def matched(register: Register, body: bytes) -> dict[str, Any]:
    """Whether number, name and phone belong together, and what does not: unknown, name, phone, deceased."""
    check = decoded(body, Check)
    found = known(register.db, "population", check.id_number, register.clock.today())
    reasons = []
    if found is None:
        reasons.append("unknown")
    else:
        if check.name != found[0]:
            reasons.append("name")
        if check.phone is not None and check.phone != found[1]["phone"]:
            reasons.append("phone")
        if found[1]["status"] == "死亡":
            reasons.append("deceased")
    return {"match": not reasons, "reasons": reasons}


def routes(register: Register) -> Router:
    """The routes of one register under its own prefix."""

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await register.faults.suffer(register.name)

    @post("/v1/query", status_code=200)
    async def query(request: Request[Any, Any, Any]) -> Response[bytes]:
        node, body = await caller(request, register.trust)
        return Response(answered(register, node, body), media_type="application/json")

    @post("/v1/check", status_code=200)
    async def check(request: Request[Any, Any, Any]) -> dict[str, Any]:
        _, body = await caller(request, register.trust)
        return matched(register, body)

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        register.db.execute("SELECT 1").fetchone()
        return {"status": "ok", "register": register.name, "resource": register.resource}

    handlers = [query, healthz, check] if register.name == "population" else [query, healthz]
    return Router(f"/{register.name}", route_handlers=handlers, before_request=suffer)
