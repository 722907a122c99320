"""SQL of the bundles room, on its own schema: each function is one statement, or one part of a write."""

from tongban.bundles.store.published import bundle_of, bundles_in_force, numbers_in_force, publishing
from tongban.bundles.store.runs import (
    IDLE,
    adding,
    at_work,
    draft_of,
    erase,
    holdings,
    run_of,
    run_with,
    runs_of,
    saving,
    whose,
)
from tongban.bundles.store.sealed import SEALED

__all__ = [
    "IDLE",
    "SEALED",
    "adding",
    "at_work",
    "bundle_of",
    "bundles_in_force",
    "draft_of",
    "erase",
    "holdings",
    "numbers_in_force",
    "publishing",
    "run_of",
    "run_with",
    "runs_of",
    "saving",
    "whose",
]
