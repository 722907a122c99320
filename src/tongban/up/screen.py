"""What the person at the terminal sees: a line a step with progress, then where to go and who can log in."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from tongban.settings import SANDBOX_PORT, default_data_dir, settings


class Step:
    """One step of the start; ``at`` moves its bar."""

    def __init__(self, progress: Progress | None, task: TaskID | None) -> None:
        self._progress = progress
        self._task = task

    def at(self, done: int, of: int, words: str | None = None) -> None:
        """How far the step is."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=of or None, description=words)


class Screen:
    """The terminal; without one (a log file, a pipe) each finished step is a plain line."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)
        self._progress: Progress | None = None

    @contextmanager
    def starting(self) -> Iterator[None]:
        """The time of the start, while steps are shown."""
        if not self.console.is_terminal:
            yield
            return
        columns = (
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<22}"),
            BarColumn(bar_width=28),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console) as self._progress:
            yield
        self._progress = None

    @contextmanager
    def step(self, words: str) -> Iterator[Step]:
        """Show one step while the block runs."""
        begun = time.monotonic()
        task = self._progress.add_task(words, total=None) if self._progress else None
        yield Step(self._progress, task)
        if self._progress is not None and task is not None:
            self._progress.update(task, description=words, total=1, completed=1)
        else:
            self.console.print(f"✓ {words} ({time.monotonic() - begun:.1f} s)")

    def say(self, words: str) -> None:
        """A plain line."""
        self.console.print(words, markup=False, soft_wrap=True)

    def refuse(self, words: str) -> None:
        """Why it ends, on the error stream."""
        Console(stderr=True, highlight=False).print(words, style="red", markup=False, soft_wrap=True)

    def welcome(self, addresses: list[tuple[str, str]], logins: list[dict[str, Any]], *, log: str) -> None:
        """Where the house answers, and the demo people who can log in."""
        grid = Table.grid(padding=(0, 2))
        for name, address in addresses:
            grid.add_row(name, address)
        self.console.print()
        self.console.print(grid)
        if logins:
            passwords = {str(login["password"]) for login in logins}
            table = Table(title=f"Demo log-ins (synthetic people), password {'; '.join(passwords)}", box=None)
            table.title_justify = "left"
            columns = [column for column in logins[0] if column != "password"]
            for column in columns:
                table.add_column(column, overflow="fold", no_wrap=column in ("login", "phone", "page"))
            for login in logins:
                table.add_row(*(str(login[column]) for column in columns))
            self.console.print(table)
            self.say(f"All officers: {_here()}{_command()} demo --logins")
        self.say(f"Logs: {log}. Stop with Ctrl-C; the data are kept.")


def _here() -> str:
    """What another terminal must be told of the data and the outside world, where this one was told."""
    own, told = settings(), {}
    if own.data_dir != default_data_dir().absolute():
        told["TONGBAN_DATA"] = str(own.data_dir)
    if own.sandbox_port != SANDBOX_PORT:
        told["TONGBAN_SANDBOX_PORT"] = str(own.sandbox_port)
    return "".join(f"{name}={shlex.quote(value)} " for name, value in told.items())


def _command() -> str:
    """How `tongban` is called from here: by its name where that is this very one, else by its path."""
    own = Path(sys.executable).parent / "tongban"
    found = shutil.which("tongban")
    return "tongban" if found and Path(found).samefile(own) else os.path.relpath(own)
