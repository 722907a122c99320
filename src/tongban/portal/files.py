"""The table of problems, read from this room's own file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import yaml

from tongban.portal.model import Problem, ProblemUnknown

_FILE = Path(__file__).with_name("problems.yaml")


@cache
def problems() -> dict[str, Problem]:
    """All types by their code, read once."""
    return msgspec.convert(yaml.safe_load(_FILE.read_text()), dict[str, Problem])


def problem_of(code: str) -> Problem:
    """The type that ``/problems/<code>`` names; raises ProblemUnknown."""
    known = problems().get(code)
    if known is None:
        raise ProblemUnknown
    return known
