"""A real house of the test session's own: free ports, data in a temporary folder, people at its browsers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from tests.kit import sample_files
from tests.place import folder
from tests.ports import free_port
from tests.world import peopled
from tongban.demo import PASSWORD as DEMO_PASSWORD
from tongban.demo import officer_phone, username
from tongban.tour.visitor import Visitor

ITEM = "residence_permit"
INSIDE = Path(__file__).with_name("inside.py")
PASSWORD = "Tongban-journey-2026"
#: A loaded machine builds the sandbox's twenty thousand people and the database first.
READY_SECONDS = 180
PATIENCE_SECONDS = 60


#: What a case's clock is counted from: its own times, its steps, and since when it stands still.
_DAYS_PASS = """
WITH steps AS (UPDATE cases.event SET at = at - $2::interval WHERE case_id = $1)
UPDATE cases."case" SET opened_at = opened_at - $2::interval, submitted_at = submitted_at - $2::interval,
    accepted_at = accepted_at - $2::interval,
    course = jsonb_set(course, '{specials,0,since}',
        to_jsonb(to_char((course #>> '{specials,0,since}')::date - $2::interval, 'YYYY-MM-DD')))
WHERE id = $1
"""


#: What the window's form does to an account and its sessions.
_SEEN_AT_A_WINDOW = """
WITH session AS (UPDATE kit.session SET level = 3 WHERE token_hash = $1 RETURNING bucket, actor),
noted AS (
    INSERT INTO identity.level_check (bucket, id, account, level, way, reference, seen, checked_at, until)
    SELECT bucket, gen_random_uuid(), actor, 3, 'window', 'journeys', '111', now(), now() + '1 year' FROM session
)
UPDATE identity.account a SET level = 3 FROM session s WHERE a.bucket = s.bucket AND a.id = s.actor
"""


class Person(dict[str, Any]):
    """Somebody of the sandbox: id_number, name, phone, situation, facts of each register."""

    @property
    def district(self) -> str:
        return str(self["facts"]["residence"]["district"])


class House:
    """`tongban up` in a process of its own, and what a test needs to know of it."""

    def __init__(self) -> None:
        self.place = folder("journeys")
        self.port, self.sandbox_port = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.world = httpx.Client(base_url=f"http://127.0.0.1:{self.sandbox_port}", timeout=30)
        self.process: subprocess.Popen[bytes] | None = None
        self._keeper: subprocess.Popen[str] | None = None
        self._officers: dict[str, Visitor] = {}
        self._phones: dict[str, str] = {}
        self._recovery: dict[str, list[str]] = {}
        self._visitors: list[Visitor] = []

    def start(self) -> None:
        said = self.place / "said.txt"
        with said.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "tongban", "up"],
                env=self.environment,
                stdout=output,
                stderr=output,
            )
        until = time.monotonic() + READY_SECONDS
        while "Ready after" not in said.read_text():
            assert self.process.poll() is None, said.read_text()
            assert time.monotonic() < until, said.read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.communicate()  # it ends with its input
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(60)
            if self.process.poll() is None:
                self.process.kill()
        for visitor in self._visitors:
            visitor.close()
        self.world.close()
        shutil.rmtree(self.place, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a program of this house is started with; nothing of the caller's own house leaks in."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TONGBAN_")}
        kept.pop("DATABASE_URL", None)
        return kept | {
            "TONGBAN_DATA": str(self.place / "data"),
            "TONGBAN_PORT": str(self.port),
            "TONGBAN_SANDBOX_PORT": str(self.sandbox_port),
        }

    @property
    def said(self) -> str:
        """What the house printed, its log included."""
        return (self.place / "said.txt").read_text()

    @property
    def dsn(self) -> str:
        return (self.place / "data" / "run" / "database.url").read_text()

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Look behind the pages, or let time pass for one row."""

        async def run() -> list[Any]:
            connection = await asyncpg.connect(self.dsn)
            try:
                return list(await connection.fetch(statement, *values))
            finally:
                await connection.close()

        # A browser's own loop may be running in this thread.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(run())).result(30)

    # The outside world

    def person(self, situation: str = "eligible_work", district: str = "") -> Person:
        """Somebody whom no test has met."""
        wish = {"situation": situation, "by": "journeys", "district": district}
        answer = self.world.post("/cast/take", json=wish)
        assert answer.status_code == 200, answer.text
        return Person(answer.json())

    def fault(self, service: str, mode: str) -> None:
        """Break a service of the outside world, or mend it with ``off``."""
        self.world.post("/faults", json={"service": service, "mode": mode, "seconds": 0}).raise_for_status()

    def heal(self) -> None:
        self.world.delete("/faults").raise_for_status()

    def newest(self, phone: str) -> str:
        """The id of the newest message on a phone, to wait for a newer one; ids sort as they were given."""
        return max((str(one["sms_id"]) for one in self._messages(phone, "")), default="")

    def _messages(self, phone: str, after: str) -> list[dict[str, Any]]:
        answer = self.world.get("/sms/v1/messages", params={"phone": phone, "after": after}).json()
        return answer["messages"] if isinstance(answer, dict) else answer

    def message(self, phone: str, after: str, pattern: str = r"(\d{6})") -> str:
        """Wait for a text message; gives the pattern's first group."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            for message in self._messages(phone, after):
                if found := re.search(pattern, message["text"]):
                    return found[1]
            time.sleep(0.1)
        raise AssertionError(f"no text message within {PATIENCE_SECONDS} s")

    # People at browsers

    def visitor(self) -> Visitor:
        """Somebody at a browser of her own; put away with the house."""
        self._visitors.append(Visitor(self.base))
        return self._visitors[-1]

    def enrol(
        self, person: Person, *, visitor: Visitor | None = None, onward: str = "/my", raised: bool = True
    ) -> Visitor:
        """She opens her account and stands on ``onward``, logged in; ``raised``: she was seen at a window, L3."""
        page = visitor or self.visitor()
        after = self.newest(person["phone"])
        page.visit(f"/enrol?next={onward}")
        page.post(
            "/enrol",
            name=person["name"],
            id_number=person["id_number"],
            phone=person["phone"],
            password=PASSWORD,
            agree="yes",
        )
        assert page.path == "/enrol/code", (page.status, page.text[:600])
        page.post("/enrol/code", code=self.message(person["phone"], after))
        assert page.path == onward, (page.status, page.path, page.text[:600])
        sessions = [one.value for one in page.client.cookies.jar if one.name == "tongban_session"]
        if raised:
            self.raise_level(sessions[-1] or "")
        return page

    def raise_level(self, session: str) -> None:
        """Whose session this is was seen at a window with her paper: L3. The window itself has a test of its own."""
        self.sql(_SEEN_AT_A_WINDOW, hashlib.sha256(session.encode()).digest())

    def applying(self, situation: str = "eligible_work", district: str = "") -> tuple[Person, Visitor, str]:
        """Somebody new in front of her filled form: the person, her browser, the case's id."""
        person = self.person(situation, district)
        page = self.enrol(person, onward=f"/apply/{ITEM}")
        page.post(f"/apply/{ITEM}")
        assert page.status == 200, page.text[:600]
        return person, page, page.path.rsplit("/", 1)[-1]

    def fill(self, page: Visitor, case: str, **answers: str) -> Visitor:
        """She answers what nobody knows but her, and goes on to the check."""
        given = {"ground": "work", "collection": "courier", "declaration": "yes", **answers}
        page.post(case, **given, _go="update")
        return page.post(case, **given, _go="check")

    def submitted(
        self, situation: str = "eligible_work", district: str = "", **answers: str
    ) -> tuple[Person, Visitor, str]:
        """Somebody new with her case submitted: the person, her browser on its page, the case's id."""
        person, page, case = self.applying(situation, district)
        self.fill(page, case, **answers)
        assert page.path.endswith("/check"), (page.status, page.path, page.text[:900])
        page.post("/submit")
        assert page.path == f"/my/cases/{case}", (page.status, page.path, page.text[:600])
        return person, page, case

    def officer(self, district: str) -> Visitor:
        """The officer of a district's branch, logged in until a test logs her out; a second window is `window`."""
        known = self._officers.get(district)
        if known is None or known.visit("/desk").path != "/desk":
            self._officers[district] = self.new_officer(district)
        return self._officers[district]

    def a_minute_passes(self) -> None:
        """No code goes out within a minute of the last; the officers of a test log in more often than that."""
        self.sql(
            "UPDATE identity.code SET sent_at = sent_at - interval '61 s', hour_from = hour_from - interval '1 h'"
        )
        self.sql("DELETE FROM identity.text_count")

    def days_pass(self, case: str, days: int) -> None:
        """So many days pass for one case whose clock stands still: all of it happened that much earlier."""
        self.sql(_DAYS_PASS, UUID(case), timedelta(days=days))

    def new_officer(self, district: str) -> Visitor:
        """An officer with a session of her own, for a test that ends it."""
        return self._at_desk(username(district), officer_phone(district))

    def _at_desk(self, account: str, phone: str) -> Visitor:
        self.a_minute_passes()
        page, after = self.visitor(), self.newest(phone)
        page.visit("/staff/login")
        page.post("/staff/login", account=account, password=DEMO_PASSWORD)
        assert page.path == "/staff/login/code", (page.status, page.text[:600])
        page.post("/staff/login/code", code=self.message(phone, after))
        assert page.path.startswith("/desk"), (page.status, page.path, page.text[:600])
        return page

    def at_desk(self, account: str) -> Visitor:
        """An officer of any department by her account, logged in; her telephone is what the demo's list says."""
        if not self._phones:
            listed = subprocess.run(
                [sys.executable, "-P", "-m", "tongban", "demo", "--logins", "--json"],
                env=self.environment,
                stdout=subprocess.PIPE,
                check=True,
            )
            self._phones = {one["login"]: one["phone"] for one in json.loads(listed.stdout)}
        return self._at_desk(account, self._phones[account])

    def keep_file(self, applicant: str, case: str) -> str:
        """Keep a paper for a case, whatever its form asks for, in the store of this house; gives the file's id."""
        return self._inside("keep", applicant, case, base64.b64encode(sample_files.pdf(2)).decode())

    def begin_upload(self, case: str) -> str:
        """Begin an upload for a draft, as its owner's script does; gives the upload's id."""
        (row,) = self.sql('SELECT applicant FROM cases."case" WHERE id = $1', UUID(case))
        return self._inside("begin", str(row["applicant"]), case)

    def _inside(self, act: str, *given: str) -> str:
        """What :mod:`tests.journeys.inside` does with the house's keys and files; it is started once."""
        if self._keeper is None:
            self._keeper = subprocess.Popen(
                [sys.executable, "-P", str(INSIDE)],
                env={**self.environment, "DATABASE_URL": self.dsn},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._keeper.stdin is not None
        assert self._keeper.stdout is not None
        self._keeper.stdin.write(json.dumps([act, *given]) + "\n")
        self._keeper.stdin.flush()
        said = self._keeper.stdout.readline().strip()
        assert said, f"{act} failed"
        return said

    def window(self, of: Visitor) -> Visitor:
        """A second window of the same browser."""
        page = self.visitor()
        page.client.cookies.update(of.client.cookies)
        return page

    def desk_path(self, page: Visitor, officer: Visitor, case: str) -> str:
        """The case's address on the desk, found by the code that its applicant was given."""
        found = re.search(r"\b\d{19}\b", page.visit(f"/my/cases/{case}").text)
        assert found, page.text[:600]
        officer.visit(f"/desk?q={found[0]}")
        assert case in officer.path, (officer.path, officer.text[:600])
        return officer.path

    def until(self, visitor: Visitor, path: str, holds: Callable[[Visitor], bool], what: str) -> Visitor:
        """Reload a page until something stands there that other processes make."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not holds(visitor.visit(path)):
            assert time.monotonic() < end, f"{what} did not come: {visitor.text[:600]}"
            time.sleep(0.3)
        return visitor


_running: list[House] = []


def shared(runs: pytest.TempPathFactory) -> House:
    """The one house of this test process, started when the first test asks for it."""
    if not _running:
        house = House()
        _running.append(house)
        try:
            peopled(house.place / "data" / "sandbox", runs)
            house.start()
        except BaseException:
            close()
            raise
    return _running[0]


def close() -> None:
    """Stop it; a second time does nothing."""
    while _running:
        _running.pop().stop()
