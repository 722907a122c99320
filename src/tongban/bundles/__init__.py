"""The bundles room: one thing, done once 一件事.

A bundle is data: questions, the items that the answers lead to, and the graph in which their cases are done. The room
owns the schema ``bundles``: bundles in versions, and those that people have begun. :func:`plan` makes the graph, the
one material set and the promise of the whole; a bundle with a cycle, a missing item or a contradiction is
refused at publishing. Each part is an ordinary case, opened and filed through the cases' own door; what waits for
another part is filed when that is decided, by the news of it. It announces ``bundles.*`` and listens to ``cases.*``.
"""

from tongban.bundles.actions.correcting import whole_of
from tongban.bundles.actions.filling import JoinedSheet, attach, save, sheet
from tongban.bundles.actions.publishing import bundles_of, load, publish
from tongban.bundles.actions.reading import (
    Standing,
    current,
    forget_copies,
    in_force,
    mine,
    planned,
    prepared,
    progress,
    spared,
)
from tongban.bundles.actions.sending import follow, follow_case, send, withdraw
from tongban.bundles.actions.starting import QuestionsOpen, discard, start
from tongban.bundles.model import (
    POLICY,
    Bundle,
    BundleRefused,
    NoSuchBundle,
    NotInThisState,
    Part,
    PartState,
    Plan,
    Run,
    RunMovedOn,
    RunState,
    lint,
    plan,
)
from tongban.bundles.store import IDLE, SEALED, erase, holdings, whose

__all__ = [
    "IDLE",
    "POLICY",
    "SEALED",
    "Bundle",
    "BundleRefused",
    "JoinedSheet",
    "NoSuchBundle",
    "NotInThisState",
    "Part",
    "PartState",
    "Plan",
    "QuestionsOpen",
    "Run",
    "RunMovedOn",
    "RunState",
    "Standing",
    "attach",
    "bundles_of",
    "current",
    "discard",
    "erase",
    "follow",
    "follow_case",
    "forget_copies",
    "holdings",
    "in_force",
    "lint",
    "load",
    "mine",
    "plan",
    "planned",
    "prepared",
    "progress",
    "publish",
    "save",
    "send",
    "sheet",
    "spared",
    "start",
    "whole_of",
    "whose",
    "withdraw",
]
