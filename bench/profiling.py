"""Where the processor time of one submit, or of a page, goes: ``python -m bench.profiling [--page desk]``.

The application runs in this process under cProfile, on a house's database; requests come straight over ASGI, so the
HTTP server and the sockets are left out. cProfile makes calls dearer than work: read shares, not times.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import os
import pstats
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from bench import crowd
from bench.crowd import Draft
from bench.house import own_house
from tongban.kit import clock, keys
from tongban.settings import reload

Act = Callable[[Draft], Awaitable[None]]
PAGES = ("submit", "desk", "check", "progress")


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


async def _profiled(page: str, count: int) -> tuple[cProfile.Profile, float]:
    from tongban.app import create_app  # noqa: PLC0415 - reads the settings of the house that runs by now

    app = create_app()
    async with app.lifespan():
        db = app.state.db
        model = await crowd.prototype(db, now=clock.now())
        drafts = await crowd.drafts(db, model, count * 2 + 60, now=clock.now())
        cookie = await crowd.officer(db, model.department, now=clock.now())

        async def act(draft: Draft) -> None:
            if page == "submit":
                await _submit(app, draft)
            elif page == "desk":
                path = f"/desk/{drafts[0].applicant}/{drafts[0].case}"
                assert await _ask(app, "GET", path, cookie) == 200
            else:
                path = f"/my/cases/{drafts[0].case}" if page == "progress" else f"{draft.path}/check"
                assert (
                    await _ask(app, "GET", path, (drafts[0] if page == "progress" else draft).cookie) == 200
                )

        for draft in drafts[:60]:
            await _submit(app, draft)
        if page != "submit":
            for draft in drafts[60:63]:
                await act(draft)  # compiles the page's template
        return await _timed(act, drafts[60:], count)


async def _timed(act: Act, drafts: list[Draft], count: int) -> tuple[cProfile.Profile, float]:
    began = time.process_time()
    for draft in drafts[:count]:
        await act(draft)
    plain = (time.process_time() - began) / count
    profile = cProfile.Profile()
    profile.enable()
    for draft in drafts[count:]:
        await act(draft)
    profile.disable()
    return profile, plain * 1000


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiling", description=__doc__)
    parser.add_argument("--page", default="submit", choices=PAGES)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--sort", default="cumulative", choices=["cumulative", "tottime"])
    given = parser.parse_args()
    with own_house() as house:
        os.environ.update(house.environment | {"DATABASE_URL": house.dsn})
        reload()
        keys.current.cache_clear()
        profile, plain = asyncio.run(_profiled(given.page, given.count))
    print(f"{plain:.2f} ms of processor time each, without the HTTP server and without the profiler")
    pstats.Stats(profile).sort_stats(given.sort).print_stats(60)


if __name__ == "__main__":
    main()
