"""Why the embedded server does not start: each a sentence for the person at the terminal."""

from __future__ import annotations

from pathlib import Path


class CannotRun(RuntimeError):  # noqa: N818 - read as a sentence
    """The embedded server cannot be run; the text says why and what to do."""


class NotOurs(CannotRun):
    """The folder holds something that this program did not make; nothing in it was touched."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"{folder} is not a data folder of Tongban ({why}); nothing in it was changed.")


class WrongVersion(CannotRun):
    """The data were written by another major version of PostgreSQL."""

    def __init__(self, cluster: Path, *, found: str, needed: str) -> None:
        super().__init__(
            f"{cluster} was written by PostgreSQL {found}, this program runs PostgreSQL {needed}. "
            "Dump it with the program that wrote it and restore it here, or move the folder away."
        )


class InUse(CannotRun):
    """A living PostgreSQL works in the folder."""

    def __init__(self, cluster: Path, pids: list[int]) -> None:
        named = ", ".join(str(pid) for pid in pids)
        super().__init__(f"Another PostgreSQL (process {named}) is running in {cluster}; stop it first.")
