"""Cooling after a recovery at a window 冷静期: for a day the gravest acts rest, so that who was deceived can stop it.

Whoever gets through a window in somebody else's name finds nothing there that cannot be undone: no licence is shown,
nobody is acted for, no power is given or taken on, no child added, no firm bound, no phone changed, while the owner
reads the message on her old phone. Powers that she gave before go on: she named those agents, and the recovery brought
nobody new; what nobody has accepted yet is taken back with it. Pure rules.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tongban.identity.model.refusals import shown_time
from tongban.kit import clock
from tongban.kit.errors import Forbidden
from tongban.kit.i18n import N_

#: How long. Ours: long enough to read a message and to go to a window.
COOLS = timedelta(hours=24)


class CoolingOff(Forbidden):
    """The account was recovered at a window a short while ago; ``until`` (UTC) is when the act may be done."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            "cooling-off",
            N_(
                "账户刚在窗口找回，为防冒领，24 小时内不能出示证照、代人办事、办理授权、添加孩子、绑定单位"
                "和更换手机号。"
                "{day} {time} 后再来办理，其他事项现在就可以办。",
                day=clock.city_day(until).isoformat(),
                time=shown_time(until),
            ),
        )
        self.until = until


def cools_until(recovered_at: datetime | None, *, now: datetime) -> datetime | None:
    """Until when the acts rest, None where they do not."""
    if recovered_at is None or recovered_at + COOLS <= now:
        return None
    return recovered_at + COOLS
