"""The face provider 人脸核验: is whoever sits before the camera alive, and the one on the ID card's picture?

A session is asked for by a signed call, carried out on a page of its own on the phone, its result told to the asker's
address under the provider's signature and given again on a signed question. No picture is taken: on the page one
says who sits there.
"""

import sqlite3
import uuid
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from .civil import now
from .face_notices import Notices
from .faults import Faults
from .phone import rendered
from .problems import Problem, decoded
from .signing import Trust, caller

LIFETIME = timedelta(minutes=10)
PASSED, NO_PICTURE, NOT_DONE, NOT_ALIVE, NOT_ALIKE, CANCELLED, EXPIRED = (
    "0",
    "60001",
    "60000",
    "60012",
    "60013",
    "60014",
    "60015",
)
WORDS = {
    PASSED: "核验通过",
    NO_PICTURE: "没有这个证件的人像底图",
    NOT_DONE: "尚未完成",
    NOT_ALIVE: "活体检测未通过",
    NOT_ALIKE: "与证件照片相似度不足",
    CANCELLED: "用户取消",
    EXPIRED: "会话已过期",
}
#: Who sits before the camera: the result's code, liveness and similarity.
TAKES = {
    "self": (PASSED, 0.987, 0.946),
    "picture": (NOT_ALIVE, 0.214, 0.951),
    "another": (NOT_ALIKE, 0.981, 0.322),
    "cancel": (CANCELLED, 0.0, 0.0),
}


class Session(msgspec.Struct):
    """What is asked for; the shape on the wire. ``nonce`` is good for one request."""

    orderNo: str  # noqa: N815 - as on the wire
    name: str
    idType: str  # noqa: N815
    idNo: str  # noqa: N815
    notifyUrl: str  # noqa: N815
    returnUrl: str  # noqa: N815
    nonce: str


class Question(msgspec.Struct):
    """Which session's result is asked for."""

    orderNo: str  # noqa: N815
    bizToken: str  # noqa: N815


def begun(db: sqlite3.Connection, population: sqlite3.Connection, node: str, asked: Session) -> sqlite3.Row:
    """The session of an order; the same order again is the same session. Refuses a nonce that was used before."""
    try:
        uuid.UUID(asked.orderNo)
    except ValueError as wrong:
        raise Problem(400, "Malformed body", "orderNo is not a UUID.", pointers=["orderNo"]) from wrong
    if len(asked.nonce) < 16:
        raise Problem(400, "Malformed body", "nonce has 16 characters at least.", pointers=["nonce"])
    used = db.execute(
        "INSERT INTO nonce (caller, nonce) VALUES (?, ?) ON CONFLICT DO NOTHING", (node, asked.nonce)
    )
    if used.rowcount == 0:
        raise Problem(409, "Replayed", "This nonce was used before.", pointers=["nonce"])
    known = population.execute("SELECT name FROM person WHERE id_number = ?", (asked.idNo,)).fetchone()
    code = NOT_DONE if known and known["name"] == asked.name and asked.idType == "01" else NO_PICTURE
    db.execute(
        "INSERT INTO session (order_no, caller, token, name, id_number, notify_url, return_url, code, at, until)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (order_no) DO NOTHING",
        (
            *(
                asked.orderNo,
                node,
                uuid.uuid4().hex,
                asked.name,
                asked.idNo,
                asked.notifyUrl,
                asked.returnUrl,
            ),
            *(code, now().isoformat(), (now() + LIFETIME).isoformat()),
        ),
    )
    row: sqlite3.Row = db.execute("SELECT * FROM session WHERE order_no = ?", (asked.orderNo,)).fetchone()
    if (row["caller"], row["id_number"], row["name"]) != (node, asked.idNo, asked.name):
        raise Problem(409, "Order reused", "This orderNo was used for another person.", pointers=["orderNo"])
    return row


def code_of(row: sqlite3.Row) -> str:
    """The code of a session now: one that nobody finished in time has expired."""
    over = datetime.fromisoformat(row["until"]) <= now()
    return EXPIRED if over and row["code"] == NOT_DONE else str(row["code"])


def told(row: sqlite3.Row) -> dict[str, Any]:
    """A session's result as the asker gets it."""
    code = code_of(row)
    return {
        "orderNo": row["order_no"],
        "code": code,
        "msg": WORDS[code],
        "serialNo": row["serial"],
        "livenessScore": row["liveness"],
        "similarity": row["similarity"],
        "verifiedAt": row["done_at"],
    }


def taken(db: sqlite3.Connection, token: str, take: str) -> sqlite3.Row:
    """What came of a session: the first take counts, and it is refused once the session's time is over."""
    row = _of_token(db, token)
    if take not in TAKES:
        raise Problem(400, "Unknown take", f"One of {', '.join(TAKES)}.", pointers=["take"])
    if code_of(row) != NOT_DONE:
        return row
    code, liveness, similarity = TAKES[take]
    db.execute(
        "UPDATE session SET code = ?, liveness = ?, similarity = ?, serial = ?, done_at = ?"
        " WHERE token = ? AND code = ?",
        (code, liveness, similarity, uuid.uuid4().hex.upper(), now().isoformat(), token, NOT_DONE),
    )
    return _of_token(db, token)


def _of_token(db: sqlite3.Connection, token: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM session WHERE token = ?", (token,)).fetchone()
    if row is None:
        raise Problem(404, "Unknown session", "There is no such session.")
    return row


def _calls(
    db: sqlite3.Connection, population: sqlite3.Connection, trust: Trust, address: str
) -> list[HTTPRouteHandler]:
    """What the asker's program calls."""

    @post("/v1/sessions", status_code=200)
    async def create(request: Request[Any, Any, Any]) -> dict[str, Any]:
        node, body = await caller(request, trust)
        row = begun(db, population, node, decoded(body, Session))
        code = code_of(row)
        return {
            "orderNo": row["order_no"],
            "code": "0" if code == NOT_DONE else code,
            "msg": "成功" if code == NOT_DONE else WORDS[code],
            "bizToken": row["token"],
            "url": f"{address}/h5/{row['token']}",
            "expireTime": row["until"],
        }

    @post("/v1/results", status_code=200)
    async def result(request: Request[Any, Any, Any]) -> dict[str, Any]:
        node, body = await caller(request, trust)
        question = decoded(body, Question)
        row = db.execute(
            "SELECT * FROM session WHERE order_no = ? AND token = ? AND caller = ?",
            (question.orderNo, question.bizToken, node),
        ).fetchone()
        if row is None:
            raise Problem(404, "Unknown session", "There is no such session of yours.")
        return told(row)

    return [create, result]


def routes(
    db: sqlite3.Connection, population: sqlite3.Connection, trust: Trust, faults: Faults, address: str
) -> Router:
    """The provider's routes; ``address`` is where its pages are."""
    notices = Notices(db)

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await faults.suffer("face")

    @get("/h5/{token:str}", sync_to_thread=False)
    def page(token: str) -> Response[str]:
        row = _of_token(db, token)
        return rendered("face.html", session=row, code=code_of(row), words=WORDS)

    @post("/h5/{token:str}")
    async def take(request: Request[Any, Any, Any], token: str) -> Response[Any]:
        form = await request.form()
        before = code_of(_of_token(db, token))
        row = taken(db, token, str(form.get("take", "")))
        if before == NOT_DONE:
            notices.tell(row["notify_url"], told(row))
        return Redirect(f"/face/h5/{token}", status_code=303)

    @get("/v1/key", sync_to_thread=False)
    def key() -> dict[str, str]:
        return {"serial": notices.serial, "pem": notices.pem}

    @get("/v1/notices", sync_to_thread=False)
    def sent(order: str) -> list[dict[str, Any]]:
        return notices.sent(order)

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    handlers = [*_calls(db, population, trust, address), page, take, key, sent, healthz]
    return Router("/face", route_handlers=handlers, before_request=suffer)
