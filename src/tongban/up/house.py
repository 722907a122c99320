"""The supervisor: starts the house in order, keeps it up, stops it in order."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import msgspec

from tongban.kit import keys
from tongban.kit.db.embedded import EmbeddedPostgres
from tongban.kit.processes import owner_of_data
from tongban.settings import Settings, use_database
from tongban.up import databases
from tongban.up.child import Child
from tongban.up.endings import CannotStart, Stopped
from tongban.up.place import Place
from tongban.up.ports import SecondAddress, check_free
from tongban.up.programs import Beating, Command, Postgres, Program, answers
from tongban.up.screen import Screen, Step

T = TypeVar("T")

#: -P: what lies in the current folder must not shadow the house's modules.
PYTHON = [sys.executable, "-P", "-m"]


class House:
    """One running house: its data folder, its children, its screen."""

    def __init__(self, settings: Settings, screen: Screen, *, verbose: bool = False) -> None:
        self._settings = settings
        self._screen = screen
        self._verbose = verbose
        self._owner = owner_of_data(settings.sudo_uid)
        self._place = Place(settings.data_dir, owner=self._owner)
        self._children: dict[str, Child] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._second: list[SecondAddress] = []
        self._stop = asyncio.Event()
        self._logins: list[dict[str, Any]] = []
        self._begun = time.monotonic()

    async def run(self) -> None:
        """Start everything, then keep it up until asked to stop; raises CannotStart."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._asked_to_stop)
        try:
            await self._unless_over(asyncio.to_thread(self._place.take))
            self._check_ports()
            with self._screen.starting():
                await self._unless_over(self._open())
            self._greet()
            await self._unless_over(asyncio.Event().wait())
        except Stopped:
            pass
        finally:
            await self._close()
            await asyncio.to_thread(self._place.leave)

    def _asked_to_stop(self) -> None:
        if self._stop.is_set():
            for child in self._children.values():
                child.kill()
        self._stop.set()

    def _check_ports(self) -> None:
        settings = self._settings
        check_free(settings.port, host=settings.host, setting="TONGBAN_PORT")
        if self._has_sandbox:
            check_free(settings.sandbox_port, host="127.0.0.1", setting="TONGBAN_SANDBOX_PORT")

    @property
    def _has_sandbox(self) -> bool:
        """The outside world is ours to play unless the settings name another one."""
        return self._settings.sandbox_url == f"http://127.0.0.1:{self._settings.sandbox_port}"

    async def _open(self) -> None:
        await asyncio.to_thread(keys.ensure, self._settings.data_dir)
        dsn, _ = await asyncio.gather(self._open_database(), self._open_sandbox())
        with self._screen.step("migrations"):
            await databases.migrate(dsn)
        await self._load_demo()
        with self._screen.step("web and worker"):
            web = self._keep(self._web())
            worker = self._keep(self._worker())
            _, _, self._logins = await asyncio.gather(
                web.ready.wait(), worker.ready.wait(), asyncio.to_thread(demo_logins)
            )
        self._listen_twice()

    async def _open_database(self) -> str:
        with self._screen.step("database"):
            dsn = self._settings.database_url
            if dsn is not None:
                await databases.check_own(dsn)
            else:
                server = EmbeddedPostgres(self._settings.data_dir / "postgres", owner=self._owner)
                await self._keep(Postgres(server)).ready.wait()
                dsn = server.dsn()
                await asyncio.to_thread(_furnish, server)
            use_database(dsn)
            self._place.note_database(dsn)
            return dsn

    async def _open_sandbox(self) -> None:
        if not self._has_sandbox:
            return
        with self._screen.step("sandbox") as step:
            await self._keep(self._sandbox(step)).ready.wait()

    def _sandbox(self, step: Step) -> Program:
        settings = self._settings
        data = settings.data_dir / "sandbox"
        trust = settings.data_dir / "keys" / "node.pub.pem"
        return Command(
            "sandbox",
            [
                *(*PYTHON, "tongban_sandbox", "--host", "127.0.0.1", "--port", str(settings.sandbox_port)),
                *("--data", str(data), "--city", str(settings.city_dir), "--trust", str(trust)),
            ],
            log_dir=self._place.log,
            ready=answers("127.0.0.1", settings.sandbox_port),
            heard=self._hearing("sandbox", lambda told: _move(step, told.get("households"), told.get("of"))),
        )

    def _web(self) -> Program:
        host = "127.0.0.1" if self._settings.host == "0.0.0.0" else self._settings.host  # noqa: S104 - compared only
        return Command(
            "web",
            [*PYTHON, "tongban", "serve"],
            log_dir=self._place.log,
            ready=answers(host, self._settings.port),
            heard=self._hearing("web"),
        )

    def _worker(self) -> Program:
        return Beating(
            "worker",
            [*PYTHON, "tongban", "worker"],
            log_dir=self._place.log,
            sign=self._place.run / "worker.ready",
            heard=self._hearing("worker"),
        )

    async def _load_demo(self) -> None:
        """In a process of its own that ends: the supervisor stays small."""
        if importlib.util.find_spec("tongban.demo") is None:
            return
        with self._screen.step("demo city") as step:
            hear = self._hearing(
                "demo", lambda told: _move(step, told.get("done"), told.get("of"), told.get("step"))
            )
            loading = Command(
                "demo",
                [*PYTHON, "tongban", "demo", "--json"],
                log_dir=self._place.log,
                ready=_never,
                heard=hear,
            )
            process = loading.launch()
            try:
                while process.poll() is None:  # noqa: ASYNC110 - a process sets no event
                    await asyncio.sleep(0.05)
            finally:
                loading.sweep()
            if process.returncode != 0:
                raise CannotStart(f"The demo city could not be loaded. It last said:\n{loading.reason()}")

    def _hearing(
        self, name: str, told: Callable[[dict[str, Any]], None] | None = None
    ) -> Callable[[str], None]:
        """What to do with a child's lines: JSON moves a bar, everything is shown when asked for."""

        def hear(line: str) -> None:
            if self._verbose:
                self._screen.say(f"{name}: {line}")
            if told is not None and line.startswith("{"):
                with suppress(json.JSONDecodeError):
                    told(json.loads(line))

        return hear

    def _keep(self, program: Program) -> Child:
        child = Child(program, self._place, tell=self._screen.say)
        self._children[program.name] = child
        self._tasks.add(asyncio.create_task(child.keep(), name=program.name))
        return child

    def _listen_twice(self) -> None:
        """Also under ::1, which ``localhost`` means to many programs first."""
        if self._settings.host != "127.0.0.1":
            return
        ports = [(self._settings.port, "TONGBAN_PORT")]
        if self._has_sandbox:
            ports.append((self._settings.sandbox_port, "TONGBAN_SANDBOX_PORT"))
        for port, setting in ports:
            second = SecondAddress(port, setting=setting)
            if second.open():
                self._second.append(second)

    def _greet(self) -> None:
        self._place.hand_over()
        settings = self._settings
        addresses = [("Portal", settings.public_url)]
        if self._has_sandbox:
            phones = f"http://localhost:{settings.sandbox_port}/phone"
            addresses += [("Phones of demo people (SMS codes)", phones)]
        self._screen.welcome(addresses, self._logins, log=str(self._place.log))
        self._screen.say(f"Ready after {time.monotonic() - self._begun:.1f} s.")

    async def _unless_over(self, work: Awaitable[T]) -> T:
        """Wait for the work, but not longer than until somebody stops us or a child gives up."""
        task = asyncio.ensure_future(work)
        stop = asyncio.create_task(self._stop.wait())
        try:
            while not task.done():
                await asyncio.wait({task, stop, *self._tasks}, return_when=asyncio.FIRST_COMPLETED)
                if stop.done():
                    raise Stopped
                for kept in [kept for kept in self._tasks if kept.done()]:
                    kept.result()
                    self._tasks.discard(kept)
            return task.result()
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    async def _close(self) -> None:
        """Those who write stop before the one that is written to."""
        for second in self._second:
            second.close()
        for name in ("web", "worker", "sandbox", "database"):
            if name in self._children:
                if self._stop.is_set():
                    self._screen.say(f"stopping {name}")
                await self._children[name].stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def up(settings: Settings, *, verbose: bool = False) -> int:
    """Run the house until it is stopped; gives the exit code. Call it in the main thread."""
    screen = Screen()
    try:
        asyncio.run(House(settings, screen, verbose=verbose).run())
    except CannotStart as refused:
        screen.refuse(str(refused))
        return 1
    return 0


def demo_logins() -> list[dict[str, Any]]:
    """The residents of the demo who can log in and one officer, as the demo city tells them; empty without one."""
    if importlib.util.find_spec("tongban.demo") is None:
        return []
    told = subprocess.run(  # noqa: S603 - the house's own command
        [*PYTHON, "tongban", "demo", "--logins", "--json"], capture_output=True, check=False
    )
    if told.returncode != 0:
        return []
    people = msgspec.json.decode(told.stdout, type=list[dict[str, Any]])
    officers = [one for one in people if one["page"] == "/staff/login"]
    return [one for one in people if one not in officers] + officers[:1]


def _furnish(server: EmbeddedPostgres) -> None:
    server.make_database("tongban")
    server.query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements", database="tongban")


def _move(step: Step, done: object, of: object, words: object = None) -> None:
    if isinstance(done, int) and isinstance(of, int):
        step.at(done, of, str(words) if words else None)


def _never() -> bool:
    return False
