"""The registers' door: signed questions with a purpose, answered once a message and written down."""

import hashlib
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post

from .civil import Clock, now
from .facts import FIELDS, known
from .faults import Faults
from .firms import FIRM, by_code, matched, told
from .lines import numbers_of
from .overseas import CITIZEN, DEPARTED, HK_MACAO_PERMIT, registered
from .papers import Held, main_paper, others_of
from .problems import Problem, decoded
from .settled import UNSETTLED, settled
from .signing import Trust, caller

#: The registers that say whether what is told them holds, beside telling themselves.
CHECKING = ("population", "kinship", "enterprise")


class Question(msgspec.Struct, kw_only=True):
    """What every question to a register says: which message it is, of whom, who asks and what for.

    Whom: by the ID number, or by the number of another paper with its kind and, of a passport, its state.
    """

    msg_id: str
    resource: str
    id_number: str
    paper_kind: str = CITIZEN
    country: str = ""
    caller: str
    purpose: dict[str, Any] | None = None


class Query(Question, kw_only=True):
    """What do these fields say of a person? The shape on the wire."""

    fields: list[str]
    name: str | None = None


class Check(Question, kw_only=True):
    """Do these elements belong to one person? The shape on the wire.

    ``other_papers``: her other papers are asked for too, told only where all of it fits; so with ``household``, where
    her hukou is and where she lives.
    """

    name: str
    phone: str | None = None
    other_papers: bool = False
    household: bool = False


class FirmCheck(Question, kw_only=True):
    """Does this firm stand, and is she, where anybody is named, its legal representative? The shape on the wire."""

    representative: str = ""
    representative_number: str = ""


class Kin(Question, kw_only=True):
    """Is the one named the parent of whom the question is about? The shape on the wire."""

    name: str
    parent_name: str
    parent_id_number: str


@dataclass(slots=True)
class Register:
    """One register with its file; ``beside``: that of residence registrations, which the population register reads."""

    name: str
    resource: str
    db: sqlite3.Connection
    trust: Trust
    faults: Faults
    clock: Clock
    beside: sqlite3.Connection | None = None


def _admitted(register: Register, node: str, question: Question) -> None:
    """Refuse a question without a message, an asker, a purpose or a resource of this register."""
    try:
        uuid.UUID(question.msg_id)
    except ValueError as wrong:
        raise Problem(400, "Malformed body", "msg_id is not a UUID.", pointers=["msg_id"]) from wrong
    if question.caller != node:
        raise Problem(403, "Caller mismatch", "caller is not the node that signed.", pointers=["caller"])
    purpose = question.purpose or {}
    if missing := [k for k in ("id", "kind", "reference") if not purpose.get(k)]:
        raise Problem(
            403, "Purpose missing", "No answer without a purpose.", pointers=[f"purpose/{k}" for k in missing]
        )
    if question.resource != register.resource:
        raise Problem(
            404, "Unknown resource", f"{register.name} serves {register.resource}.", pointers=["resource"]
        )


def _fields_offered(register: Register, query: Query) -> None:
    offered = FIELDS[register.name]
    wrong_fields = [i for i, field in enumerate(query.fields) if field not in offered]
    if wrong_fields or not query.fields:
        raise Problem(
            400,
            "Unknown field",
            f"{register.name} offers {', '.join(offered)}.",
            pointers=[f"fields/{i}" for i in wrong_fields] or ["fields"],
        )


def _answer(register: Register, question: Question, said: dict[str, Any]) -> bytes:
    return msgspec.json.encode(
        {
            "msg_id": question.msg_id,
            **said,
            "as_of": now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "source": register.resource,
        }
    )


def _known(register: Register, question: Question) -> tuple[str, dict[str, Any]] | None:
    """Name and facts of whom the question is about; only the population register knows who has no ID number, only
    that of firms a firm."""
    paper = _paper(question)
    if register.name == "population":
        paper = main_paper(paper)
    if paper.paper_kind == CITIZEN:
        return known(register.db, register.name, paper.number, register.clock.today())
    if question.paper_kind == FIRM and register.name == "enterprise":
        firm = by_code(register.db, question.id_number)
        return (firm["name"], {"firms": [told(firm)], "synthetic": True}) if firm else None
    if register.name != "population":
        return None
    found = registered(paper.paper_kind, paper.country, paper.number)
    return (found.name, found.facts()) if found else None


def _paper(question: Question) -> Held:
    """The paper that is asked by; of a permit of Hong Kong and Macao residents without the count of its renewals."""
    number = question.id_number[:9] if question.paper_kind == HK_MACAO_PERMIT else question.id_number
    return Held(question.paper_kind, question.country, number)


def _told(register: Register, query: Query) -> dict[str, Any]:
    found = _known(register, query)
    if found and query.name is not None and query.name != found[0]:
        found = None  # another person's number: as good as unknown, and it tells nothing
    return {
        "found": found is not None,
        "data": {field: found[1].get(field) for field in query.fields} if found else {},
    }


def answered(register: Register, node: str, body: bytes) -> bytes:
    """The answer to a signed query."""
    query = decoded(body, Query)
    _admitted(register, node, query)
    _fields_offered(register, query)
    return _answered_once(register, node, body, query, query.fields, lambda: _told(register, query))


def checked(register: Register, node: str, body: bytes) -> bytes:
    """The answer to a signed check: of one person's elements, or of a parent and a child."""
    if register.name == "kinship":
        kin = decoded(body, Kin)
        _admitted(register, node, kin)
        return _answered_once(register, node, body, kin, ["name", "parents"], lambda: _related(register, kin))
    check = decoded(body, Check)
    _admitted(register, node, check)
    compared = ["name", "status"] if check.phone is None else ["name", "phone", "status"]
    compared += ["other_papers"] if check.other_papers else []
    compared += ["household"] if check.household else []
    return _answered_once(register, node, body, check, compared, lambda: _matched(register, check))


def checked_firm(register: Register, node: str, body: bytes) -> bytes:
    """The answer to a signed check of a firm."""
    check = decoded(body, FirmCheck)
    _admitted(register, node, check)
    if check.paper_kind != FIRM:
        raise Problem(400, "Unknown paper", "A firm is asked for by its code.", pointers=["paper_kind"])
    return _answered_once(
        *(register, node, body, check, ["name", "legal_representative", "status"]),
        lambda: matched(register.db, check.id_number, check.representative, check.representative_number),
    )


def _answered_once(
    register: Register,
    node: str,
    body: bytes,
    question: Question,
    fields: list[str],
    say: Callable[[], dict[str, Any]],
) -> bytes:
    """What the register says, written down; the same message gets the same answer, another body 409."""
    digest = hashlib.sha256(body).digest()
    earlier = register.db.execute(
        "SELECT request, answer FROM call WHERE caller = ? AND msg_id = ?", (node, question.msg_id)
    ).fetchone()
    if earlier:
        if earlier["request"] != digest:
            raise Problem(
                409, "Message reused", "This msg_id was used for another question.", pointers=["msg_id"]
            )
        return bytes(earlier["answer"].encode())
    answer = _answer(register, question, say())
    register.db.execute(
        "INSERT INTO call (caller, msg_id, request, answer, subject, fields, purpose, at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            node,
            question.msg_id,
            digest,
            answer.decode(),
            hashlib.sha256(question.id_number.encode()).hexdigest(),
            ",".join(fields),
            msgspec.json.encode(question.purpose).decode(),
            now().isoformat(),
        ),
    )
    return answer


def _matched(register: Register, check: Check) -> dict[str, Any]:
    """Whether number, name and phone belong together, and what does not: unknown, name, phone, deceased, moved_out."""
    found = _known(register, check)
    reasons = []
    if found is None:
        reasons.append("unknown")
    else:
        if check.name != found[0]:
            reasons.append("name")
        if not _has_phone(register, check, found[1]["phone"]):
            reasons.append("phone")
        if found[1]["status"] == "死亡":
            reasons.append("deceased")
        if found[1]["status"] == DEPARTED:
            reasons.append("moved_out")
    said: dict[str, Any] = {"match": not reasons, "reasons": reasons}
    if check.other_papers:
        said["other_papers"] = [] if reasons else [one.told() for one in others_of(_paper(check))]
    if check.household:
        said["household"] = None if reasons else _household(register, check)
    return said


def _household(register: Register, check: Check) -> dict[str, Any]:
    """Her hukou and residence; who has no ID number has none that is known."""
    paper = main_paper(_paper(check))
    if paper.paper_kind != CITIZEN or register.beside is None:
        return UNSETTLED
    return settled(register.db, register.beside, paper.number, register.clock.today())


def _has_phone(register: Register, check: Check, first: str | None) -> bool:
    """Whether the phone asked about, if any is, is one of the person's."""
    return check.phone in (None, first, *numbers_of(register.db, check.id_number))


def _related(register: Register, kin: Kin) -> dict[str, Any]:
    """Whether the one is the other's parent, as what, and what does not hold: unknown, name, not_parent."""
    found = known(register.db, register.name, kin.id_number, register.clock.today())
    if found is None or found[0] != kin.name:
        return {"match": False, "reasons": ["unknown" if found is None else "name"], "relation": None}
    for parent in found[1]["parents"]:
        if (parent["id_number"], parent["name"]) == (kin.parent_id_number, kin.parent_name):
            return {"match": True, "reasons": [], "relation": parent["relation"]}
    return {"match": False, "reasons": ["not_parent"], "relation": None}


def routes(register: Register) -> Router:
    """The routes of one register under its own prefix."""

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await register.faults.suffer(register.name)

    @post("/v1/query", status_code=200)
    async def query(request: Request[Any, Any, Any]) -> Response[bytes]:
        node, body = await caller(request, register.trust)
        return Response(answered(register, node, body), media_type="application/json")

    @post("/v1/check", status_code=200)
    async def check(request: Request[Any, Any, Any]) -> Response[bytes]:
        node, body = await caller(request, register.trust)
        say = checked_firm if register.name == "enterprise" else checked
        return Response(say(register, node, body), media_type="application/json")

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        register.db.execute("SELECT 1").fetchone()
        return {"status": "ok", "register": register.name, "resource": register.resource}

    handlers = [query, healthz, check] if register.name in CHECKING else [query, healthz]
    return Router(f"/{register.name}", route_handlers=handlers, before_request=suffer)
