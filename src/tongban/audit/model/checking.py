"""The verifier's rules: pure, fed with what a database or an exported file holds, in constant memory.

First every pass (its head and its blocks, ascending), then two streams ordered by (bucket, id): what the
blocks say was sealed, and the rows as they are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec

from tongban.audit.model.entry import Entry
from tongban.audit.model.merkle import EMPTY, Tips
from tongban.audit.model.report import Report
from tongban.audit.model.seal import Block, Head, Tip

#: Whether the key ``kid`` of the node made this signature of this text.
SignatureHolds = Callable[[str, bytes, bytes], bool]


class Row(msgspec.Struct, frozen=True, tag="row"):
    """A ledger row as it lies there: the entry, its stored hash, its transaction."""

    entry: Entry
    hash: bytes
    xid: int


class Sealed(msgspec.Struct, frozen=True):
    """What a block says of one row."""

    bucket: int
    id: UUID
    hash: bytes


class Check:
    """One run of the verifier; ``report`` grows while it is fed."""

    def __init__(self, signature_holds: SignatureHolds) -> None:
        self.report = Report()
        self.tips: dict[int, Tip] = {}
        self.sealed_below = 0
        self._tree = Tips()
        self._head_hash = EMPTY
        self._heads_hold = True
        self._signature_holds = signature_holds

    def take_pass(self, head: Head | None, blocks: Iterable[Block]) -> None:
        """The blocks of a pass, then its head; None when the pass has blocks and no head."""
        pass_ = self.report.last_pass + 1
        for block in blocks:
            pass_ = block.pass_
            self._take_block(block)
        self.report.passes += 1
        if head is None:
            self.report.note("head_missing", f"pass {pass_}", "blocks of this pass lie under no signed head")
            self._heads_hold = False
            return
        self._take_head(head)

    def _take_block(self, block: Block) -> None:
        self.report.blocks += 1
        place = f"{block.bucket}/{block.seq}"
        tip = self.tips.get(block.bucket, Tip())
        if block.seq != tip.seq + 1 or block.prev != tip.hash:
            self.report.note("chain_broken", place, f"does not follow block {tip.seq} of its bucket")
        if block.root != block.true_root or len(block.row_ids) != len(block.row_hashes):
            self.report.note("block_altered", place, "the row hashes do not give its root")
        elif block.hash != block.true_hash:
            self.report.note("block_altered", place, "its hash is not that of its content")
        true = msgspec.structs.replace(block, root=block.true_root).true_hash
        self.tips[block.bucket] = Tip(block.seq, true)
        self._tree.put(block.bucket, true)

    def _take_head(self, head: Head) -> None:
        report, place = self.report, f"pass {head.pass_}"
        if not self._signature_holds(head.kid, head.signed_text, head.signature):
            report.note("signature_wrong", place, "the node's key did not sign this head")
        if head.hash != head.true_hash or head.prev != self._head_hash or head.pass_ != report.last_pass + 1:
            report.note("head_altered", place, "does not follow the head before it")
        # One lost block bends every root after it: only the first is named.
        holds = head.root == self._tree.root
        if not holds and self._heads_hold:
            report.note(
                "head_altered", place, "its root is not that of the chains; something before it changed"
            )
        self._heads_hold = holds
        self._head_hash = head.true_hash
        self.sealed_below = head.sealed_below
        report.last_pass, report.last_head = head.pass_, self._head_hash.hex()
        report.last_signed_at = head.signed_at

    async def take_rows(self, sealed: AsyncIterator[Sealed], rows: AsyncIterator[Row]) -> None:
        """Both streams at once, each ordered by (bucket, id)."""
        left, right = await anext(sealed, None), await anext(rows, None)
        while left is not None or right is not None:
            mine = (left.bucket, left.id.int) if left else _LAST
            theirs = (right.entry.bucket, right.entry.id.int) if right else _LAST
            if left is not None and mine < theirs:
                words = f"sealed in bucket {left.bucket}, gone or moved from the ledger"
                self.report.note("row_removed", str(left.id), words)
            elif right is not None:
                self._take_row(right, left if mine == theirs else None)
            if mine <= theirs:
                left = await anext(sealed, None)
            if theirs <= mine:
                right = await anext(rows, None)

    def _take_row(self, row: Row, sealed: Sealed | None) -> None:
        self.report.rows += 1
        entry = row.entry
        named = f"{entry.kind} {entry.action} at {entry.at:%Y-%m-%dT%H:%M:%SZ}, bucket {entry.bucket}"
        if sealed is None:
            if row.xid < self.sealed_below:
                self.report.note("row_inserted", str(entry.id), f"{named}: older than the mark, never sealed")
            else:
                self.report.tail += 1
                if row.hash != entry.hash:
                    self.report.note("row_altered", str(entry.id), f"{named}: not what its own hash says")
        elif entry.hash != sealed.hash:
            self.report.note("row_altered", str(entry.id), f"{named}: not what was sealed")
        elif row.hash != sealed.hash:
            self.report.note("row_altered", str(entry.id), f"{named}: its stored hash was changed")

    def compare_mark(self, sealed_below: int, pass_: int) -> None:
        """The mark of the live ledger against the last signed head."""
        if (sealed_below, pass_) != (self.sealed_below, self.report.last_pass):
            words = f"stands at pass {pass_}, the last signed head is of pass {self.report.last_pass}"
            self.report.note("mark_altered", "seal_mark", words)

    def compare_tips(self, stored: dict[int, Tip]) -> None:
        """The tips that the next pass would build on against the chains."""
        for bucket in sorted(stored.keys() | self.tips.keys()):
            if stored.get(bucket) != self.tips.get(bucket):
                self.report.note("tip_altered", str(bucket), "the stored tip is not the end of its chain")


_LAST: tuple[Any, ...] = (1 << 20, 0)
