"""Requests for corrections over the API: as the pages have them, once for a key.

Broken on purpose: without the key's answer joined to the write, a repetition after the withdrawal asked again.
"""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.cases.web import Client, log_in
from tests.cast import Resident
from tongban.kit.db import Database

pytestmark = pytest.mark.filterwarnings("ignore::litestar.exceptions.LitestarDeprecationWarning")


async def test_asked_once_followed_and_taken_back(
    web: Client, city: Database, owner: Resident, other: Resident
) -> None:
    await log_in(web, city, owner.actor)
    token = {"x-csrf-token": (await web.get("/api/v1/session")).json()["csrf"]}
    things = (await web.get("/api/v1/requests/things")).json()["things"]
    assert {"thing": "identity.account.name", "goes": "population"}.items() <= things[0].items()
    key = {"idempotency-key": str(uuid4())}
    body = {"thing": "identity.account.name", "stands": "李文", "should": "李雯"}
    lacking = await web.post("/api/v1/requests", json=body, headers=token | key)
    assert (lacking.status_code, lacking.json()["type"]) == (422, "/problems/request-invalid")
    assert "/district" in lacking.json()["fields"]
    body["district"] = owner.district
    asked = await web.post("/api/v1/requests", json=body, headers=token | key)
    again = await web.post("/api/v1/requests", json=body, headers=token | key)
    assert (asked.status_code, again.json()) == (201, asked.json()), asked.text
    other_words = await web.post(
        "/api/v1/requests",
        json=body | {"should": "李雯雯"},
        headers=token | {"idempotency-key": str(uuid4())},
    )
    assert (other_words.status_code, other_words.json()["type"]) == (409, "/problems/request-stands")
    home = asked.headers["location"]
    one = (await web.get(home)).json()
    assert (one["should"], one["answer"], one["request"]["state"]) == ("李雯", None, "asked")
    (line,) = (await web.get("/api/v1/requests?limit=1")).json()["requests"]
    assert line == one["request"]
    for _ in range(2):
        assert (await web.put(f"{home}/withdrawal", headers=token)).status_code == 204
    assert (await web.get(home)).json()["request"]["state"] == "withdrawn"
    late = await web.post("/api/v1/requests", json=body, headers=token | key)
    assert late.json() == asked.json(), "the same key is the same request, also when it was taken back"
    assert await city.value("SELECT count(*) FROM portal.request WHERE subject = $1", owner.actor.id) == 1
    web.cookies.clear()
    await log_in(web, city, other.actor)
    theirs = await web.get(home)
    assert (theirs.status_code, theirs.json()["type"]) == (404, "/problems/request-unknown")
