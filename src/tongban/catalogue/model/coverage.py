"""What of the legal list 基本目录 is connected 接入: each line of the list against the items in force.

A line is connected when an item in force implements it: it has the line's 基本编码. Items for a licence one holds do
not count; a line that the districts carry out is connected once one district's item is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tongban.kit.i18n import Text

#: 行政许可, by GB/T 39046-2020 A.1: of these none may be missing.
APPROVAL = "01"


class ListLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the legal list: what exists in law. ``department`` is the kind of the organ of the city."""

    catalog_code: str
    kind: str
    department: str
    name: Text
    mark: str


class KindCovered(msgspec.Struct, frozen=True):
    """The lines of one kind: how many there are, how many are connected, and those that are not."""

    kind: str
    lines: int
    connected: int
    gaps: tuple[ListLine, ...]

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it: the gaps by code and name."""
        gaps = [
            {"catalog_code": one.catalog_code, "name": msgspec.to_builtins(one.name)} for one in self.gaps
        ]
        return {"kind": self.kind, "lines": self.lines, "connected": self.connected, "gaps": gaps}


class Covered(msgspec.Struct, frozen=True):
    """The lines of one department by their kind, the kinds in the order of their codes."""

    department: str
    kinds: tuple[KindCovered, ...]

    @property
    def lines(self) -> int:
        """All its lines."""
        return sum(one.lines for one in self.kinds)

    @property
    def connected(self) -> int:
        """Those of its lines that are connected."""
        return sum(one.connected for one in self.kinds)

    @property
    def gaps(self) -> tuple[ListLine, ...]:
        """Its lines that are not connected."""
        return tuple(line for one in self.kinds for line in one.gaps)


class Coverage(msgspec.Struct, frozen=True):
    """The whole list: over all departments by kind, and each department, by their names as the list has them.

    ``beyond`` are codes of items in force that no line of the list has.
    """

    kinds: tuple[KindCovered, ...]
    departments: tuple[Covered, ...]
    beyond: tuple[str, ...]

    @property
    def lines(self) -> int:
        """All lines of the list."""
        return sum(one.lines for one in self.kinds)

    @property
    def connected(self) -> int:
        """Those that are connected."""
        return sum(one.connected for one in self.kinds)

    @property
    def approvals(self) -> KindCovered:
        """The approvals 行政许可."""
        empty = KindCovered(APPROVAL, 0, 0, ())
        return next((one for one in self.kinds if one.kind == APPROVAL), empty)

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON has it: totals, then by kind and by department with the gaps by name."""
        return {
            "lines": self.lines,
            "connected": self.connected,
            "approvals": {"lines": self.approvals.lines, "connected": self.approvals.connected},
            "kinds": [
                {"kind": one.kind, "lines": one.lines, "connected": one.connected} for one in self.kinds
            ],
            "departments": [
                {
                    "department": one.department,
                    "lines": one.lines,
                    "connected": one.connected,
                    "kinds": _plain(one.kinds),
                }
                for one in self.departments
            ],
            "beyond": list(self.beyond),
        }


def _plain(kinds: Iterable[KindCovered]) -> list[dict[str, Any]]:
    return [one.plain for one in kinds]


def coverage(
    lines: Iterable[ListLine], implemented: Iterable[str], cancelled: Iterable[str] = ()
) -> Coverage:
    """Hold the list against the 基本编码 of the items in force.

    ``cancelled`` are those of items that are cancelled 取消: a line that only these implemented is law no more, so
    it is neither connected nor a gap.
    """
    codes = set(implemented)
    lifted = {*cancelled} - codes
    listed = [line for line in lines if line.catalog_code not in lifted]
    departments = _grouped(listed, lambda line: line.department)
    return Coverage(
        _by_kind(listed, codes),
        tuple(Covered(department, _by_kind(own, codes)) for department, own in departments.items()),
        tuple(sorted(codes - {line.catalog_code for line in listed})),
    )


def _grouped(lines: list[ListLine], key: Callable[[ListLine], str]) -> dict[str, list[ListLine]]:
    """The lines by their key, both in the order in which they come."""
    groups: dict[str, list[ListLine]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    return groups


def _by_kind(lines: list[ListLine], codes: set[str]) -> tuple[KindCovered, ...]:
    found = []
    for kind, own in sorted(_grouped(lines, lambda line: line.kind).items()):
        gaps = tuple(line for line in own if line.catalog_code not in codes)
        found.append(KindCovered(kind, len(own), len(own) - len(gaps), gaps))
    return tuple(found)
