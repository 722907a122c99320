"""Where the processor time of one submit, or of a page, goes: ``python -m bench.profiling [--page desk]``.

The application runs in this process, on a house's database; requests come straight over ASGI, so the HTTP server and
its sockets are left out. A timer looks a thousand times a second of processor time which layer is at work; that costs
next to nothing and takes no side. ``--calls`` runs cProfile instead, which tells the functions but makes calls dearer
than work.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from types import FrameType
from typing import Any, Self

import uvloop

from bench import crowd
from bench.crowd import Draft
from bench.house import own_house
from tongban.kit import clock, keys
from tongban.settings import reload

Act = Callable[[Draft], Awaitable[None]]
PAGES = ("submit", "desk", "program", "check", "progress", "guide", "search")
#: What a file belongs to: the innermost frame that one of these names is at work.
LAYERS = {
    "/asyncpg/": "database driver: parameters, protocol, answers",
    "/tongban/kit/db/": "database handle: connections, parts joined to a write",
    "/tongban/kit/web/sessions": "session look-up",
    "/tongban/kit/web/access": "gate, CSRF, form",
    "/tongban/kit/web/csrf": "gate, CSRF, form",
    "/tongban/kit/web/forms": "gate, CSRF, form",
    "/tongban/kit/web/templating": "pages",
    "/tongban/kit/web/pages": "pages",
    "/jinja2/": "pages",
    "/markupsafe/": "pages",
    "/templates/": "pages",
    "/tongban/kit/web/": "visit: cookies, language, headers",
    "/litestar/": "framework: routing, injection, answer",
    "/multidict/": "framework: routing, injection, answer",
    "/tongban/kit/forms/": "answers opened and checked",
    "/tongban/kit/keys/": "answers opened and checked",
    "/tongban/kit/papers": "answers opened and checked",
    "/tongban/kit/rules": "the rule",
    "/tongban/audit/": "ledger row and purposes",
    "/tongban/kit/": "outbox, timer, serials, idempotency, ids, calendar",
    "/tongban/": "the room's own: action, model, store, catalogue",
}
REST = "event loop, sockets"


def _scope(method: str, path: str, cookie: str, body: bytes) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"cookie", f"tongban_session={cookie}".encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


async def _submit(app: Any, draft: Draft) -> None:
    body = f"_csrf={draft.csrf}&_key=profile-{draft.case}".encode()
    assert await _ask(app, "POST", f"{draft.path}/submit", draft.cookie, body) == 303


async def _ask(app: Any, method: str, path: str, cookie: str, body: bytes = b"") -> int:
    given: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": body, "more_body": False}])
    told: list[int] = []

    async def receive() -> dict[str, Any]:
        return next(given, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    await app(_scope(method, path, cookie, body), receive, send)
    return told[0]


class Watch:
    """Looks at fixed steps of processor time which layer is at work."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        self.seen[_layer(frame)] += 1


def _layer(frame: FrameType | None) -> str:
    while frame is not None:
        name = frame.f_code.co_filename
        for part, layer in LAYERS.items():
            if part in name:
                return layer
        frame = frame.f_back
    return REST


async def _profiled(page: str, count: int, *, calls: bool) -> tuple[float, Any]:
    from tongban.app import create_app  # noqa: PLC0415 - reads the settings of the house that runs by now

    app = create_app()
    async with app.lifespan():
        db = app.state.db
        model = await crowd.prototype(db, now=clock.now())
        drafts = await crowd.drafts(db, model, count * 2 + 60, now=clock.now())
        cookie = await crowd.officer(db, model.department, now=clock.now())
        first = drafts[0]

        async def act(draft: Draft) -> None:
            if page == "submit":
                await _submit(app, draft)
                return
            path, who = {
                "desk": (f"/desk/{first.applicant}/{first.case}", cookie),
                "program": (f"/api/v1/desk/cases/{first.applicant}/{first.case}", cookie),
                "progress": (f"/my/cases/{first.case}", first.cookie),
                "check": (f"{draft.path}/check", draft.cookie),
                "guide": (f"/items/{model.case.item}", ""),
                "search": ("/search?q=juzhuzheng", ""),
            }[page]
            assert await _ask(app, "GET", path, who) == 200

        for draft in drafts[:60]:
            await _submit(app, draft)
        if page != "submit":
            for draft in drafts[60:63]:
                await act(draft)  # compiles the page's template
        return await (_called if calls else _watched)(act, drafts[60:], count)


async def _watched(act: Act, drafts: list[Draft], count: int) -> tuple[float, Counter[str]]:
    began = time.process_time()
    with Watch() as watch:
        for draft in drafts[:count]:
            await act(draft)
    return (time.process_time() - began) / count * 1000, watch.seen


async def _called(act: Act, drafts: list[Draft], count: int) -> tuple[float, pstats.Stats]:
    began = time.process_time()
    for draft in drafts[:count]:
        await act(draft)
    plain = (time.process_time() - began) / count
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for draft in drafts[count:]:
        await act(draft)
    profile.disable()
    return plain * 1000, pstats.Stats(profile)


def _table(each_ms: float, seen: Counter[str]) -> str:
    """Layers by what they cost, as Markdown."""
    looks = sum(seen.values())
    lines = ["| layer | ms | % |", "|---|---|---|"]
    lines += [
        f"| {layer} | {each_ms * count / looks:.3f} | {100 * count / looks:.0f} |"
        for layer, count in seen.most_common()
    ]
    return "\n".join([*lines, f"| **together** | **{each_ms:.2f}** | |"])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiling", description=__doc__)
    parser.add_argument("--page", default="submit", choices=PAGES)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--calls", action="store_true", help="the functions by cProfile, not the layers")
    parser.add_argument("--sort", default="cumulative", choices=["cumulative", "tottime"])
    given = parser.parse_args()
    with own_house() as house:
        os.environ.update(house.environment | {"DATABASE_URL": house.dsn})
        reload()
        keys.current.cache_clear()
        each_ms, found = uvloop.run(_profiled(given.page, given.count, calls=given.calls))
    if given.calls:
        print(f"{each_ms:.2f} ms of processor time each, without the HTTP server and without the profiler")
        found.sort_stats(given.sort).print_stats(60)
    else:
        print(_table(each_ms, found))


if __name__ == "__main__":
    main()
