"""What the city wants to reach and what its release declares 公布数, of ``city/reform/targets.yaml``."""

from __future__ import annotations

from typing import Literal

import msgspec

from tongban.kit.i18n import Text


class Declared(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A figure as the city's release has it: shown beside ours, never mixed with it. ``bound`` puts it in
    words where the release gives no exact number (``about {value}``)."""

    key: str
    value: str
    unit: Literal["percent", "items"]
    bound: Text | None = None
    name: Text


class Targets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``approval_kinds`` are the item types (GB/T 39046-2020 A.1) that count as approvals 审批事项 in the two halvings;
    ``materials_cut`` and ``time_cut`` the targets 双减半 in percent; ``source`` is where the declared figures stand."""

    approval_kinds: tuple[str, ...]
    kinds_why: Text
    materials_cut: int
    time_cut: int
    source: Text
    declared: tuple[Declared, ...]

    def told(self, key: str) -> Declared | None:
        """The declared figure of this key."""
        return next((one for one in self.declared if one.key == key), None)
