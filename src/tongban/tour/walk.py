"""The five lines of the main job, walked one after the other."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec

from tongban.settings import settings
from tongban.tour.visitor import Visitor

#: How long the tour waits for a text message, a card, a licence: all made by other processes.
PATIENCE_SECONDS = 60
#: How long an account waits for a new code while the last one is unused.
A_MINUTE = 60
PASSWORD = "Tongban-tour-2026"  # noqa: S105 - a synthetic person of the sandbox
ITEM = "residence_permit"


class TourFailed(Exception):  # noqa: N818 - its sentence names the step
    """A step did not end as it must."""


class Step(msgspec.Struct, frozen=True):
    """One step of the tour: what was done, how long it took, what was seen."""

    name: str
    seconds: float
    seen: str
    ok: bool = True


class Tour:
    """Three people at three browsers, and the outside world that they live in."""

    def __init__(self, tell: Callable[[Step], None], papers: Path) -> None:
        self.base = settings().public_url.replace("//localhost", "//127.0.0.1")
        self.resident = Visitor(self.base)
        self.officer = Visitor(self.base)
        self.verifier = Visitor(self.base)
        self.world = httpx.Client(base_url=settings().sandbox_url, timeout=30)
        self.papers = papers
        self.tell = tell
        self.steps: list[Step] = []
        self.person: dict[str, Any] = {}
        self.case = ""
        self.code = ""
        self.token = ""
        self.exempt = 0

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Time a step; what it appends is what was seen."""
        begun = time.monotonic()
        seen: list[str] = []
        try:
            yield seen
        except httpx.ConnectError as away:
            words = (
                f"nothing answers at {self.base} or {self.world.base_url}: start the house with `make run`, "
                "and give the tour the same TONGBAN_ variables"
            )
            self._done(Step(name, round(time.monotonic() - begun, 2), words, ok=False))
            raise TourFailed(f"{name}: {words}") from away
        except (AssertionError, httpx.HTTPError, KeyError, IndexError) as wrong:
            words = f"{type(wrong).__name__}: {wrong}"[:600]
            self._done(Step(name, round(time.monotonic() - begun, 2), words, ok=False))
            raise TourFailed(f"{name}: {words}") from wrong
        self._done(Step(name, round(time.monotonic() - begun, 2), "；".join(seen)))

    def _done(self, step: Step) -> None:
        self.steps.append(step)
        self.tell(step)

    def keep(self, name: str, content: str) -> None:
        """Save a page that the tour saw, as evidence."""
        self.papers.mkdir(parents=True, exist_ok=True)
        (self.papers / name).write_text(content)

    def message(self, phone: str, after: str, pattern: str) -> str:
        """Wait for a text message on this phone; gives the pattern's first group."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if found := self._heard(phone, after, pattern):
                return found
            time.sleep(0.2)
        raise AssertionError(f"no text message within {PATIENCE_SECONDS} s")

    def _heard(self, phone: str, after: str, pattern: str) -> str:
        """What the newest fitting message says; nothing when there is none yet."""
        answer = self.world.get("/sms/v1/messages", params={"phone": phone, "after": after}).json()
        for message in answer["messages"] if isinstance(answer, dict) else answer:
            if found := re.search(pattern, message["text"]):
                return found[1]
        return ""

    def type_code(self, page: Visitor, phone: str, after: str) -> None:
        """Type the code that comes, where the account has other windows too.

        Theirs may have had the minute's only code, or use this one first: then a new one is asked for.
        """
        asked, until = page.path, time.monotonic() + PATIENCE_SECONDS + A_MINUTE
        typed, ask_at = "", time.monotonic() + 3
        while page.path == asked:
            assert time.monotonic() < until, f"no code that is taken: {page.text[:300]}"
            code = self._heard(phone, after, r"(\d{6})")
            if code and code != typed:
                typed = code
                page.post("/code", code=code)
            elif time.monotonic() > ask_at:
                ask_at = time.monotonic() + 3
                page.post("/code", to=f"{asked.removesuffix('/code')}/resend")
            else:
                time.sleep(0.2)

    def newest(self, phone: str) -> str:
        """The id of the newest message, so that an older code is not taken for the new one."""
        answer = self.world.get("/sms/v1/messages", params={"phone": phone}).json()
        messages = answer["messages"] if isinstance(answer, dict) else answer
        return max((str(message["sms_id"]) for message in messages), default="", key=_numeric)

    def until(self, visitor: Visitor, path: str, holds: Callable[[Visitor], bool], what: str) -> None:
        """Reload a page until something stands there."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            if holds(visitor.visit(path)):
                return
            time.sleep(0.3)
        raise AssertionError(f"{what} did not come within {PATIENCE_SECONDS} s: {visitor.text[:300]}")


def _numeric(text: str) -> tuple[int, str]:
    return (int(text), "") if text.isdigit() else (0, text)
