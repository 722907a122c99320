"""The database dies: pages say so, with a time to come back, and lose nothing; then all is as before."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journeys.house import ITEM, House

pytestmark = [pytest.mark.journey, pytest.mark.kill, pytest.mark.timeout(300)]
#: The server starts again, rolls its log forward, and web and worker find it.
BACK_SECONDS = 90


def kill_database(house: House) -> None:
    os.kill(int((house.place / "data" / "run" / "database.pid").read_text().split()[0]), signal.SIGKILL)


def test_a_page_without_its_database_says_when_to_come_back(house: House) -> None:
    """The supervisor is held, so that nobody brings the database back before the page has given up."""
    assert house.process is not None
    _, page, case = house.applying()
    form = page.form(case)
    os.kill(house.process.pid, signal.SIGSTOP)
    try:
        kill_database(house)
        # A killed server's backends answer for a moment more.
        house.until(house.visitor(), "/readyz", lambda shown: shown.status == 503, "the end of the database")
        # Each waits some seconds for a restart before it gives up: all at once.
        with ThreadPoolExecutor() as threads:
            post = threads.submit(page.client.post, form.action, data={**form.fields, "phone": "13955555555"})
            json = {"accept": "application/json"}
            gets = (
                threads.submit(page.client.get, f"/api/v1/cases/{case}", headers=json),
                threads.submit(page.client.get, "/my/inbox"),
                threads.submit(page.client.get, "/livez"),
                threads.submit(page.client.get, "/readyz"),
            )
        answers = [one.result() for one in (post, *gets)]
        away, alive = answers[:3], answers[3:]
    finally:
        os.kill(house.process.pid, signal.SIGCONT)
    assert [one.status_code for one in away] == [503] * 3, [one.text[:300] for one in away]
    assert [one.status_code for one in alive] == [200, 503]
    for answer in away:
        assert int(answer.headers["retry-after"]) > 0 and "content-security-policy" in answer.headers
    assert "系统正在恢复" in away[0].text and "您已提交的内容不会丢失" in away[0].text
    assert away[1].json()["type"] == "/problems/database-away"
    house.until(house.visitor(), "/readyz", lambda shown: shown.status == 200, "readiness")
    # The very form that could not be sent is sent again: nothing has moved under it.
    page._took(page.client.post(form.action, data={**form.fields, "phone": "13955555555", "_go": "later"}))
    assert page.path == "/my/cases", (page.status, page.text[:600])
    assert page.visit(f"/apply/{ITEM}/{case}").form(case).fields["phone"] == "13955555555"


def test_a_short_end_of_the_database_is_never_a_bug_for_who_is_there(house: House) -> None:
    """Under a form that is posted again and again: saved, or not possible now, or already saved; nothing else."""
    _, page, case = house.applying()
    form = page.form(case)
    kill_database(house)
    until = time.monotonic() + BACK_SECONDS
    seen: list[int] = []
    while not seen or seen[-1] == 503:
        assert time.monotonic() < until, seen
        typed = {**form.fields, "phone": "13966666666", "_go": "later"}
        answer = page.client.post(form.action, data=typed, follow_redirects=False)
        assert answer.status_code in (303, 409, 503), (seen, answer.status_code, answer.text[:600])
        assert "login" not in answer.headers.get("location", "")
        seen.append(answer.status_code)
        time.sleep(0.05)
    house.until(page, f"/apply/{ITEM}/{case}", lambda shown: shown.status == 200, "the form")
    assert page.form(case).fields["phone"] == "13966666666"
    house.until(house.visitor(), "/readyz", lambda shown: shown.status == 200, "readiness")
