"""A store of files of each test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tongban.kit.files import receiving
from tongban.kit.files.shelf import Shelf


@pytest.fixture
def shelf(data_dir: Path) -> Iterator[Shelf]:
    """The store of the house that is tested, empty."""
    import shutil

    kept = receiving.shelf()
    shutil.rmtree(kept.root, ignore_errors=True)
    yield kept
    shutil.rmtree(kept.root, ignore_errors=True)
