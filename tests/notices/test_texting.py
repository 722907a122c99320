"""An SMS goes out exactly when the write that it belongs to happened, once, and lies sealed until then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec
import pytest

from tongban import notices
from tongban.kit import outbox
from tongban.kit.db import Database, Part, write
from tongban.kit.ids import new_id
from tongban.kit.keys import SealBroken
from tongban.notices import actions, jobs
from tongban.settings import settings

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PHONE = "13800005001"
WHO = new_id(7)


class Gateway:
    """The other side of the wire: what it heard, and with what status it answers."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], dict[str, str]]] = []
        self.status = 202
        self.body = b""
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append((headers, json.loads(body)))
        head_out = (
            f"HTTP/1.1 {self.status} x\r\ncontent-length: {len(self.body)}\r\nconnection: close\r\n\r\n"
        )
        writer.write(head_out.encode() + self.body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def gateway(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Gateway]:
    gateway = Gateway()
    server = await asyncio.start_server(gateway.serve, "127.0.0.1", 0)
    gateway.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    here = msgspec.structs.replace(settings(), sandbox_url=gateway.url)
    monkeypatch.setattr(actions, "settings", lambda: here)
    yield gateway
    server.close()


async def text(
    db: Database,
    who: UUID = WHO,
    until: datetime | None = None,
    phone: str = PHONE,
    words: str = "验证码 123456",
) -> outbox.Event:
    part = notices.texting(
        recipient=who,
        phone_sealed=notices.seal_phone(phone, WHO),
        words=words,
        template="login",
        now=NOW,
        until=until,
    )
    await write(db, Part("SELECT 1 AS one"), part)
    (event,) = await outbox.claim(db, now=NOW, outward=True)
    return event


async def test_it_goes_out_signed_with_the_event_as_its_id(db: Database, gateway: Gateway) -> None:
    event = await text(db)
    await jobs.send_sms(db, event, now=NOW)
    ((headers, body),) = gateway.heard
    assert body == {"msg_id": str(event.id), "phone": PHONE, "text": "验证码 123456", "template": "login"}
    assert headers["tongban-node"] == "node-310000"
    assert len(headers["tongban-signature"]) == 88
    assert await db.value("SELECT handler FROM kit.handled") == "notices.jobs.send_sms"
    assert await db.value("SELECT action FROM audit.ledger") == "notices.send_sms"


async def test_in_the_outbox_neither_number_nor_words_can_be_read(db: Database) -> None:
    await text(db)
    payload = await db.value("SELECT payload::text FROM kit.outbox")
    assert PHONE not in payload and "123456" not in payload and "验证码" not in payload


async def test_a_gateway_that_is_down_leaves_the_event_to_be_tried_again(
    db: Database, gateway: Gateway
) -> None:
    event = await text(db)
    gateway.status = 503
    with pytest.raises(notices.SmsAway, match="503"):
        await jobs.send_sms(db, event, now=NOW)
    assert await db.value("SELECT count(*) FROM kit.handled") == 0
    gateway.status = 202
    await jobs.send_sms(db, event, now=NOW)
    assert {body["msg_id"] for _, body in gateway.heard} == {str(event.id)}


@pytest.mark.parametrize("status", [401, 403, 404, 408, 429, 500, 503])
async def test_what_is_not_about_the_message_is_an_outage(
    db: Database, gateway: Gateway, status: int
) -> None:
    gateway.status = status
    with pytest.raises(notices.SmsAway, match=str(status)):
        await jobs.send_sms(db, await text(db), now=NOW)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"title": "Not a mobile number", "detail": "13800005001"}', " (Not a mobile number)"),
        (b'{"title": "13800005001 is no number"}', ""),
        ('{"title": "验证码不合规"}'.encode(), ""),
        (b'{"title": null}', ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
async def test_a_refused_message_is_given_up_at_once_with_a_reason_that_repeats_nothing_of_it(
    db: Database, gateway: Gateway, body: bytes, reason: str
) -> None:
    event = await text(db)
    gateway.status, gateway.body = 400, body
    with pytest.raises(notices.SmsRefused) as refused:
        await jobs.send_sms(db, event, now=NOW)
    assert str(refused.value) == f"the gateway answered 400{reason}"
    assert isinstance(refused.value, outbox.RefusedForGood)
    assert await db.value("SELECT count(*) FROM kit.handled") == 0


@pytest.mark.parametrize(("length", "whole"), [(500, True), (501, False), (5000, False)])
async def test_a_long_text_is_cut_to_what_the_gateway_takes_and_says_where_the_whole_stands(
    db: Database, gateway: Gateway, length: int, whole: bool
) -> None:
    words = "长" * length
    await jobs.send_sms(db, await text(db, words=words), now=NOW)
    ((_, body),) = gateway.heard
    assert len(body["text"]) <= 500
    assert (body["text"] == words) is whole
    assert whole or body["text"].endswith("长……全文请登录后在“消息”里查看。")


async def test_handled_again_it_says_so_and_leaves_one_ledger_row(db: Database, gateway: Gateway) -> None:
    event = await text(db)
    await jobs.send_sms(db, event, now=NOW)
    with pytest.raises(asyncpg.UniqueViolationError) as again:
        await jobs.send_sms(db, event, now=NOW)
    assert outbox.already_handled(again.value)
    assert await db.value("SELECT count(*) FROM audit.ledger") == 1


async def test_a_code_that_has_expired_is_dropped_not_sent_late(db: Database, gateway: Gateway) -> None:
    event = await text(db, until=NOW + timedelta(minutes=5))
    await jobs.send_sms(db, event, now=NOW + timedelta(minutes=5))
    assert gateway.heard == []
    assert await db.value("SELECT action FROM audit.ledger") == "notices.drop_sms"


async def test_a_number_sealed_for_another_does_not_open(db: Database) -> None:
    event = await text(db, who=new_id(8))
    with pytest.raises(SealBroken):
        await jobs.send_sms(db, event, now=NOW)
