"""The data folder: whose it is, who uses it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tongban.kit.processes import owner_of_data, started
from tongban.up import CannotStart
from tongban.up.place import Place, noted_database


def test_second_supervisor_on_the_same_data_is_refused(tmp_path: Path) -> None:
    first = Place(tmp_path / "data", owner=None)
    first.take()
    with pytest.raises(CannotStart, match="Another `tongban up` is running"):
        Place(tmp_path / "data", owner=None).take()
    first.leave()
    second = Place(tmp_path / "data", owner=None)
    second.take()
    second.leave()


def test_foreign_folder_is_refused_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("dear city")
    with pytest.raises(CannotStart, match="not a data folder of Tongban"):
        Place(tmp_path, owner=None).take()
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_folder_that_only_holds_our_things_is_ours(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    place = Place(tmp_path, owner=None)
    place.take()
    place.leave()


def test_place_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(CannotStart, match="cannot be used"):
        Place(tmp_path / "data", owner=None).take()


def test_database_is_noted_for_its_owner_only(tmp_path: Path) -> None:
    place = Place(tmp_path / "data", owner=None)
    place.take()
    place.note_database("postgresql://secret@/x")
    assert noted_database(tmp_path / "data") == "postgresql://secret@/x"
    assert stat.S_IMODE((place.run / "database.url").stat().st_mode) == 0o600
    place.leave()
    assert noted_database(tmp_path / "data") is None


def test_leftover_of_a_killed_supervisor_is_waited_for(tmp_path: Path) -> None:
    place = Place(tmp_path / "data", owner=None)
    place.take()
    leaving = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(0.7)"])
    place.note_child("web", leaving.pid)
    place.leave()
    again = Place(tmp_path / "data", owner=None)
    again.take()
    assert leaving.poll() == 0, "it had left by itself"
    assert not (again.run / "web.pid").exists()
    again.leave()


def test_note_about_a_pid_that_is_now_a_strangers_is_dropped(tmp_path: Path) -> None:
    place = Place(tmp_path / "data", owner=None)
    place.take()
    assert started(os.getpid()) != "1"
    (place.run / "web.pid").write_text(f"{os.getpid()} 1")
    place.leave()
    begun = time.monotonic()
    again = Place(tmp_path / "data", owner=None)
    again.take()
    assert time.monotonic() - begun < 5
    again.leave()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_gives_the_data_to_the_account_behind_sudo(tmp_path: Path) -> None:
    owner = owner_of_data(4711)
    assert owner is not None and owner.uid == 4711
    place = Place(tmp_path / "data", owner=owner)
    place.take()
    (place.folder / "sandbox").mkdir()
    (place.folder / "sandbox" / "people").touch()
    place.leave()
    assert {path.stat().st_uid for path in (place.folder, place.run, *place.folder.rglob("people"))} == {4711}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is somebody else's")
def test_root_without_sudo_takes_nobody() -> None:
    owner = owner_of_data(None)
    assert owner is not None and owner.uid not in (0, 4711)
