"""A closed house answers 503 with its words and lets health checks pass; an announcement stands above each page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from tests.journeys.house import ITEM, House
from tongban.kit import clock, maintenance
from tongban.kit.i18n import Text
from tongban.kit.maintenance import Notice
from tongban.settings import settings
from tongban.up import doctor

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300), pytest.mark.xdist_group("maintenance")]

WORDS = ("今晚系统升级，期间不能办理。", "The system is upgraded tonight; nothing can be done meanwhile.")


def tongban(house: House, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in another terminal of this house."""
    command = [sys.executable, "-P", "-m", "tongban", "maintenance", *words]
    return subprocess.run(command, env=house.environment, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def opened(house: House) -> Iterator[None]:
    """The house is open again for whoever comes next."""
    house.heal()
    yield
    maintenance.take_down(house.place / "data")


def close(house: House) -> None:
    """As `tongban maintenance on` does, without starting a program."""
    told = Notice(Text(*WORDS), closed=True, since=clock.now())
    maintenance.put_up(house.place / "data", told)


def test_a_closed_house_says_so_in_both_languages_and_when_it_is_back(house: House) -> None:
    until = clock.city_time(clock.now() + timedelta(hours=2))
    assert tongban(house, "on", *WORDS, "--until", f"{until:%Y-%m-%d %H:%M}").returncode == 0
    visitor = house.visitor()
    for path in ("/", f"/items/{ITEM}", "/login", "/my/cases", "/desk", "/style"):
        answer = visitor.client.get(path)
        assert answer.status_code == 503, path
        assert WORDS[0] in answer.text and f"预计 {until:%Y-%m-%d %H:%M} 恢复" in answer.text
        assert 6900 < int(answer.headers["retry-after"]) <= 7200
        assert "content-security-policy" in answer.headers
    english = visitor.client.get("/", params={"lang": "en"}).text
    assert WORDS[1] in english and WORDS[0] not in english


def test_health_files_and_preferences_go_on(house: House) -> None:
    close(house)
    client = house.visitor().client
    for path in ("/livez", "/readyz", "/static/app.css", "/problems/maintenance"):
        assert client.get(path).status_code == 200, path
    assert client.get("/preferences/language?to=en&back=/", follow_redirects=False).status_code == 303
    assert WORDS[1] in client.get("/").text


def test_the_api_answers_with_a_problem(house: House) -> None:
    close(house)
    client = house.visitor().client
    answer = client.get("/api/v1/search", params={"q": "x"})
    key = {"idempotency-key": str(uuid4())}
    posted = client.post(f"/api/v1/cases/{uuid4()}/submission", json={}, headers=key)
    for one in (answer, posted):
        assert one.status_code == 503 and one.headers["content-type"] == "application/problem+json"
        assert one.json()["type"] == "/problems/maintenance" and one.json()["detail"] == WORDS[0]
        assert int(one.headers["retry-after"]) == 60


def test_what_was_typed_is_sent_again_from_the_closed_page(house: House) -> None:
    _, page, case = house.applying()
    close(house)
    page.post(case, phone="13955555555", _go="later")
    assert page.status == 503
    assert page.form(case).fields["phone"] == "13955555555"
    page.post(case)
    assert page.status == 503 and page.form(case).fields["phone"] == "13955555555"
    assert tongban(house, "off").stdout == "Open.\n"
    page.post(case)
    assert page.path == "/my/cases", (page.status, page.text[:600])
    assert page.visit(f"/apply/{ITEM}/{case}").form(case).fields["phone"] == "13955555555"


def test_a_password_is_not_sent_back(house: House) -> None:
    page = house.visitor()
    page.visit("/login")
    close(house)
    page.post("/login", account="13800000000", password="geheim-geheim")
    assert page.status == 503
    assert "geheim" not in page.html and "13800000000" not in page.html


def test_a_form_that_is_not_ours_is_not_offered_again(house: House) -> None:
    client = house.visitor().client
    close(house)
    answer = client.post("/login", data={"account": "planted"})
    assert answer.status_code == 503 and "planted" not in answer.text


def test_an_announcement_stands_above_every_page_and_ends_by_itself(house: House) -> None:
    person = house.enrol(house.person())
    tongban(house, "announce", *WORDS)
    for path in ("/", "/my", "/style", "/nowhere"):
        assert WORDS[0] in person.visit(path).html, path
    assert person.visit("/my").status == 200
    now = clock.now()
    past = Notice(Text(*WORDS), closed=False, since=now - timedelta(hours=2), until=now - timedelta(hours=1))
    maintenance.put_up(house.place / "data", past)
    assert WORDS[0] not in person.visit("/").html


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("on", "只有中文"), "ENGLISH"),
        (("on", "中文", " "), "both languages"),
        (("announce", *WORDS, "--until", "2020-01-01"), "past"),
        (("on", *WORDS, "--until", "tonight"), "--until"),
    ],
)
def test_what_cannot_be_told_is_refused(house: House, words: tuple[str, ...], said: str) -> None:
    answer = tongban(house, *words)
    assert answer.returncode != 0 and said in answer.stderr
    assert house.visitor().client.get("/").status_code == 200


def test_the_doctor_tells_what_is_closed(tmp_path: Path) -> None:
    here = msgspec.structs.replace(settings(), data_dir=tmp_path)
    assert doctor._maintenance(here) == []
    maintenance.put_up(tmp_path, Notice(Text(*WORDS), closed=True, since=clock.now()))
    (finding,) = doctor._maintenance(here)
    assert finding.state == "note" and "closed since" in finding.words and WORDS[0] in finding.words


def test_a_notice_that_was_replaced_is_seen_at_once(tmp_path: Path) -> None:
    now = clock.now()
    assert maintenance.notice(tmp_path, now=now) is None
    for number in range(3):
        told = Notice(Text(f"第 {number} 次", f"{number}"), closed=True, since=now)
        maintenance.put_up(tmp_path, told)
        assert maintenance.notice(tmp_path, now=now) == told
    assert maintenance.take_down(tmp_path)
    assert maintenance.notice(tmp_path, now=now) is None
    assert not maintenance.take_down(tmp_path)
