"""Sessions of a house's people, and another of the same person without another log-in."""

from __future__ import annotations

import base64
import json
import secrets

from tests.journeys.house import House
from tongban.kit.ids import new_id
from tongban.kit.web.sessions import bucket_in, hash_of
from tongban.kit.web.visit import SESSION_COOKIE
from tongban.tour.visitor import Visitor


def newest(person: Visitor, cookie: str) -> str:
    """A cookie's value in this browser, the newest where it has several; empty where it has none."""
    values = [one.value or "" for one in person.client.cookies.jar if one.name == cookie]
    return values[-1] if values else ""


def bucket_of_session(person: Visitor) -> int:
    """Where what is kept of her lies who is logged in here."""
    bucket = bucket_in(newest(person, SESSION_COOKIE))
    assert bucket is not None, "she is not logged in"
    return bucket


def second_session(house: House, of: Visitor, **changed: object) -> Visitor:
    """Another browser of the same person, logged in as this one is, without another log-in; ``changed`` columns of its
    row differ. What ends it leaves the first."""
    first, bucket = newest(of, SESSION_COOKIE), bucket_of_session(of)
    raw = bucket.to_bytes(2, "big") + secrets.token_bytes(24)
    cookie = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    row = {"token_hash": "\\x" + hash_of(cookie).hex(), "id": str(new_id(bucket)), **changed}
    made = house.sql(
        """INSERT INTO kit.session SELECT (jsonb_populate_record(s, $3::jsonb)).* FROM kit.session s
        WHERE bucket = $1 AND token_hash = $2 RETURNING id""",
        *(bucket, hash_of(first), json.dumps(row)),
    )
    assert made, "her session has ended"
    page = house.visitor()
    page.client.cookies.set(SESSION_COOKIE, cookie, domain="127.0.0.1", path="/")
    return page
