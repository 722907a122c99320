"""The drawings that an item may be shown with: the names of the sprite that the pages use."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_SPRITE = Path(__file__).resolve().parents[2] / "ui" / "static" / "icons.svg"


@cache
def icon_names() -> frozenset[str]:
    """Every name of ``ui/static/icons.svg``."""
    return frozenset(re.findall(r'<symbol id="([\w-]+)"', _SPRITE.read_text()))
