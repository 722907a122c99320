"""A whole journey, then every log of the house: no number, no name, no password, no code stands in one."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import httpx
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.journeys import powers
from tests.journeys.house import ITEM, PASSWORD, House, Person
from tongban.demo import PASSWORD as DEMO_PASSWORD
from tongban.tour.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(300)]
#: Of the demo city's system, which everybody may know (city/oidc_clients.yaml), and no log.
SYSTEMS_SECRET = "tongban-demo-social-insurance"
#: A new password at the recovery.
NEW = "Tongban-recovered-2026"
#: An ID number, or a phone with or without the country's code; no part of a longer word, of a hash or of a fraction.
_NUMBERS = re.compile(
    r"(?<![0-9A-Za-z])(?<!\d\.)(?:\d{17}[\dXx]|(?:(?:\+|00)?86[- ]?)?1[3-9]\d{9})(?![0-9A-Za-z])"
)
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def spellings(line: str) -> Iterator[str]:
    """A line as it stands, and as whoever reads it may undo it: escapes of JSON, then those of addresses, twice."""
    yield line
    line = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), line)
    yield re.sub(r"\\[nrtbf]", " ", line)
    for _ in range(2):
        line = unquote(line.replace("+", " "))
        yield line


def leaks(log: str, secrets: Iterable[str]) -> list[str]:
    """The lines of a log in which an ID number, a phone or one of ``secrets`` stands, however it is spelt there."""
    known = [one for one in secrets if one]
    return [
        line
        for line in log.splitlines()
        if any(_NUMBERS.search(one) or any(word in one for word in known) for one in spellings(line))
    ]


def logs_of(house: House) -> list[Path]:
    """What the house's programs and its database write; the sandbox is the outside world."""
    return [
        path
        for path in (house.place / "data").rglob("*.log*")
        if path.is_file() and not path.name.startswith("sandbox")
    ]


def test_no_log_names_anybody(house: House) -> None:
    house.heal()
    she, agent = house.person(), house.person()
    hers, page = house.enrol(she), _enrols_in_an_outage(house, agent)
    power = powers.offer(hers, agent)
    powers.accept(page, power)
    powers.act(page, power)
    page.visit(f"/apply/{ITEM}").post(f"/apply/{ITEM}")
    case = page.path.rsplit("/", 1)[-1]
    house.fill(page, case)
    page.post("/submit")
    assert page.path == f"/my/cases/{case}", (page.status, page.path, page.text[:600])
    known = [*_asks_for_a_correction(hers, she), *_enters_a_system(hers), *_adds_a_child(house)]
    codes = [_recovers(house, she)]
    _comes_to_a_window(house, she)
    desk = house.officer(she.district)
    place = house.desk_path(page, desk, case)
    assert "已受理" in desk.post("/recheck", to=f"{place}/accept").text
    house.visitor().visit("/staff/login").post("/staff/login", account="nobody", password="wrong-and-secret")
    found = logs_of(house)
    assert {"web", "worker"} <= {path.name.split(".")[0] for path in found}, found
    secrets = [she["name"], agent["name"], PASSWORD, DEMO_PASSWORD, NEW, "wrong-and-secret", *known]
    bad = {
        path.name: rows[:3]
        for path in found
        if (rows := leaks(path.read_text(errors="replace"), secrets)) or _has_code(path, codes)
    }
    assert bad == {}


def _has_code(path: Path, codes: list[str]) -> bool:
    """Six digits stand in many a number of microseconds: a code counts where it stands alone."""
    return any(re.search(rf"(?<![\d.]){code}(?![\dZ])", path.read_text(errors="replace")) for code in codes)


def _recovers(house: House, she: dict[str, str]) -> str:
    """She sets her password anew; gives the code that was sent."""
    page, after = house.visitor(), house.newest(she["phone"])
    page.visit("/recover").post("/recover", name=she["name"], id_number=she["id_number"])
    code = house.message(she["phone"], after, r"验证码 (\d{6})")
    page.post("/recover/code", code=code, password=NEW)
    assert page.status == 200, (page.status, page.path, page.text[:600])
    return code


def _enrols_in_an_outage(house: House, who: Person) -> Visitor:
    """The gateway is away when the code is due: what it says of the message that it did not take is in the log."""
    page = house.visitor()
    house.fault("sms", "down")
    after = house.newest(who["phone"])
    page.visit("/enrol?next=/my").post(
        "/enrol",
        name=who["name"],
        id_number=who["id_number"],
        phone=who["phone"],
        password=PASSWORD,
        agree="yes",
    )
    time.sleep(1)
    house.heal()
    page.post("/enrol/code", code=house.message(who["phone"], after))
    assert page.path == "/my", (page.status, page.path, page.text[:600])
    return page


def _asks_for_a_correction(page: Visitor, who: Person) -> list[str]:
    """She says that her name is wrong, in words that name her, and where she is registered, in the address; gives what
    nobody may find."""
    said = f"我叫{who['name']}，电话 {who['phone']}，不是李甲乙"
    typed = {"stands": who["name"], "should": said, "why": said, "_go": "send"}
    place = {"of": "identity.account.name", "place": "蓬莱仙岛", "district": "elsewhere"}
    page.visit(f"/my/data/wrong?{urlencode(place)}").post("/my/data/wrong", **typed)
    assert page.path.startswith("/my/data/requests/"), (page.status, page.path, page.text[:600])
    return ["李甲乙", place["place"]]


def _enters_a_system(page: Visitor) -> list[str]:
    """She logs in to a department's system, whose secret is wrong once; gives code, secrets and tokens."""
    back, secret, verifier = "http://localhost:9101/callback", "not-the-secret-4711", "v" * 43
    asked = {
        "response_type": "code",
        "client_id": "social-insurance",
        "redirect_uri": back,
        "scope": "openid profile",
        "state": "state-of-the-system",
        "code_challenge": create_s256_code_challenge(verifier),
        "code_challenge_method": "S256",
    }
    page.visit(f"/oidc/authorize?{urlencode(asked)}").post("/oidc/consent")
    onward = re.search(r'content="0;url=([^"]+)"', page.html)
    assert onward, (page.status, page.path, page.text[:600])
    sent = page.client.get(html.unescape(onward[1]), follow_redirects=False)
    (code,) = parse_qs(urlsplit(sent.headers["location"]).query)["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    token, ways = (
        f"{page.client.base_url}/oidc/token",
        [("social-insurance", one) for one in (secret, SYSTEMS_SECRET)],
    )
    answers = [httpx.post(token, data=form, auth=one, timeout=30) for one in ways]
    assert [one.status_code for one in answers] == [401, 200], [one.text for one in answers]
    told = answers[1].json()
    return [code, secret, SYSTEMS_SECRET, verifier, told["access_token"], told["id_token"]]


def _adds_a_child(house: House) -> list[str]:
    """A mother of the demo city logs in and adds her child; gives both names."""
    mother = next(one for one in house.world.get("/cast/demo").json() if one["key"] == "work")
    child = next(
        one
        for one in house.world.get("/cast/children").json()
        if one["parent_id_number"] == mother["id_number"]
    )
    house.a_minute_passes()
    page, after = house.visitor(), house.newest(mother["phone"])
    page.visit("/login?next=/my/acting").post("/login", account=mother["phone"], password=DEMO_PASSWORD)
    page.post("/login/code", code=house.message(mother["phone"], after))
    form = "/my/acting/child"
    page.visit(form).post(form, name=child["name"], id_number=child["id_number"], consent="yes")
    assert re.fullmatch(r"/my/acting/[0-9a-f-]{36}", page.path), (page.status, page.path, page.text[:600])
    return [mother["name"], child["name"]]


def _comes_to_a_window(house: House, who: Person) -> None:
    """An officer is shown her paper and types a phone that is not hers by the register."""
    (row,) = house.sql(
        "SELECT username FROM identity.staff WHERE username LIKE 'vet-%' ORDER BY username LIMIT 1"
    )
    desk, at = house.at_desk(row["username"]), "/desk/identity/recovery"
    seen = dict.fromkeys(("same_face", "genuine", "for_good"), "yes")
    desk.visit(at).post(at, name=who["name"], number=who["id_number"], phone="13800005009", **seen)
    assert desk.status == 422 and desk.path == at, (desk.status, desk.path, desk.text[:600])


ID, TO = "310101199003074514", "13800005001"


@pytest.mark.parametrize(
    "line",
    [
        f'{{"event": "x", "number": "{ID}"}}',
        f"to {TO}",
        f"to +86{TO}",
        f"to 0086{TO}",
        f"to +86 {TO}",
        f"to 86-{TO}",
        f"GET /x?phone={TO}&y=1",
        f"GET /x?phone=%2B86{TO}",
        f"GET /x?next=%2Fy%3Fphone%3D{TO}",
        f"GET /x?next=%252Fy%253Fphone%253D{TO}",
        f"GET /x?next=/y%26id%3D{ID.lower()}",
        f"GET /x?q=a+{TO}",
        f"case-{TO}",
        f"sms_{TO}",
        f'{{"error": "no such number\\n{TO}"}}',
        f'{{"error": "\\"{TO}\\""}}',
        '{"error": "\\u0031\\u00338\\u0030000\\u0035001"}',
        f"tel:{TO};",
        "34010219900307451X",
        "34010219900307451x",
        "Tongban-journey-2026",
        "Tongban%2Djourney%2D2026",
        "李文",
        "\\u674e\\u6587",
        quote("李文"),
        quote(quote("李文")),
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    """How it can fail: with the pattern of before, which wanted no minus and no letter ahead of a number."""
    assert leaks(f"fine\n{line}\nfine", [PASSWORD, "李文"]) == [line]
    assert not leaks(
        """{"at": "2026-11-27T08:26:45.123456Z", "id": "01993074-5138-7000-8000-138000050011"}
        {"seconds": 0.13800005001, "bytes": 138000050010, "hash": "a13800005001b", "to": "138****5001"}""",
        ["李文"],
    )
