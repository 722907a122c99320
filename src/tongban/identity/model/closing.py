"""Closing one's account 注销账户: the waiting time, and who may."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_
from tongban.kit.policy import Relation, Role, Rule

#: How long a closing can be taken back 反悔期.
WAITING = timedelta(days=15)

RULES = tuple(
    Rule(action, Role.RESIDENT, relation, guardian=guardian, whole=guardian, phone_only=not guardian)
    for action in ("identity.close_account", "identity.keep_account")
    for relation, guardian in ((Relation.OWN, False), (Relation.DELEGATED, True))
)


class Closing(msgspec.Struct, frozen=True):
    """A closing that was asked for and can be taken back until ``due_at``."""

    asked_at: datetime
    due_at: datetime


class ClosingNotAsked(Conflict):
    """There is no closing to take back: it was taken back in another window, or never asked for."""

    def __init__(self) -> None:
        super().__init__("closing-not-asked", N_("没有正在等待的注销申请。您的账户照常使用。"))
