"""Forms that are not ours: of another site, of the session before, of another person's; nothing is changed by them.

Every route is asked for the same in ``tests/web/test_matrix.py``; here is what they say, and what of their text stays.
"""

from __future__ import annotations

import pytest

from tests.identity.conftest import LI, SECRET, Client, actions_of, last_code, logged_in, with_account
from tests.identity.pages import fields_of, submit, words
from tongban.kit.db import Database

pytestmark = [pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")]

OURS = {"sec-fetch-site": "same-origin"}
FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": "null"},
)
NOTE = "写了一上午的话 <b>"


async def token(client: Client, page: str, action: str) -> dict[str, str]:
    return {"_csrf": fields_of((await client.get(page)).text, action)["_csrf"]}


async def test_a_form_of_before_the_log_in_is_given_back_to_be_copied(client: Client, db: Database) -> None:
    """Whatever way its fields travel. Seen to fail with the token bound to the visitor's cookie alone."""
    await with_account(db)
    before = await token(client, "/login", "/login")
    await logged_in(client, db)
    done = await actions_of(db)
    draft = {**before, "address": "示范路 1 号", "note": NOTE, "_key": "0" * 12}
    as_files = {name: (None, value) for name, value in draft.items()}
    for sent in ({"data": draft}, {"files": as_files}):
        answer = await client.post("/draft", headers=OURS, **sent)
        assert answer.status_code == 403 and "没有提交" in words(answer)
        assert NOTE in words(answer) and "<b>" not in answer.text, "typed, and escaped"
        assert (
            'href="/draft"' in answer.text
            and before["_csrf"] not in answer.text
            and "0" * 12 not in answer.text
        )
        # Whoever's page it was, no press sends it again: the form may have been opened in another's name.
        assert 'action="/draft"' not in answer.text
    silent = await client.post("/draft", data=draft)
    assert silent.status_code == 403 and NOTE not in words(silent), "nobody says that it was our page"
    for body in ({"json": draft}, {"content": b'{"_csrf": "x"}', "headers": {"content-type": "text/plain"}}):
        assert (await client.post("/draft", **body)).status_code == 403
    secret = await client.post("/account/password", data={**before, "password": SECRET}, headers=OURS)
    assert secret.status_code == 403 and SECRET not in secret.text
    assert await actions_of(db) == done


async def test_another_sites_page_changes_nothing_though_it_has_the_token(
    client: Client, db: Database
) -> None:
    """Log-in CSRF too: nobody is logged in as somebody else by a form that stands elsewhere. Seen to fail without
    ``from_elsewhere``."""
    await with_account(db)
    form = {**await token(client, "/login", "/login"), "account": LI.phone, "password": SECRET}
    done, cookies = await actions_of(db), dict(client.cookies)
    for headers in FOREIGN:
        answer = await client.post("/login", data=form, headers=headers)
        assert answer.status_code == 403 and "别的网站" in words(answer) and SECRET not in answer.text
    assert (await actions_of(db), dict(client.cookies)) == (done, cookies)
    shown = await submit(client, await client.get("/login?next=/draft"), "/login", form)
    code = {**fields_of(shown.text, "/login/code"), "code": await last_code(db)}
    for headers in FOREIGN:
        assert (await client.post("/login/code", data=code, headers=headers)).status_code == 403
    assert "tongban_session" not in client.cookies
    assert (await client.post("/login/code", data=code, headers=OURS)).is_success
    hers = fields_of((await client.get("/my/acting")).text, "/logout")
    program = {"accept": "application/json", "x-csrf-token": hers["_csrf"]}
    for headers in FOREIGN:
        page = await client.post("/draft", data={**hers, "note": NOTE}, headers=headers)
        said = await client.post("/draft", json={"note": NOTE}, headers=headers | program)
        assert (page.status_code, said.status_code) == (403, 403) and NOTE not in page.text
        assert said.json()["type"] == "/problems/foreign-form"


async def test_what_systems_post_is_read_and_asked_by_address_and_does_nothing_itself(
    client: Client, db: Database
) -> None:
    """OpenID Connect Core §3.1.2.1 and RP-Initiated Logout §2 want POST from the system's page; an unasked one ends no
    session. Token endpoints take no cookie at all."""
    await with_account(db)
    await logged_in(client, db)
    done = await actions_of(db)
    for path in ("/oidc/authorize", "/oidc/logout"):
        answer = await client.post(path, data={"client_id": "x"}, headers=FOREIGN[0], follow_redirects=False)
        assert answer.headers["location"] == f"{path}?client_id=x"
    assert (await client.get("/oidc/logout")).status_code == 200
    confirmed = await client.post("/oidc/logout/confirm", data={}, headers=FOREIGN[0])
    assert confirmed.status_code == 403
    for path in ("/oidc/token", "/oidc/revoke", "/oidc/introspect"):
        answer = await client.post(path, data={"grant_type": "authorization_code"}, headers=FOREIGN[0])
        assert answer.status_code in (400, 401), path
    assert (await client.post("/oidc/userinfo", headers=FOREIGN[0])).status_code == 401
    assert await actions_of(db) == done
    assert (await client.get("/draft")).text == "draft", "still logged in"
