"""The SMS gateway: takes a message once, keeps it, and lets the demo's phones be read."""

import asyncio
import re
import sqlite3
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post

from .civil import now
from .faults import Faults
from .problems import Problem, decoded
from .signing import Trust, caller

PHONE = re.compile(r"1[3-9]\d{9}")
LONGEST = 500  # characters of one message
RECENT = 200  # messages of a phone that are shown


class Sms(msgspec.Struct):
    """A message to send; the shape on the wire."""

    msg_id: str
    phone: str
    text: str
    template: str


def sms_id(seq: int) -> str:
    """The gateway's own number of a message; later messages have greater ones."""
    return f"S{seq:012d}"


def accept(db: sqlite3.Connection, node: str, sms: Sms) -> int:
    """Keep a message on disk and return its serial; the same msg_id is the same message."""
    if not PHONE.fullmatch(sms.phone):
        raise Problem(400, "Not a mobile number", "phone must be 1[3-9] and nine digits.", pointers=["phone"])
    if not sms.text or len(sms.text) > LONGEST or not sms.msg_id:
        raise Problem(
            400,
            "Malformed body",
            f"text of 1 to {LONGEST} characters and a msg_id are needed.",
            pointers=["text"],
        )
    db.execute(
        "INSERT INTO message (msg_id, phone, text, template, caller, at) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (msg_id) DO NOTHING",
        (sms.msg_id, sms.phone, sms.text, sms.template, node, now().isoformat(timespec="milliseconds")),
    )
    row = db.execute("SELECT seq, phone, text FROM message WHERE msg_id = ?", (sms.msg_id,)).fetchone()
    if (row["phone"], row["text"]) != (sms.phone, sms.text):
        raise Problem(409, "Message reused", "This msg_id was used for another message.", pointers=["msg_id"])
    return int(row["seq"])


def messages(db: sqlite3.Connection, phone: str, after: str = "") -> list[dict[str, Any]]:
    """Messages of a phone, newest first; `after` is an sms_id or an instant in ISO 8601."""
    seq = int(after[1:]) if re.fullmatch(r"S\d{1,18}", after) else 0
    since = "" if seq else after.replace("Z", "+00:00")
    rows = db.execute(
        "SELECT * FROM message WHERE phone = ? AND seq > ? AND at > ? ORDER BY seq DESC LIMIT ?",
        (phone, seq, since, RECENT),
    )
    return [
        {
            "sms_id": sms_id(r["seq"]),
            "msg_id": r["msg_id"],
            "phone": r["phone"],
            "text": r["text"],
            "template": r["template"],
            "at": r["at"],
        }
        for r in rows
    ]


def latest_phones(db: sqlite3.Connection) -> dict[str, tuple[str, str]]:
    """Phone → last text and its instant, for the phones that heard something most recently."""
    rows = db.execute(
        "SELECT phone, text, at FROM message WHERE seq IN (SELECT max(seq) FROM message GROUP BY phone)"
        " ORDER BY seq DESC LIMIT 100"
    )
    return {r["phone"]: (r["text"], r["at"]) for r in rows}


def routes(db: sqlite3.Connection, writer: sqlite3.Connection, trust: Trust, faults: Faults) -> Router:
    """The gateway's routes; `writer` is a connection of its own, so that nobody waits for a disk but the sender."""
    turn = asyncio.Lock()

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await faults.suffer("sms")

    @post("/v1/send", status_code=202, before_request=suffer)
    async def send(request: Request[Any, Any, Any]) -> dict[str, Any]:
        node, body = await caller(request, trust)
        sms = decoded(body, Sms)
        async with turn:
            seq = await asyncio.to_thread(accept, writer, node, sms)
        return {"accepted": True, "sms_id": sms_id(seq)}

    @get("/v1/messages", sync_to_thread=False)
    def read(phone: str, after: str = "") -> Response[list[dict[str, Any]]]:
        return Response(messages(db, phone, after), headers={"Cache-Control": "no-store"})

    @get("/healthz", sync_to_thread=False, before_request=suffer)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return Router("/sms", route_handlers=[send, read, healthz])
