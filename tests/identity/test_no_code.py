"""A page that waits for a code says what to do where none comes; the outage itself: ``test_outside.py``."""

from __future__ import annotations

import pytest

from tests.conftest import HOME
from tests.identity.conftest import LI, SECRET, Client, with_account
from tests.identity.pages import submit, words
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")
TEMPLATES = HOME / "src/tongban/identity/templates/identity"


async def test_each_page_that_waits_for_a_code_says_what_to_do(client: Client, db: Database) -> None:
    waits = [one for one in TEMPLATES.glob("*.html") if "/resend'" in one.read_text()]
    assert len(waits) >= 5
    assert all("s.no_code(" in one.read_text() for one in waits)
    await with_account(db)
    shown = await client.get("/login")
    shown = await submit(client, shown, "/login", {"account": LI.phone, "password": SECRET})
    for language, told in (
        ("zh", ("一直收不到验证码？", "换一种方式登录")),
        ("en", ("Still no code?", "Log in another way")),
    ):
        client.cookies.set("tongban_language", language)
        said = words(await client.get(shown.url.raw_path.decode()))
        assert all(one in said for one in told), said
