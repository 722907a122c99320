"""Files handed in once for several parts 一次提交: each part keeps its own copy, under an id of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any


def same_file(file: Mapping[str, Any]) -> tuple[str, int]:
    """By what a file is known that was handed in once and lies with each item under an id of its own: name, bytes."""
    return file["name"], file["size"]


def every_file(lists: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The files of several lists, each as often as the list that has it most often."""
    every: list[dict[str, Any]] = []
    for files in lists:
        more = Counter(map(same_file, every))
        for one in files:
            if more[same_file(one)] > 0:
                more[same_file(one)] -= 1
            else:
                every.append(one)
    return every
