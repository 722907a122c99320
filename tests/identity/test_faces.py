"""A face check: begun on a consent, carried out at the provider, finished once by whoever began it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from tests.identity.conftest import NOW, SECRET, Client, Register, actions_of, enrolled, last_code
from tests.identity.pages import fields_of, submit, words
from tests.sandbox.conftest import HouseNode, Sandbox
from tests.world import peopled
from tongban import identity, settings
from tongban.identity.actions import faces, levels
from tongban.identity.actions.consenting import withdraw_consent
from tongban.identity.model.faces import (
    FaceAlone,
    FaceElsewhere,
    FaceInvalid,
    FaceResult,
    FaceUnknown,
    must_be_askable,
)
from tongban.identity.model.levels import CheckAway
from tongban.identity.model.typed import Typed
from tongban.identity.providers import face
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.policy import Actor
from tongban.kit.web.sessions import hash_of

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
PAGE = "/account/level/face"


@pytest.fixture(scope="module")
def running(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The outside world, which trusts this house's node; the house's own address leads nowhere."""
    node = HouseNode(data_dir / "keys" / "node.pub.pem")
    sandbox = Sandbox(peopled(tmp_path_factory.mktemp("outside"), tmp_path_factory), node)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGBAN_SANDBOX_URL", f"http://127.0.0.1:{sandbox.port}")
        patch.setenv("TONGBAN_PUBLIC_URL", "http://127.0.0.1:9")
        settings.reload()
        yield sandbox
    settings.reload()
    sandbox.stop()


@pytest.fixture
def one(running: Sandbox, register: Register) -> Iterator[Typed]:
    """Somebody who lives outside, and whom the register that we answer for knows too."""
    took: dict[str, Any] = running.http.post(
        "/cast/take", json={"situation": "eligible_work", "by": "tests"}
    ).json()
    typed = Typed(took["name"], took["id_number"], took["phone"], SECRET)
    register.people[typed.id_number] = typed
    yield typed
    running.http.delete("/faults").raise_for_status()


def sit(running: Sandbox, address: str, take: str) -> str:
    """What the phone does on the provider's page; gives the page that it comes to."""
    path = httpx.URL(address).path
    assert "坐在镜头前的是谁" in running.http.get(path).text
    assert running.http.post(path, data={"take": take}).status_code == 303
    return running.http.get(path).text


def address_in(page: httpx.Response) -> str:
    found = re.search(r'href="(http[^"]*/face/h5/[^"]*)"', page.text)
    assert found
    return found[1]


def notices_of(running: Sandbox, check: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = running.http.get("/face/v1/notices", params={"order": check}).json()
    return found


async def notices_raise_nobody(client: Client, running: Sandbox, check: str) -> None:
    """Right ones, replayed ones and forged ones: the level stays what it is."""
    (told,) = notices_of(running, check)
    client.cookies, kept = httpx.Cookies(), client.cookies
    for _ in range(2):
        answer = await client.post("/face/notice", content=told["body"], headers=told["headers"])
        assert answer.status_code == 200
    forged = told["body"].replace(check, "01a21c72-bdfa-77e8-95a3-81de3226911e")
    late = told["headers"] | {"Face-Timestamp": "1700000000"}
    endless = told["headers"] | {"Face-Timestamp": "9" * 400}
    other = told["headers"] | {"Face-Serial": "somebody-else"}
    for body, headers in (
        *((forged, told["headers"]), (told["body"], late), (told["body"], {})),
        *((told["body"], endless), (told["body"], other)),
    ):
        assert (await client.post("/face/notice", content=body, headers=headers)).status_code == 422
    client.cookies = kept


async def test_the_pages_lead_to_l3_and_back(
    client: Client, db: Database, one: Typed, running: Sandbox
) -> None:
    """Without consent, with a provider that is away, with a picture held up: nothing rises, and it says what to do.
    The provider's notices, right, replayed or forged, raise nobody; she who began does, by its result."""
    await enrolled(db, one, now=clock.now() - timedelta(days=1))
    shown = await client.get("/login")
    shown = await submit(client, shown, "/login", {"account": one.phone, "password": SECRET})
    await submit(client, shown, "/login/code", {"code": await last_code(db, one.phone)})
    level = await client.get("/account/level")
    assert 'href="/account/level/face"' in level.text and "到窗口当面核验" in words(level)
    form = await client.get(PAGE)
    assert "不用人脸，一件事也不会少办" in words(form)
    assert (await submit(client, form, PAGE, {})).status_code == 422
    running.http.post("/faults", json={"service": "face", "mode": "down"})
    away = await submit(client, form, PAGE, {"agree": "yes"})
    assert away.status_code == 503 and "没有变化" in words(away)
    running.http.delete("/faults")
    going = await submit(client, form, PAGE, {"agree": "yes"})  # the same form: the same check goes on
    early = await submit(client, going, f"{PAGE}/go", {})
    assert early.status_code == 409 and "还没有结果" in words(early)
    assert "活体检测未通过" in sit(running, address_in(going), "picture")
    failed = await submit(client, going, f"{PAGE}/go", {})
    assert failed.status_code == 422 and "到窗口当面核验" in words(failed)
    going = await submit(client, await client.get(PAGE), PAGE, {})
    assert "核验通过" in sit(running, address_in(going), "self")
    check = fields_of(going.text, f"{PAGE}/go")["check"]
    await notices_raise_nobody(client, running, check)
    actor = await identity.actor_of(db, kind="id_number", value=one.id_number)
    assert actor.level == 1
    assert "已有结果" in words(await client.get(f"{PAGE}/go?check={check}"))
    before = client.cookies["tongban_session"]
    raised = await submit(client, going, f"{PAGE}/go", {})
    assert "您现在是 L3" in words(raised) and client.cookies["tongban_session"] != before
    assert "已通过" in words(await client.get(f"{PAGE}/go?check={check}"))
    (stands,) = (await levels.ladder(db, actor)).checks
    assert (stands.level, stands.way.value) == (3, "face")
    row = await db.sibling().value("SELECT string_agg(f::text, ' ') FROM identity.face_check f")
    assert "0.946" not in row and "0.987" not in row, "no score is kept"
    assert (await actions_of(db)).count("identity.raise_level") == 1
    assert await levels.withdraw_check(db, actor, check=stands.id, now=clock.now())
    assert (await identity.actor_of(db, kind="id_number", value=one.id_number)).level == 1


async def test_a_result_is_nobody_elses(db: Database, one: Typed, running: Sandbox) -> None:
    """Neither another person nor another session of hers rises by it, nor she once her consent is withdrawn; and a
    session that a phone opened by a scan proves too little beside a face."""
    opened = await enrolled(db, one)
    actor = msgspec.structs.replace(opened.actor, session=hash_of(opened.cookie))
    check = await faces.begin_face(db, actor, agreed=True, key="form-1", now=NOW)
    assert (await faces.begin_face(db, actor, agreed=True, key="form-1", now=NOW)).id == check.id
    sit(running, check.address, "self")
    other = msgspec.structs.replace(actor, session=b"another session of hers")
    with pytest.raises(FaceElsewhere):
        await faces.finish_face(db, other, check=check.id, now=NOW)
    assert actor.id is not None
    stranger = Actor(actor.role, UUID(int=actor.id.int ^ 1), session=actor.session)
    with pytest.raises(FaceUnknown):
        await faces.finish_face(db, stranger, check=check.id, now=NOW)
    await withdraw_consent(db, actor, purpose="face", now=NOW)
    with pytest.raises(FaceElsewhere):
        await faces.finish_face(db, actor, check=check.id, now=NOW)
    assert (await identity.actor_of(db, kind="id_number", value=one.id_number)).level == 1
    await db.sibling().run("UPDATE kit.session SET opened_by = 'qr'")
    with pytest.raises(FaceAlone):
        await faces.begin_face(db, actor, agreed=True, key="form-2", now=NOW)
    young = await identity.person(db, opened.actor.id) if opened.actor.id else None
    assert young is not None and young.birth is not None
    with pytest.raises(FaceInvalid):
        must_be_askable(young, today=date(young.birth.year + 13, 1, 1))


def test_the_verdict_is_the_houses_own() -> None:
    """A pass whose scores are too low is none, whatever the provider's code."""
    assert FaceResult("0", "S", 0.99, 0.95).verdict() == "0"
    assert FaceResult("0", "S", 0.5, 0.95).verdict() == "60012"
    assert FaceResult("0", "S", 0.99, 0.5).verdict() == "60013"
    assert FaceResult("60014", "", 0, 0).verdict() == "60014"


GARBAGE = {
    "expireTime": "2026-11-23T10:00:00",
    "url": "javascript:alert(1)",
    "bizToken": "",
    "code": "0\u0000",
    "orderNo": str(UUID(int=7)),
}


@pytest.mark.parametrize("field", GARBAGE)
async def test_a_provider_that_answers_garbage_is_away(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    """A time of no zone, an address that is none, a NUL: no answer, and no page for her. How it can fail (tried): take
    what comes as it is."""
    order = UUID(int=8)
    right = {
        "orderNo": str(order),
        "code": "0",
        "bizToken": "token",
        "url": "https://face.example/h5/token",
        "expireTime": "2026-11-23T10:00:00Z",
    }

    async def answers(url: str, path: str, body: dict[str, object]) -> bytes:
        return msgspec.json.encode(told)

    monkeypatch.setattr(face, "post", answers)
    asked = {"order": order, "number": "x", "name": "y", "notify": "n", "back": "b"}
    told = right
    assert (await face.begin("http://face.example", **asked)).token == "token"
    told = right | {field: GARBAGE[field]}
    with pytest.raises(CheckAway):
        await face.begin("http://face.example", **asked)
