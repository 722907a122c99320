"""What is missing on a fresh machine: installed where that is allowed, else the exact command, and an exit code.

The script runs in a copy of its folder and sees only the programs of a folder made for the test. `apt-get`, `sudo`
and `id` there are recorders: nothing is installed on the machine that runs the test.
"""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
#: What the script calls and every Linux has.
PLAIN = (
    *("bash", "dirname", "cat", "env", "flock", "sha256sum", "awk", "rm", "grep", "touch"),
    *("chmod", "mkdir", "true"),
)
WRK = "apt-get install -y --no-install-recommends wrk"


class Machine:
    """A machine with the plain programs, and what a test puts there."""

    def __init__(self, place: Path, *, uid: int) -> None:
        self.place, self.bin = place, place / "bin"
        self.clone = place / "clone"
        (self.clone / "scripts").mkdir(parents=True)
        self.bin.mkdir()
        for name in ("scripts/setup.sh", "Makefile", "pyproject.toml", "requirements.lock", "package.json"):
            shutil.copy(HOME / name, self.clone / name)
        shutil.copy(HOME / "package-lock.json", self.clone)
        for name in PLAIN:
            found = shutil.which(name)
            assert found, name
            (self.bin / name).symlink_to(found)
        self.has("id", f"echo {uid}")

    def has(self, name: str, script: str) -> None:
        """Put a program there; it notes how it was called."""
        path = self.bin / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >> {self.place}/called\n{script}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def apt_brings(self, name: str, script: str = "true") -> None:
        """An apt-get that installs one program, and asks for nothing else."""
        self.has(name, script)
        (self.bin / name).rename(self.place / name)
        self.has(
            "apt-get", f'if [ "$1" = install ]; then {shutil.which("cp")} {self.place}/{name} {self.bin}/; fi'
        )

    def run(self, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.bin / "bash"), str(self.clone / "scripts/setup.sh"), target],
            env={"PATH": str(self.bin), "HOME": str(self.place), "LANG": "C", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @property
    def called(self) -> list[str]:
        path = self.place / "called"
        return path.read_text().splitlines() if path.exists() else []

    def installed(self) -> list[str]:
        return [line for line in self.called if line.startswith("apt-get install")]


@pytest.fixture
def root(tmp_path: Path) -> Machine:
    return Machine(tmp_path, uid=0)


@pytest.fixture
def someone(tmp_path: Path) -> Machine:
    return Machine(tmp_path, uid=1000)


def test_root_installs_what_is_missing_and_nothing_twice(root: Machine) -> None:
    root.apt_brings("wrk")
    assert root.run("wrk").returncode == 0
    assert root.installed() == [WRK]
    assert root.run("wrk").returncode == 0
    assert root.installed() == [WRK]


def test_the_virus_scanner_is_installed_once(root: Machine) -> None:
    if Path("/usr/sbin/clamd").exists():  # the script looks there too, for it is on no ordinary path
        assert root.run("clamd").returncode == 0 and root.installed() == []
        return
    root.apt_brings("clamd")
    assert root.run("clamd").returncode == 0
    assert root.run("clamd").returncode == 0
    assert root.installed() == ["apt-get install -y --no-install-recommends clamav-daemon"]


def test_without_rights_the_exact_command_is_printed_and_nothing_is_called(someone: Machine) -> None:
    someone.apt_brings("wrk")
    told = someone.run("wrk")
    assert told.returncode == 1
    assert f"  sudo {WRK}" in told.stderr.splitlines()
    assert someone.installed() == []


@pytest.mark.parametrize(("password", "code"), [(False, 0), (True, 1)])
def test_sudo_is_used_where_it_asks_no_password(someone: Machine, password: bool, code: int) -> None:
    someone.apt_brings("wrk")
    someone.has("sudo", "exit 1" if password else 'shift; exec "$@"')
    told = someone.run("wrk")
    assert told.returncode == code
    assert (someone.installed() == [WRK]) is not password
    assert (f"  sudo {WRK}" in told.stderr.splitlines()) is password


def test_an_installation_that_fails_ends_with_the_command(root: Machine) -> None:
    root.has("apt-get", '[ "$1" != install ]')
    told = root.run("wrk")
    assert told.returncode == 1
    assert told.stderr.splitlines()[-2:] == ["That failed. By hand:", f"  sudo {WRK}"]


def test_a_system_without_apt_is_told_what_to_install(root: Machine) -> None:
    told = root.run("wrk")
    assert told.returncode == 1
    assert "this system's package manager (Debian calls it: wrk)" in told.stderr


def test_a_missing_chromium_and_font_are_installed_and_its_path_is_the_last_line(root: Machine) -> None:
    root.apt_brings("chromium", "echo Chromium 156")
    told = root.run("browser")
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[-1] == str(root.bin / "chromium")
    assert [line.split("recommends ")[1] for line in root.installed()] == [
        "chromium",
        "fontconfig fonts-noto-cjk",
    ]


def test_a_named_chromium_goes_first_and_must_start(root: Machine) -> None:
    root.has("mine", "exit 0")
    root.has("fc-list", "echo Noto")
    assert root.run("browser", CHROMIUM=str(root.bin / "mine")).stdout.strip() == str(root.bin / "mine")
    told = root.run("browser", CHROMIUM="/no/such/browser")
    assert told.returncode == 1
    assert "CHROMIUM=/no/such/browser does not start" in told.stderr
    assert root.installed() == []


def test_a_chromium_that_does_not_start_is_not_taken(root: Machine) -> None:
    root.apt_brings("chromium", "exit 127")
    told = root.run("browser")
    assert told.returncode == 1
    assert "none starts here. Name one that does: CHROMIUM=/path make test." in told.stderr


def test_a_missing_node_is_installed_and_an_old_one_refused(root: Machine) -> None:
    root.has("npm", "mkdir -p node_modules")
    root.apt_brings("node")
    assert root.run("front").returncode == 0
    assert root.installed() == ["apt-get install -y --no-install-recommends nodejs npm"]
    root.has("node", 'if [ "$1" = --version ]; then echo v16.1.0; else exit 1; fi')
    (root.clone / "node_modules/.tongban").unlink()
    told = root.run("front")
    assert told.returncode == 1
    assert "needs node 18 or newer; this is v16.1.0" in told.stderr


def test_a_python_without_venv_gets_it(root: Machine) -> None:
    """`make run` on a Debian whose python3 came without ensurepip."""
    marker = root.place / "has-venv"
    root.has(
        "python3",
        f"""case "$*" in
          *"import ensurepip"*) [ -e {marker} ] ;;
          *"-m venv"*)
            mkdir -p .venv/bin; printf '#!/bin/bash\\nexit 0\\n' > .venv/bin/python; chmod +x .venv/bin/python ;;
          *) exec {sys.executable} "$@" ;;
        esac""",
    )
    root.has("apt-get", f'if [ "$1" = install ]; then touch {marker}; fi')
    told = root.run("run")
    assert told.returncode == 0, told.stderr
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert root.installed() == [f"apt-get install -y --no-install-recommends python{version}-venv"]
    assert (root.clone / ".venv/.tongban-run").exists()


def test_an_old_python_is_a_sentence(root: Machine) -> None:
    root.has("python3", "exit 1")
    told = root.run("run")
    assert told.returncode == 1
    assert "needs Python 3.11 or newer" in told.stderr
    told = root.run("run", PYTHON=str(root.bin / "python3"))
    assert "does not start, or is older than 3.11" in told.stderr
    assert root.installed() == []
