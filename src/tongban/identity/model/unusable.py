"""Why a power cannot be used just now 授权不能使用的原因, with what to do about each. Pure rules.

A power takes effect when its agent accepts it and its first day has come (民法典 art. 160, 165); it ends as art. 173
says.
"""

from __future__ import annotations

from datetime import datetime

from tongban.identity.model.powers import Power, PowerOver, PowerState, ending_of
from tongban.kit import clock
from tongban.kit.acting import ended_words
from tongban.kit.errors import Conflict
from tongban.kit.i18n import N_, Message

#: Of a power that never stood, what its agent is told.
_NEVER_STOOD: dict[PowerState, Message] = {
    PowerState.DECLINED: N_(
        "您没有接受{name}的这份授权，不能据此代办。要代办的，请对方重新授权，再由您接受。"
    ),
    PowerState.TAKEN_BACK: N_("{name}在您接受之前收回了这份授权，不能据此代办。要代办的，请对方重新授权。"),
}
_WAITED = N_("{name}的这份授权一直没有接受，已经过期，不能据此代办。要代办的，请对方重新授权。")


class PowerNotAccepted(Conflict):
    """The agent has not accepted the power yet."""

    def __init__(self, name: str) -> None:
        words = N_(
            "您还没有接受{name}的这份授权，接受以后才能代办。请打开“代办与授权”里的这份授权，看清事项和期限后再决定。",
            name=name,
        )
        super().__init__("power-not-accepted", words)


class PowerNotBegun(Conflict):
    """The first day of the power has not come."""

    def __init__(self, name: str, starts_at: datetime) -> None:
        words = N_(
            "{name}给您的授权从 {day} 起才生效。请到时再办；等不及的，请对方重新授权，或者由其自己办理。",
            name=name,
            day=clock.city_day(starts_at).isoformat(),
        )
        super().__init__("power-not-begun", words)


class PowerNoMore(PowerOver):
    """The power has ended, or never stood: told to who wants to act by it."""

    def __init__(self, power: Power, state: PowerState, *, dissolved: bool = False) -> None:
        super().__init__(state)
        name = power.shown_principal
        if state is PowerState.EXPIRED and power.state is not PowerState.STANDING and not power.answered_at:
            self.message = Message(_WAITED.msgid, {"name": name})
        elif state in _NEVER_STOOD:
            self.message = Message(_NEVER_STOOD[state].msgid, {"name": name})
        else:
            self.message = ended_words(name, power.kind, "dissolved" if dissolved else ending_of(state))


def unusable(power: Power, *, dissolved: bool = False, now: datetime) -> Conflict | None:
    """Why its agent cannot act by a power now; None where she can. ``dissolved``: its giver is a firm, and no more."""
    state = power.at(now)
    if state is PowerState.OFFERED:
        return PowerNotAccepted(power.shown_principal)
    if state is not PowerState.STANDING:
        return PowerNoMore(power, state, dissolved=dissolved and state is PowerState.LAPSED)
    if power.starts_at > now:
        return PowerNotBegun(power.shown_principal, power.starts_at)
    return None
