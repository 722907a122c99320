"""What the verifier found."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

FindingKind = Literal[
    "row_altered",
    "row_removed",
    "row_inserted",
    "block_altered",
    "chain_broken",
    "head_altered",
    "head_missing",
    "signature_wrong",
    "tip_altered",
    "mark_altered",
]

#: So many findings are named one by one; further ones are counted.
NAMED = 1000


class Finding(msgspec.Struct, frozen=True):
    """One thing that is not as it was sealed: ``place`` names the row's id, ``bucket/seq`` or the pass."""

    kind: FindingKind
    place: str
    words: str


class Report(msgspec.Struct):
    """The verifier's report; ``tail`` are rows that wait for their first sealing, which proves nothing yet."""

    rows: int = 0
    tail: int = 0
    blocks: int = 0
    passes: int = 0
    findings: list[Finding] = []
    more_findings: int = 0
    last_pass: int = 0
    last_head: str = ""
    last_signed_at: datetime | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def note(self, kind: FindingKind, place: str, words: str) -> None:
        """Add a finding."""
        if len(self.findings) < NAMED:
            self.findings.append(Finding(kind, place, words))
        else:
            self.more_findings += 1
