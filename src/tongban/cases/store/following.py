"""Parts of writes about materials that follow after acceptance 容缺后补."""

from __future__ import annotations

from typing import Any

import msgspec

from tongban.cases.model import Case, Edge
from tongban.cases.model.follow_up import FollowUp
from tongban.kit.db import Part


def keeping_follow_up(case: Case, follow_up: FollowUp) -> Part:
    """Part (a guard): files attached and not handed in yet, what was taken in or sent back, limits reckoned anew.

    The case stays where it is.
    """
    return Part(
        """UPDATE cases."case" SET version = version + 1, follow_up = $5
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (case.bucket, case.id, case.version, str(case.state), msgspec.to_builtins(follow_up)),
    )


def supplying(case: Case, edge: Edge, follow_up: FollowUp, *, answers: dict[str, Any]) -> Part:
    """Part (a guard): what was handed in stands among the answers, and how it stands with each material."""
    return Part(
        """UPDATE cases."case" SET version = version + 1, follow_up = $5, answers = $6
        WHERE bucket = $1 AND id = $2 AND version = $3 AND state = $4 RETURNING id, version""",
        (
            *(case.bucket, case.id, case.version, str(edge.source)),
            *(msgspec.to_builtins(follow_up), answers),
        ),
    )
