"""Real-name levels: a bank card asked of the network, an officer at the window, withdrawal, and time that runs out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.identity.conftest import (
    LI,
    NOW,
    SECRET,
    WANG,
    Client,
    Register,
    actions_of,
    enrolled,
    last_code,
)
from tests.identity.pages import submit, words
from tests.sandbox.conftest import HouseNode, Sandbox
from tests.world import peopled
from tongban import identity, settings
from tongban.identity import jobs
from tongban.identity.actions import levels, vetting
from tongban.identity.model.levels import VettingInvalid, card_holds
from tongban.identity.model.typed import Typed
from tongban.kit import clock
from tongban.kit.db import Database
from tongban.kit.not_allowed import NotAllowed
from tongban.kit.policy import Actor, Duty, Role
from tongban_sandbox.bank import card_of
from tongban_sandbox.social import card_of as social_card_of

OFFICER = identity.DemoOfficer("window-1", "周科员", "police-310106", "13800006077", (Duty.VET,))


@pytest.fixture(scope="module")
def running(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The outside world, which trusts this house's node; the house's settings point to it."""
    node = HouseNode(data_dir / "keys" / "node.pub.pem")
    sandbox = Sandbox(peopled(tmp_path_factory.mktemp("outside"), tmp_path_factory), node)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TONGBAN_SANDBOX_URL", f"http://127.0.0.1:{sandbox.port}")
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


async def come(client: Client, db: Database, who: Typed) -> None:
    """Log in by the pages."""
    shown = await client.get("/login")
    shown = await submit(client, shown, "/login", {"account": who.phone, "password": SECRET})
    await submit(client, shown, "/login/code", {"code": await last_code(db, who.phone)})


async def officer(db: Database, *duties: Duty) -> Actor:
    await identity.load_demo(db, [], [OFFICER], password=SECRET, now=NOW)
    found = await identity.actor_of(db, kind="username", value=OFFICER.username)
    return Actor(Role.OFFICER, found.id, found.name, found.department, duties=frozenset(duties))


def shown_of(who: Typed, **other: Any) -> vetting.Seen:
    said = {"same_face": True, "genuine": True, "ends": None, "paper_kind": who.paper_kind} | other
    said.setdefault("for_good", said["ends"] is None)
    return vetting.Seen(number=who.id_number, name=said.pop("name", who.name), **said)


async def test_a_bank_card_raises_to_l2_and_is_not_kept(
    client: Client, db: Database, one: Typed, running: Sandbox
) -> None:
    """A card of somebody else and a network that is down change nothing and lose nothing typed; her own raises her,
    under a new cookie; she withdraws it again."""
    opened = await enrolled(db, one, now=clock.now() - timedelta(days=1))
    await come(client, db, one)
    form = await client.get("/account/level/card")
    card = {"card": card_of(LI.id_number), "agree": "yes"}
    refused = await submit(client, form, "/account/level/card", card)
    assert refused.status_code == 422
    assert "不一致" in words(refused)
    assert f'value="{card["card"]}"' in refused.text
    assert (await submit(client, form, "/account/level/card", {"card": "6222021"})).status_code == 422
    running.http.post("/faults", json={"service": "bank", "mode": "down"})
    own = {"card": f"{card_of(one.id_number)[:6]} {card_of(one.id_number)[6:]}", "agree": "yes"}
    assert (await submit(client, form, "/account/level/card", own)).status_code == 503
    running.http.delete("/faults")
    before = client.cookies["tongban_session"]
    raised = await submit(client, form, "/account/level/card", own)
    assert "您现在是 L2" in words(raised)
    assert client.cookies["tongban_session"] != before
    # The old cookie opens nothing: what has risen goes on under a name that nobody has seen.
    client.cookies.set("tongban_session", before)
    assert "/login" in str((await client.get("/account/level")).url)
    rows = await db.sibling().rows("SELECT seen, l::text AS all FROM identity.level_check l")
    assert [row["seen"] for row in rows] == [card_of(one.id_number)[-4:]]
    assert card_of(one.id_number)[:-4] not in rows[0]["all"]
    actor = await identity.actor_of(db, kind="id_number", value=one.id_number)
    assert actor.level == 2
    assert "identity.raise_level" in await actions_of(db)
    (check,) = (await levels.ladder(db, actor)).checks
    assert await levels.withdraw_check(db, opened.actor, check=check.id, now=NOW)
    assert await levels.withdraw_check(db, opened.actor, check=check.id, now=NOW) == ""
    assert (await identity.person(db, check_of(opened))).level == 1


def check_of(opened: identity.Opened) -> Any:
    assert opened.actor.id is not None
    return opened.actor.id


async def test_a_social_security_card_does_too(
    client: Client, db: Database, one: Typed, running: Sandbox
) -> None:
    """Another person's card, what is no card and a register that is down change nothing and lose nothing typed."""
    await enrolled(db, one, now=clock.now() - timedelta(days=1))
    await come(client, db, one)
    page = "/account/level/social"
    form = await client.get(page)
    foreign = await submit(client, form, page, {"card": social_card_of(LI.id_number), "agree": "yes"})
    assert foreign.status_code == 422 and "不一致" in words(foreign)
    shape = await submit(client, form, page, {"card": one.id_number})
    assert shape.status_code == 422 and "不是社会保障号码" in words(shape)
    assert f'value="{one.id_number}"' in shape.text
    running.http.post("/faults", json={"service": "social", "mode": "down"})
    own = {"card": social_card_of(one.id_number).lower(), "agree": "yes"}
    assert (await submit(client, form, page, own)).status_code == 503
    running.http.delete("/faults")
    raised = await submit(client, form, page, own)
    assert "您现在是 L2" in words(raised) and "社保卡核验" in words(raised)
    rows = await db.sibling().rows("SELECT seen, l::text AS all FROM identity.level_check l")
    assert [row["seen"] for row in rows] == [social_card_of(one.id_number)[-4:]]
    assert social_card_of(one.id_number) not in rows[0]["all"]


async def test_the_window_raises_to_l3_in_the_officers_name(db: Database, register: Register) -> None:
    """The same form twice is one check. Another name, an ended paper, a face not compared, and who lacks the duty
    raise nobody."""
    opened = await enrolled(db, LI)
    clerk = await officer(db, Duty.VET)
    yesterday = clock.city_day(NOW) - timedelta(days=1)
    for wrong, field in (
        ({"name": WANG.name}, "name"),
        ({"ends": yesterday}, "ends"),
        ({"for_good": False}, "ends"),
        ({"same_face": False}, "same_face"),
    ):
        with pytest.raises(VettingInvalid) as refused:
            await vetting.vet(db, clerk, seen=shown_of(LI, **wrong), key="form-1", now=NOW)
        assert list(refused.value.fields) == [field]
    with pytest.raises(VettingInvalid):
        await vetting.vet(db, clerk, seen=shown_of(WANG), key="form-1", now=NOW)
    with pytest.raises(NotAllowed):
        await vetting.vet(db, await officer(db), seen=shown_of(LI), key="form-1", now=NOW)
    ends = clock.city_day(NOW) + timedelta(days=30)
    for _ in range(2):
        done = await vetting.vet(db, clerk, seen=shown_of(LI, ends=ends), key="form-1", now=NOW)
    assert (done.level, clock.city_day(done.until)) == (3, ends)
    found = await levels.ladder(db, opened.actor)
    assert (found.level, len(found.checks), found.checks[0].officer) == (3, 1, clerk.id)
    assert (await actions_of(db)).count("identity.vet") == 1
    # The session that was open knows it.
    assert await db.sibling().value("SELECT level FROM kit.session WHERE actor = $1", opened.actor.id) == 3
    # And when the paper has ended, so has the check.
    await jobs.forget(db, now=NOW + timedelta(days=31))
    found = await levels.ladder(db, opened.actor)
    assert (found.level, found.checks[0].ended_why) == (1, "expired")


def test_a_card_number_is_known_by_its_last_digit() -> None:
    assert card_holds(card_of("440524188001010014"))
    assert card_holds("4111111111111111")
    assert not card_holds("4111111111111112")
    assert not card_holds("١١١١١١١١١١١١١")
