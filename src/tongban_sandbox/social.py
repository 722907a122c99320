"""The human resources register of social security cards 社保卡: is a card this person's, and may it be used?

Fields bear the codes of the social security's own data standard: AAC002 number, AAC003 name, AAZ500 card, AAZ502 its
state. Everybody in the population register has a card, whose number follows from hers: the phone page shows it.
"""

import hashlib
import sqlite3
import uuid
from typing import Any

import msgspec
from litestar import Request, Router, get, post

from .civil import now
from .faults import Faults
from .overseas import everybody
from .problems import Problem, decoded
from .signing import Trust, caller

HELD, NO_SUCH_CARD, DIFFERENT, NOT_USABLE = "0000", "1001", "1002", "1003"
WORDS = {
    HELD: "核验一致",
    NO_SUCH_CARD: "无此卡",
    DIFFERENT: "卡号与人员信息不一致",
    NOT_USABLE: "卡状态不正常",
}
NORMAL, CANCELLED = "1", "9"  # AAZ502


class Question(msgspec.Struct):
    """A card and whose it should be; the shape on the wire. ``msgId`` is the asker's number of the question."""

    msgId: str  # noqa: N815 - as on the wire
    aac002: str
    aac003: str
    aaz500: str


def card_of(number: str) -> str:
    """The card of whoever has a paper of this number: a letter and eight digits."""
    digest = hashlib.sha256(f"aaz500 {number}".encode()).digest()
    return f"{'ABCDEFGHJK'[digest[0] % 10]}{int.from_bytes(digest[1:7]) % 10**8:08d}"


def answer(population: sqlite3.Connection, question: Question) -> tuple[str, str]:
    """The answer's code, and the card's state where it is known. A card ends with its holder's life."""
    row = population.execute(
        "SELECT name, status FROM person WHERE id_number = ?", (question.aac002,)
    ).fetchone()
    other = next((one for one in everybody() if one.number == question.aac002), None)
    known = (row["name"], row["status"]) if row else (other.name, other.status) if other else None
    if known is None:
        return NO_SUCH_CARD, ""
    if question.aaz500 != card_of(question.aac002) or known[0] != question.aac003:
        return DIFFERENT, ""
    return (NOT_USABLE, CANCELLED) if known[1] == "死亡" else (HELD, NORMAL)


def routes(population: sqlite3.Connection, trust: Trust, faults: Faults) -> Router:
    """The register's routes."""

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await faults.suffer("social")

    @post("/v1/card", status_code=200)
    async def check(request: Request[Any, Any, Any]) -> dict[str, str]:
        _, body = await caller(request, trust)
        question = decoded(body, Question)
        try:
            asked = uuid.UUID(question.msgId)
        except ValueError as wrong:
            raise Problem(400, "Malformed body", "msgId is not a UUID.", pointers=["msgId"]) from wrong
        code, state = answer(population, question)
        return {
            "msgId": question.msgId,
            "code": code,
            "msg": WORDS[code],
            "aaz502": state,
            "serialNo": uuid.uuid5(asked, question.aaz500).hex,
            "time": now().strftime("%Y%m%d%H%M%S"),
        }

    @get("/healthz", sync_to_thread=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return Router("/social", route_handlers=[check, healthz], before_request=suffer)
