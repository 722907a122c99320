"""The bank card network: are card, name, paper and phone one person's? Four elements, by UnionPay's field names.

Everybody in the population register has one card, whose number follows from the number of her paper: the phone page
shows it.
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

BANK = "622202"  # the issuer's first digits
YES, NO_SUCH_CARD, DIFFERENT = "00", "14", "77"
WORDS = {YES: "成功", NO_SUCH_CARD: "无效卡号", DIFFERENT: "要素不一致"}
CERTIFICATES = ("01", "03", "04", "05", "99")


class Customer(msgspec.Struct):
    """Whose the card should be; the shape on the wire."""

    certifTp: str  # noqa: N815 - as on the wire
    certifId: str  # noqa: N815
    customerNm: str  # noqa: N815
    phoneNo: str  # noqa: N815


class Question(msgspec.Struct):
    """A card and its customer; `orderId` is the asker's own number of the question."""

    orderId: str  # noqa: N815
    accNo: str  # noqa: N815
    customerInfo: Customer  # noqa: N815


def luhn(body: str) -> str:
    """The check digit of a card's number (ISO/IEC 7812-1)."""
    digits = [int(one) for one in reversed(body)]
    total = sum(digits[1::2]) + sum(sum(divmod(2 * one, 10)) for one in digits[::2])
    return str(-total % 10)


def card_of(number: str) -> str:
    """The card of whoever has a paper of this number: 19 digits."""
    body = f"{BANK}{int.from_bytes(hashlib.sha256(number.encode()).digest()[:6]) % 10**12:012d}"
    return body + luhn(body)


def answer(population: sqlite3.Connection, question: Question) -> str:
    """The answer's code."""
    asked = question.customerInfo
    if not question.accNo.isdigit() or luhn(question.accNo[:-1]) != question.accNo[-1]:
        return NO_SUCH_CARD
    row = population.execute(
        "SELECT name, phone FROM person WHERE id_number = ?", (asked.certifId,)
    ).fetchone()
    other = next((one for one in everybody() if one.number == asked.certifId), None)
    known = (row["name"], row["phone"]) if row else (other.name, other.phone) if other else None
    if known is None or question.accNo != card_of(asked.certifId):
        return NO_SUCH_CARD if known is None else DIFFERENT
    return YES if known == (asked.customerNm, asked.phoneNo) else DIFFERENT


def routes(population: sqlite3.Connection, trust: Trust, faults: Faults) -> Router:
    """The network's routes."""

    async def suffer(_: Request[Any, Any, Any]) -> None:
        await faults.suffer("bank")

    @post("/v1/verify4", status_code=200, before_request=suffer)
    async def verify(request: Request[Any, Any, Any]) -> dict[str, str]:
        _, body = await caller(request, trust)
        question = decoded(body, Question)
        try:
            order = uuid.UUID(question.orderId)
        except ValueError as wrong:
            raise Problem(400, "Malformed body", "orderId is not a UUID.", pointers=["orderId"]) from wrong
        if question.customerInfo.certifTp not in CERTIFICATES:
            raise Problem(
                400, "Unknown certificate", f"certifTp is one of {CERTIFICATES}.", pointers=["customerInfo"]
            )
        code = answer(population, question)
        return {
            "orderId": question.orderId,
            "respCode": code,
            "respMsg": WORDS[code],
            "queryId": uuid.uuid5(order, question.accNo).hex,
            "txnTime": now().strftime("%Y%m%d%H%M%S"),
        }

    @get("/healthz", sync_to_thread=False, before_request=suffer)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    return Router("/bank", route_handlers=[verify, healthz])
