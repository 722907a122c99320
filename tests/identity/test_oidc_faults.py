"""What must not work at the provider's doors, a test each."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import timedelta
from typing import Any

import pytest

from tests.identity.conftest import (
    LI,
    Client,
    Register,
    actions_of,
    enrolled,
    last_code,
    logged_in,
    with_account,
)
from tests.identity.pages import fields_of, submit, words
from tests.identity.relying import (
    AFTER,
    CALLBACK,
    HOUSING,
    ISSUER,
    KEY,
    SOCIAL,
    ask,
    assertion,
    claims_of,
    coded,
    exchanged,
    registered,
    told,
)
from tests.identity.test_merging import PASSPORT
from tongban import identity
from tongban.identity.actions import merging
from tongban.kit import clock
from tongban.kit.db import Database


@pytest.fixture
async def web(client: Client, db: Database) -> Client:
    """A browser whose owner is logged in, beside two registered systems."""
    await with_account(db)
    await registered(db)
    await logged_in(client, db)
    return client


ELSEWHERE = (
    "https://evil.example/",
    CALLBACK + "/",
    CALLBACK + "?a=b",
    CALLBACK + '"<',
    CALLBACK.upper(),
    "https://social.example.evil.example/callback",
    "",
    None,
    HOUSING.redirects[0],
)


async def test_nobody_is_sent_to_an_address_that_is_not_registered(web: Client) -> None:
    """Open redirect: no such address is followed, with an error neither."""
    for address in ELSEWHERE:
        for more in ({}, {"prompt": "none"}, {"response_type": "token"}, {"scope": "nothing"}):
            answer = await web.get(ask(redirect_uri=address, **more), follow_redirects=False)
            assert answer.status_code == 400, (address, more)
            assert "location" not in answer.headers and "没有登记" in answer.text
    for name in ("nobody", "so\x00cial", "\N{SNOWMAN}", ""):
        unknown = await web.get(ask(client_id=name), follow_redirects=False)
        assert unknown.status_code == 400 and "location" not in unknown.headers, name


async def test_what_comes_back_says_from_whom(web: Client) -> None:
    """Mix-up (RFC 9207): success and refusal carry the issuer, so no other provider's answer passes for ours."""
    await coded(web)
    for wish in ({}, {"response_type": "token"}, {"scope": "nothing"}, {"prompt": "none consent"}):
        answer = told(await web.get(ask(**wish), follow_redirects=False))
        assert answer["iss"] == ISSUER and answer["state"] == "the-state", wish
        assert ("code" in answer) is (not wish)


async def test_no_code_without_s256(web: Client) -> None:
    for wish in (
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge": "short"},
    ):
        answer = told(await web.get(ask(**wish), follow_redirects=False))
        assert answer["error"] == "invalid_request" and "code_challenge" in answer["error_description"], wish


async def test_a_wrong_verifier_buys_nothing(web: Client) -> None:
    code = await coded(web)
    for wrong in ("w" * 64, "", "v" * 10):
        answer = await exchanged(web, code, code_verifier=wrong)
        assert answer.status_code == 400 and answer.json()["error"] in ("invalid_grant", "invalid_request")
    other = await exchanged(web, code, redirect_uri=AFTER)
    assert other.json()["error"] == "invalid_grant"
    assert (await exchanged(web, code)).status_code == 200


async def test_a_code_that_comes_twice_takes_back_what_it_bought(web: Client, db: Database) -> None:
    code = await coded(web)
    bearer = {"authorization": f"Bearer {(await exchanged(web, code)).json()['access_token']}"}
    assert (await web.get("/oidc/userinfo", headers=bearer)).status_code == 200
    assert (await exchanged(web, code)).json()["error"] == "invalid_grant"
    assert (await web.get("/oidc/userinfo", headers=bearer)).status_code == 401
    assert (await actions_of(db))[-1] == "identity.refuse_used_code"


async def test_of_two_at_once_one_buys_and_what_it_bought_is_taken_back(web: Client, db: Database) -> None:
    code = await coded(web)
    answers = await asyncio.gather(*(exchanged(web, code) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 400, 400, 400]
    rows = await db.rows("SELECT revoked_at IS NOT NULL AS gone FROM identity.oidc_token")
    assert [row["gone"] for row in rows] == [True]


async def test_a_code_is_for_the_system_that_it_was_made_for(web: Client) -> None:
    code = await coded(web)
    answer = await exchanged(web, code, client=HOUSING)
    assert answer.json()["error"] == "invalid_grant"
    assert (await exchanged(web, code)).status_code == 200


async def test_a_code_is_over_after_a_minute(web: Client, db: Database) -> None:
    code = await coded(web)
    await db.run("UPDATE identity.oidc_code SET expires_at = expires_at - interval '61 seconds'")
    assert (await exchanged(web, code)).json()["error"] == "invalid_grant"
    assert not await db.value("SELECT count(*) FROM identity.oidc_token")


async def test_a_code_is_over_with_the_session(web: Client, db: Database) -> None:
    code = await coded(web)
    await db.run("UPDATE identity.oidc_login SET until = now() - interval '1 second'")
    assert (await exchanged(web, code)).json()["error"] == "invalid_grant"


async def test_only_the_system_itself_buys(web: Client) -> None:
    code = await coded(web)
    wrong = await exchanged(web, code, secret="another")
    assert wrong.status_code == 401 and wrong.json()["error"] == "invalid_client"
    assert wrong.headers["www-authenticate"].startswith("Basic")
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": "v" * 64,
    }
    posted = {**form, "client_id": "social", "client_secret": "a secret of the system"}
    assert (await web.post("/oidc/token", data=posted)).status_code == 401  # it registered another method
    assert (await web.post("/oidc/token", data={**form, "client_id": "social"})).status_code == 401
    for header in ("Basic /////w==", "Basic", "Basic AA==", "Bearer x", "Basic " + "é"):
        bad = await web.post("/oidc/token", data=form, headers={"authorization": header.encode("latin-1")})
        assert bad.status_code in (400, 401) and bad.json()["error"] == "invalid_client", header
    assert (await exchanged(web, code)).status_code == 200


def _unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return (
        ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts)
        + "."
    )


async def test_an_assertion_must_be_signed_for_us_now(web: Client) -> None:
    code = await coded(web, HOUSING)
    now = int(time.time())
    right = {"iss": "housing", "sub": "housing", "aud": ISSUER, "exp": now + 60, "jti": "x"}
    head, body, tail = assertion().split(".")
    wrong = [
        _unsigned(right),
        f"{head}.{body}.{tail[:-4]}AAAA",
        assertion(aud="https://elsewhere.example/token"),
        assertion(exp=now - 120),
        assertion(iss="social"),
        assertion(SOCIAL),
        assertion(jti=None),
        assertion(exp="soon"),
        "nonsense",
    ]
    for one in wrong:
        answer = await exchanged(web, code, client=HOUSING, client_assertion=one)
        assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client", one
    assert KEY.as_dict(private=False)["kid"] == "one"
    assert (await exchanged(web, code, client=HOUSING)).status_code == 200


async def test_an_assertion_is_taken_once(web: Client) -> None:
    one = assertion()
    first = await exchanged(web, "nothing", client=HOUSING, client_assertion=one)
    assert first.json()["error"] == "invalid_grant"
    code = await coded(web, HOUSING)
    again = await exchanged(web, code, client=HOUSING, client_assertion=one)
    assert again.json()["error"] == "invalid_client" and "used before" in again.json()["error_description"]
    assert (await exchanged(web, code, client=HOUSING)).status_code == 200


async def test_nobody_consents_for_her(web: Client, db: Database) -> None:
    """Consent CSRF: another site's form, without her session's token, agrees to nothing."""
    shown = await web.get(ask())
    form = fields_of(shown.text, "/oidc/consent")
    for token in ({}, {"_csrf": "made-up"}):
        answer = await web.post("/oidc/consent", data={**form, "_csrf": "", **token})
        assert answer.status_code == 403
    assert not await db.value("SELECT count(*) FROM identity.oidc_consent")
    forged = await web.post("/oidc/consent", data={**form, "redirect_uri": "https://evil.example/"})
    assert forged.status_code == 400
    assert not await db.value("SELECT count(*) FROM identity.oidc_consent")


async def test_a_mark_of_a_new_log_in_cannot_be_made_up_or_moved(web: Client) -> None:
    await coded(web)
    bounced = await web.get(ask(prompt="login"), follow_redirects=False)
    assert bounced.headers["location"].startswith("/login?")
    for again in ("x", "eyJ" * 9):
        answer = await web.get(ask(prompt="login", again=again), follow_redirects=False)
        assert answer.headers["location"].startswith("/login?")


async def test_a_request_named_twice_or_too_long_is_refused(web: Client) -> None:
    twice = await web.get(ask() + "&state=other", follow_redirects=False)
    assert "code" not in twice.headers.get("location", "") and twice.status_code in (303, 400)
    long = await web.get(ask(state="s" * 3000), follow_redirects=False)
    assert long.status_code == 400


async def test_inside_a_merged_account_no_system_learns_a_second_name(
    web: Client, db: Database, register: Register
) -> None:
    """A system knows a person by one ``sub``, also where another account of hers is open; what asks nobody hears that
    she has to log in. How it can fail (tried): leave out ``merged``."""
    before = claims_of((await exchanged(web, await coded(web))).json()["id_token"])["sub"]
    register.people[PASSPORT.id_number] = PASSPORT
    await enrolled(db, PASSPORT, now=clock.now() - timedelta(hours=1))
    li = await identity.actor_of(db, kind="id_number", value=LI.id_number)
    typed = {"account": PASSPORT.phone, "password": PASSPORT.password}
    step = await merging.prove_other(db, li, **typed, now=clock.now())
    await merging.merge(db, li, step=step, code=await last_code(db, PASSPORT.phone), now=clock.now())
    await submit(web, await web.get("/account/merge"), "/account/merge/open", {})
    refused = await web.get(ask(), follow_redirects=False)
    assert refused.status_code == 409 and "回到合并后的账户" in words(refused)
    assert told(await web.get(ask(prompt="none"), follow_redirects=False))["error"] == "login_required"
    await submit(web, await web.get("/account/merge"), "/account/merge/leave", {})
    assert claims_of((await exchanged(web, await coded(web))).json()["id_token"])["sub"] == before
