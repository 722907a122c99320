"""Folders that the database's account can reach, whoever runs the tests."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder directly under the system's temporary one: pytest's own are closed to other accounts."""
    folder = Path(tempfile.mkdtemp(prefix="tongban-start-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
