"""Where the processor time of one submit goes: ``python -m bench.profiling [--count N]``.

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
from collections.abc import Iterator
from typing import Any

from bench import crowd
from bench.crowd import Draft
from bench.house import own_house
from tongban.kit import clock, keys
from tongban.settings import reload


def _scope(draft: Draft, body: bytes) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"{draft.path}/submit",
        "raw_path": f"{draft.path}/submit".encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"host", b"localhost"),
            (b"cookie", f"tongban_session={draft.cookie}".encode()),
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }


async def _submit(app: Any, draft: Draft) -> int:
    body = f"_csrf={draft.csrf}&_key=profile-{draft.case}".encode()
    given: Iterator[dict[str, Any]] = iter([{"type": "http.request", "body": body, "more_body": False}])
    told: list[int] = []

    async def receive() -> dict[str, Any]:
        return next(given, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            told.append(message["status"])

    await app(_scope(draft, body), receive, send)
    return told[0]


async def _profiled(count: int) -> tuple[cProfile.Profile, float]:
    from tongban.app import create_app  # noqa: PLC0415 - reads the settings of the house that runs by now

    app = create_app()
    async with app.lifespan():
        db = app.state.db
        model = await crowd.prototype(db, now=clock.now())
        drafts = await crowd.drafts(db, model, count * 2 + 50, now=clock.now())
        for draft in drafts[:50]:
            assert await _submit(app, draft) == 303
        began = time.process_time()
        for draft in drafts[50 : 50 + count]:
            assert await _submit(app, draft) == 303
        plain = (time.process_time() - began) / count
        profile = cProfile.Profile()
        profile.enable()
        for draft in drafts[50 + count :]:
            await _submit(app, draft)
        profile.disable()
    return profile, plain * 1000


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.profiling", description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--sort", default="cumulative", choices=["cumulative", "tottime"])
    given = parser.parse_args()
    with own_house() as house:
        os.environ.update(house.environment | {"DATABASE_URL": house.dsn})
        reload()
        keys.current.cache_clear()
        profile, plain = asyncio.run(_profiled(given.count))
    print(f"{plain:.2f} ms of processor time a submit, without the HTTP server and without the profiler")
    pstats.Stats(profile).sort_stats(given.sort).print_stats(60)


if __name__ == "__main__":
    main()
