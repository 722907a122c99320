"""Departments' systems log in through us: the whole way, what is handed over, and its end."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from authlib.oauth2.rfc9207 import AuthorizationServerMetadata as IssMetadata
from authlib.oidc.discovery import OpenIDProviderMetadata
from msgspec.structs import replace

from tests.identity.conftest import LI, Client, actions_of, logged_in, with_account
from tests.identity.pages import fields_of, submit, words
from tests.identity.relying import (
    AFTER,
    HOUSING,
    ISSUER,
    SOCIAL,
    ask,
    claims_of,
    coded,
    consented,
    exchanged,
    onward,
    registered,
    told,
)
from tongban import audit
from tongban.identity.actions import oidc_leaving, oidc_registered
from tongban.identity.model.oidc import acr_of, level_asked
from tongban.kit import clock, outbox
from tongban.kit.db import Database
from tongban.kit.policy import Actor, Duty, Role


async def _ready(client: Client, db: Database) -> None:
    await with_account(db)
    await registered(db)
    await logged_in(client, db)


async def test_what_the_provider_says_of_itself_holds(client: Client) -> None:
    answer = await client.get("/.well-known/openid-configuration")
    document = answer.json()
    assert document["issuer"] == ISSUER
    # Discovery §3 wants RS256 too; we sign with ES256 only (docs/adr) and stray from it there alone.
    assert document.pop("id_token_signing_alg_values_supported") == ["ES256"]
    whole = OpenIDProviderMetadata({**document, "id_token_signing_alg_values_supported": ["ES256", "RS256"]})
    whole.validate([OpenIDProviderMetadata, IssMetadata])
    keys = (await client.get("/oidc/jwks.json")).json()["keys"]
    assert [(one["alg"], "d" in one) for one in keys] == [("ES256", False)]


async def test_a_resident_logs_in_to_a_system_and_sees_what_it_read(client: Client, db: Database) -> None:
    await with_account(db)
    await registered(db)
    shown = await client.get(ask())
    assert "/login" in str(shown.url) and "登录后继续前往：社会保险自助服务" in words(shown)
    assert "登录后继续前往" not in words(await client.get("/login?next=/oidc/resume%3Fclient_id=nobody%00"))
    shown = await logged_in(client, db, str(shown.url))
    shown = await client.get(onward(shown))
    assert "社会保险自助服务" in words(shown) and "打码后的姓名" in words(shown)
    back = await consented(client, ask())
    assert back.headers["location"].startswith(SOCIAL.redirects[0])
    assert told(back)["state"] == "the-state" and told(back)["iss"] == ISSUER

    tokens = (await exchanged(client, told(back)["code"])).json()
    identity = claims_of(tokens["id_token"])
    assert (identity["iss"], identity["aud"], identity["nonce"]) == (ISSUER, "social", "the-nonce")
    assert identity["acr"] == "urn:tongban:level:1" and identity["auth_time"] <= identity["iat"]
    assert "name" not in identity and identity["exp"] - identity["iat"] <= 600
    read = await client.get("/oidc/userinfo", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert read.json() == {"sub": identity["sub"], "name": "李*雯", "level": 1}

    assert (await actions_of(db))[-4:] == [
        "identity.consent_to_system",
        "identity.log_in_at_system",
        "identity.issue_token",
        "identity.hand_claims",
    ]
    me = await db.sibling().value("SELECT account FROM identity.oidc_login")
    rows = await audit.readings_of(db, subject=me, limit=9, before=None)
    assert [(one.actor_name, one.department, one.item) for one in rows] == [
        ("社会保险自助服务", "human-resources-310000", "identity.oidc")
    ]
    assert await audit.reads_without_purpose(db, now=clock.now() + timedelta(seconds=1)) == 0

    # The second time nobody is asked, and the number at another system is another one.
    again = await client.get(ask(prompt="none"), follow_redirects=False)
    assert (
        claims_of((await exchanged(client, told(again)["code"])).json()["id_token"])["sid"] == identity["sid"]
    )
    other = await exchanged(client, await coded(client, HOUSING), client=HOUSING)
    assert claims_of(other.json()["id_token"])["sub"] != identity["sub"]
    assert await db.sibling().value("SELECT count(*) FROM identity.oidc_code WHERE hash IS NOT NULL") == 3


async def test_who_asks_nobody_is_told_what_is_missing(client: Client, db: Database) -> None:
    await with_account(db)
    await registered(db)
    quiet = ask(prompt="none")
    assert told(await client.get(quiet, follow_redirects=False))["error"] == "login_required"
    await logged_in(client, db)
    answer = told(await client.get(quiet, follow_redirects=False))
    assert (answer["error"], answer["state"], answer["iss"]) == ("consent_required", "the-state", ISSUER)
    high = ask(prompt="none", acr_values="urn:tongban:level:2")
    assert (
        told(await client.get(high, follow_redirects=False))["error"] == "unmet_authentication_requirements"
    )
    page = await client.get(ask(acr_values="urn:tongban:level:3 urn:tongban:level:2"))
    assert "要求实名等级 L2，您现在是 L1" in words(page)
    assert level_asked("urn:other urn:tongban:level:2") == 2
    assert acr_of(replace(SOCIAL, audience="staff"), 0) == "urn:tongban:staff"
    left = await client.get(ask().replace("/authorize", "/decline"), follow_redirects=False)
    assert told(left)["error"] == "access_denied" and told(left)["iss"] == ISSUER


async def test_a_system_says_in_which_language_who_comes_and_of_what_level(
    client: Client, db: Database
) -> None:
    await with_account(db)
    await registered(db)
    shown = await client.get(ask(ui_locales="fr en-GB zh-CN", login_hint=LI.phone))
    assert shown.url.path == "/login" and 'lang="en"' in shown.text and f'value="{LI.phone}"' in shown.text
    # What she chose herself goes before it; a language that we have not is passed over.
    client.cookies.set("tongban_language", "zh")
    assert 'lang="zh' in (await client.get(ask(ui_locales="en"))).text
    client.cookies.delete("tongban_language")
    assert 'lang="zh' in (await client.get(ask(ui_locales="fr"))).text
    await logged_in(client, db)
    page = await client.get(ask(acr_values="urn:tongban:level:2"))
    level = await submit(client, page, "/account/level/keep", {})
    assert level.url.path == "/account/level"
    await db.run("UPDATE identity.account SET level = 2 WHERE kind = 'person' AND role = 'resident'")
    await db.run("UPDATE kit.session SET level = 2")
    client.app.state.sessions.forget(client.cookies["tongban_session"])
    back = await submit(client, await client.get("/account/level"), "/account/level/back", {})
    found = await client.get(onward(back), follow_redirects=False)
    assert found.status_code == 200 and "urn%3Atongban%3Alevel%3A2" in onward(back), (
        "on with the very request"
    )


async def test_a_log_in_is_done_anew_where_the_system_wants_that(client: Client, db: Database) -> None:
    await _ready(client, db)
    await coded(client)
    for wish in ({"prompt": "login"}, {"max_age": "0"}):
        shown = await client.get(ask(**wish))
        assert shown.url.path == "/login", wish
        await db.run("UPDATE identity.code SET sent_at = sent_at - interval '2 minutes'")
        shown = await logged_in(client, db, str(shown.url))
        back = await client.get(onward(shown), follow_redirects=False)
        assert told(back)["code"], wish
    wrong = await client.get(ask(max_age="soon"), follow_redirects=False)
    assert told(wrong)["error"] == "invalid_request"
    once_more = await consented(client, ask(prompt="consent"))
    assert told(once_more)["code"]


async def test_a_consent_is_listed_and_taken_back(client: Client, db: Database) -> None:
    """Taken back twice it is said again; of a system that she never agreed to nothing is said to be done. How it can
    fail (tried): leave ``had_consent`` out."""
    await _ready(client, db)
    tokens = (await exchanged(client, await coded(client))).json()
    page = await client.get("/account/systems")
    assert "社会保险自助服务" in words(page) and "取消授权" in words(page)
    done = await submit(client, page, "/account/systems/withdraw", {})
    assert "已取消授权" in words(done) and "还没有授权任何系统" in words(done)
    sent = fields_of(page.text, "/account/systems/withdraw")
    for system, status, told_ in ((sent["system"], 200, "已取消授权"), ("zzz", 404, "您没有授权过这个系统")):
        answer = await client.post("/account/systems/withdraw", data={**sent, "system": system})
        assert answer.status_code == status and told_ in words(answer), system
    await oidc_leaving.follow_sessions(db, now=clock.now())
    bearer = {"authorization": f"Bearer {tokens['access_token']}"}
    assert (await client.get("/oidc/userinfo", headers=bearer)).status_code == 401
    assert (await client.get(ask(), follow_redirects=False)).status_code == 200


async def test_a_system_ends_the_session_and_the_others_are_told(client: Client, db: Database) -> None:
    await _ready(client, db)
    tokens = (await exchanged(client, await coded(client))).json()
    await exchanged(client, await coded(client, HOUSING), client=HOUSING)
    asks = await client.get("/oidc/logout", params={"client_id": "social", "post_logout_redirect_uri": AFTER})
    assert "要退出登录吗" in words(asks)
    away = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://elsewhere.example/"}
    assert (await client.get("/oidc/logout", params=away, follow_redirects=False)).status_code == 200
    await client.get("/login")
    assert await oidc_leaving.follow_sessions(db, now=clock.now()) == 2
    assert await oidc_leaving.follow_sessions(db, now=clock.now()) == 0
    back = {**away, "post_logout_redirect_uri": AFTER, "state": "s"}
    answer = await client.get("/oidc/logout", params=back, follow_redirects=False)
    assert answer.headers["location"] == f"{AFTER}?state=s"
    # Only who registered an address is told, by the lane of what goes outside.
    rows = await db.rows("SELECT outward FROM kit.outbox WHERE topic = 'identity.left_system'")
    assert [row["outward"] for row in rows] == [True]


async def test_a_logout_token_is_posted_until_it_is_taken(client: Client, db: Database) -> None:
    from tests.identity.hearing import listening
    from tongban.identity import jobs

    async with listening(503, 200) as heard:
        await with_account(db)
        await registered(db, replace(SOCIAL, back_channel=heard.address))
        await logged_in(client, db)
        tokens = (await exchanged(client, await coded(client))).json()
        page = await client.get("/my/account")
        await submit(client, page, "/logout", {})
        now = clock.now()
        await oidc_leaving.follow_sessions(db, now=now)
        [event] = [one for one in await outbox.claim(db, now=now, outward=True) if "left" in one.topic]
        with pytest.raises(outbox.AwayForNow, match="503"):
            await jobs.tell_system(db, event, now=now)
        await outbox.postpone(db, event, reason="social answered 503", now=now)
        seen = await oidc_registered.registered(
            db, Actor(Role.ADMINISTRATOR, duties=frozenset({Duty.SYSTEM_ADMIN}))
        )
        assert [(one.client.id, one.given_up, len(one.troubles)) for one in seen] == [("social", 0, 1)]
        await outbox.give_up(db, event, reason="social answered 503", now=now)
        seen = await oidc_registered.registered(
            db, Actor(Role.ADMINISTRATOR, duties=frozenset({Duty.SYSTEM_ADMIN}))
        )
        assert seen[0].given_up == 1
        await jobs.tell_system(db, event, now=now)
    first, second = (claims_of(dict(httpx.QueryParams(body))["logout_token"]) for body in heard.bodies)
    identity = claims_of(tokens["id_token"])
    assert (second["sid"], second["sub"], second["aud"]) == (identity["sid"], identity["sub"], "social")
    assert second["events"] == {"http://schemas.openid.net/event/backchannel-logout": {}}
    assert first["jti"] == second["jti"] and "nonce" not in second
    assert (await actions_of(db))[-1] == "identity.tell_system"


async def test_a_system_asks_about_its_token_and_gives_it_back(client: Client, db: Database) -> None:
    await _ready(client, db)
    token = (await exchanged(client, await coded(client))).json()["access_token"]
    own = ("social", "a secret of the system")
    answer = await client.post("/oidc/introspect", data={"token": token}, auth=own)
    assert answer.json()["active"] is True and answer.json()["scope"] == "openid profile"
    assert (await client.post("/oidc/introspect", data={"token": token})).status_code == 401
    assert (await client.post("/oidc/revoke", data={"token": token}, auth=own)).status_code == 200
    assert (await client.post("/oidc/revoke", data={"token": token}, auth=own)).status_code == 200
    answer = await client.post("/oidc/introspect", data={"token": token}, auth=own)
    assert answer.json() == {"active": False}
    bearer = {"authorization": f"Bearer {token}"}
    assert (await client.get("/oidc/userinfo", headers=bearer)).status_code == 401
