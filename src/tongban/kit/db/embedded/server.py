"""One embedded PostgreSQL in one folder: made once, started as a direct child, stopped cleanly."""

from __future__ import annotations

import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from tongban.kit.db.embedded import remains
from tongban.kit.db.embedded.program import ENVIRONMENT, binaries, major_version, reaches, run
from tongban.kit.db.embedded.refusals import CannotRun, NotOurs, WrongVersion
from tongban.kit.processes import Owner, dying_with_parent, owner_of_data

USER = "tongban"
READY_SECONDS = 180.0
#: The kernel's limit of a socket path is 107 bytes; "/.s.PGSQL.5432" comes on top of the folder.
_LONGEST_SOCKET_DIR = 90
_SOCKET_PORT = 5432

#: For a small machine. Statistics are gathered early: a new table without them is scanned sequentially,
#: even by primary key, under prepared statements.
_TUNING = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
    "autovacuum_naptime": "10s",
    "autovacuum_analyze_threshold": "50",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_threshold": "50",
    "autovacuum_vacuum_scale_factor": "0.05",
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "shared_preload_libraries": "pg_stat_statements",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
}
#: A week of logs, a file a weekday, each overwritten a week later.
_LOGGING = {
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
#: Tests throw their data away: no waiting for the disk.
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class EmbeddedPostgres:
    """A PostgreSQL in ``folder``; as root it runs as ``owner`` (default: nobody), who then owns the folder.

    ``fast`` turns durability off, for tests. Not safe to share between threads, but each call may come
    from any; ``launch`` from the main one (the server dies with the thread that started it).
    """

    def __init__(self, folder: Path, *, owner: Owner | None = None, fast: bool = False) -> None:
        self.folder = folder.absolute()
        self.cluster = self.folder / "cluster"
        self.process: subprocess.Popen[bytes] | None = None
        self._owner = owner or owner_of_data(None)
        self._fast = fast
        self._bin: Path | None = None
        socket_dir = self.folder / "socket"
        self._socket_dir = socket_dir if len(bytes(socket_dir)) <= _LONGEST_SOCKET_DIR else None
        self._port = _SOCKET_PORT if self._socket_dir else _free_port()

    @property
    def bin(self) -> Path:
        """Where psql, pgbench and the other programs of this server lie."""
        if self._bin is None:
            self._bin = binaries(self.folder, self._owner)
        return self._bin

    @property
    def log_dir(self) -> Path:
        """Where the server writes its log."""
        return self.folder / "log"

    def dsn(self, database: str = "tongban") -> str:
        """The connection string, password included: for environments and files, never for a command line."""
        host = str(self._socket_dir) if self._socket_dir else "127.0.0.1"
        query = urlencode({"host": host, "port": self._port}, quote_via=quote)
        return f"postgresql://{USER}:{self._password()}@/{database}?{query}"

    def make_ready(self) -> None:
        """Make the cluster at the first start, and clear what a killed server left behind.

        Raises CannotRun with a sentence for a foreign folder, another major version, a living server.
        """
        self._make_folder()
        if not self.cluster.exists():
            self._make_cluster()
        self._check_cluster()
        remains.clear(self.cluster, self.folder / "socket")

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the server as a child of this process; ``is_ready`` tells when it takes connections."""
        settings = {**_TUNING, **(_FAST if self._fast else _LOGGING), "log_directory": str(self.log_dir)}
        if self._socket_dir:
            settings |= {"listen_addresses": "", "unix_socket_directories": str(self._socket_dir)}
            settings["unix_socket_permissions"] = "0700"
        else:
            settings |= {"listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        settings["port"] = str(self._port)
        command = [str(self.bin / "postgres"), "-D", str(self.cluster)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with (self.log_dir / "start.log").open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the program of the package
                command,
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dying_with_parent(signal.SIGINT, self._owner),  # noqa: PLW1509 - it takes no lock
            )
        return self.process

    def is_ready(self) -> bool:
        """Whether the launched server takes connections (its own word in postmaster.pid)."""
        return remains.status(self.cluster) == "ready"

    def reason(self) -> str:
        """The last lines the server wrote, to be shown when it did not start."""
        logs = sorted(self.log_dir.glob("*.log"), key=lambda path: path.stat().st_mtime)
        lines = [line for path in logs[-2:] for line in path.read_text(errors="replace").splitlines()]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line or "ERROR" in line]
        return "\n".join((telling or lines)[-5:])

    def stop(self, *, wait_seconds: float = 60) -> None:
        """Stop cleanly: clients are sent away, the last checkpoint written. Nothing happens when it is down."""
        process = self.process
        if process is None:
            return
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
            try:
                process.wait(wait_seconds)
                break
            except subprocess.TimeoutExpired:
                continue
        self.process = None

    @contextmanager
    def running(self) -> Iterator[EmbeddedPostgres]:
        """Run for the length of a ``with`` block; enter it in the main thread."""
        self.make_ready()
        self.launch()
        try:
            self.await_ready()
            yield self
        finally:
            self.stop()

    def await_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait until the launched server takes connections; raises CannotRun with its own last words."""
        give_up = time.monotonic() + seconds
        while not self.is_ready():
            if self.process is None or self.process.poll() is not None:
                raise CannotRun(f"PostgreSQL did not start: {self.reason()}")
            if time.monotonic() > give_up:
                raise CannotRun(f"PostgreSQL was not ready within {seconds:.0f} s: {self.reason()}")
            time.sleep(0.02)

    def make_database(self, name: str) -> None:
        """Make the database ``name`` unless it is there."""
        found = self.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'")
        if not found:
            self.query(f'CREATE DATABASE "{name}"')

    def query(self, sql: str, *, database: str = "postgres") -> str:
        """Run one statement through psql, for set-up before there is a pool; gives the unaligned answer."""
        done = run(
            [self.bin / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql], more=self._connection(database)
        )
        if done.returncode != 0:
            raise CannotRun(f"PostgreSQL refused a statement of the set-up: {done.stderr.strip()}")
        return done.stdout.strip()

    def _connection(self, database: str) -> dict[str, str]:
        return {
            "PGHOST": str(self._socket_dir) if self._socket_dir else "127.0.0.1",
            "PGPORT": str(self._port),
            "PGUSER": USER,
            "PGDATABASE": database,
            "PGPASSWORD": self._password(),
        }

    def _password(self) -> str:
        return (self.folder / "password").read_text().strip()

    def _make_folder(self) -> None:
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / "password").is_file():
            raise NotOurs(self.folder, "it is not empty and was not made here")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(self.folder)
        if self._owner is not None and not reaches(self._owner, self.folder):
            raise CannotRun(
                f"The database's account (uid {self._owner.uid}) cannot reach {self.folder}: a folder above it "
                "is closed. Choose another place for the data (TONGBAN_DATA)."
            )
        for name in ("log", "socket"):
            (self.folder / name).mkdir(mode=0o700, exist_ok=True)
            self._give(self.folder / name)
        password = self.folder / "password"
        if not password.exists():
            draft = self.folder / "password.new"
            draft.unlink(missing_ok=True)
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(24) + "\n")
            self._give(draft)
            draft.rename(password)

    def _make_cluster(self) -> None:
        """initdb beside the place and rename: an interrupted one leaves no half cluster."""
        draft = self.folder / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        done = run(
            [
                *(self.bin / "initdb", "-D", draft, "-U", USER, "-k", "-E", "UTF8", "--locale=C"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *("--auth=scram-sha-256", f"--pwfile={self.folder / 'password'}"),
                *(["--no-sync"] if self._fast else []),
            ],
            owner=self._owner,
        )
        if done.returncode != 0:
            raise CannotRun(f"The database could not be made in {self.folder}: {done.stderr.strip()}")
        draft.rename(self.cluster)

    def _check_cluster(self) -> None:
        version_file = self.cluster / "PG_VERSION"
        if not version_file.is_file():
            raise NotOurs(self.cluster, "it has no PG_VERSION")
        found, needed = version_file.read_text().strip(), major_version(self.bin)
        if found != needed:
            raise WrongVersion(self.cluster, found=found, needed=needed)

    def _give(self, path: Path) -> None:
        if self._owner is not None:
            self._owner.give(path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
