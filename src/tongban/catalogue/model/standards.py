"""What the city matches papers by: its standard materials 标准材料 and data elements 数据元, each with its code."""

from __future__ import annotations

from difflib import get_close_matches

import msgspec

from tongban.kit.i18n import Text


class Standards(msgspec.Struct, frozen=True):
    """What papers are matched by, as who writes an item looks it up: each code with its name; of a standard material
    also the data elements that it proves.

    ``called`` says which standard material a paper of that Chinese name is, of those that people call by several names.
    """

    materials: tuple[tuple[str, Text, tuple[str, ...]], ...] = ()
    elements: tuple[tuple[str, Text], ...] = ()
    called: dict[str, tuple[str, Text]] = {}

    @property
    def element_codes(self) -> frozenset[str]:
        """The codes of the data elements."""
        return frozenset(code for code, _ in self.elements)

    def nearest_element(self, code: str) -> str:
        """The data element whose code is most like this one; empty where none is."""
        return next(iter(get_close_matches(code, sorted(self.element_codes), 1)), "")
