"""What who answers a power again, or ends it again, is told: by whom it was done, when, and what to do. Pure rules."""

from __future__ import annotations

from datetime import datetime

from tongban.identity.model.powers import OFFER_STANDS, Power, PowerState
from tongban.kit import clock
from tongban.kit.i18n import N_, Message

#: To its agent: another page of hers, or the other side, was faster.
_TO_AGENT: dict[PowerState, Message] = {
    PowerState.STANDING: N_(
        "您已经在 {at} 接受了这份授权，不用再答复。可以开始代办；不想再代办的，请放弃授权。"
    ),
    PowerState.DECLINED: N_(
        "您已经在 {at} 选择不接受这份授权，刚才的操作没有进行。要代办的，请{principal}重新授权，再由您接受。"
    ),
    PowerState.TAKEN_BACK: N_(
        "{principal}已经在 {at} 收回了这份授权，刚才的操作没有进行。要代办的，请对方重新授权。"
    ),
    PowerState.REVOKED: N_(
        "{principal}已经在 {at} 撤回了这份授权，刚才的操作没有进行。还要代办的，请对方重新授权。"
    ),
    PowerState.RENOUNCED: N_("您已经在 {at} 放弃了这份授权，不用再操作。又要代办的，请{principal}重新授权。"),
    PowerState.EXPIRED: N_(
        "这份授权已经在 {at} 到期，刚才的操作没有进行。还要代办的，请{principal}重新授权。"
    ),
    PowerState.SUPERSEDED: N_(
        "这份授权已经在 {at} 由新的一份代替，刚才的操作没有进行。请打开“代办与授权”，按新的一份办理。"
    ),
    PowerState.LAPSED: N_("因登记变化，这份授权已经在 {at} 终止，刚才的操作没有进行。"),
}
#: To who gave it.
_TO_PRINCIPAL: dict[PowerState, Message] = {
    PowerState.STANDING: N_(
        "{agent}已经在 {at} 接受了这份授权，刚才的操作没有进行。要撤回的，请再按一次“撤回授权”。"
    ),
    PowerState.DECLINED: N_(
        "{agent}已经在 {at} 选择不接受这份授权，不用再撤回。您可以换一位代办人，或者自己办理。"
    ),
    PowerState.TAKEN_BACK: N_(
        "这份授权已经在 {at} 收回，对方没有接受过，不用再撤回。要再授权的，请重新发出。"
    ),
    PowerState.REVOKED: N_("这份授权已经由{principal}在 {at} 撤回，不用再撤回。要再授权的，请重新发出。"),
    PowerState.RENOUNCED: N_(
        "{agent}已经在 {at} 放弃了这份授权，不用再撤回。您可以换一位代办人，或者自己办理。"
    ),
    PowerState.EXPIRED: N_("这份授权已经在 {at} 到期，不用再撤回。还要代办的，请重新授权。"),
    PowerState.SUPERSEDED: N_(
        "这份授权已经在 {at} 由新的一份代替。要撤回的，请打开“代办与授权”，撤回新的一份。"
    ),
    PowerState.LAPSED: N_("因登记变化，这份授权已经在 {at} 终止，不用再撤回。"),
}


def said_already(power: Power, *, mine: bool, now: datetime) -> Message | None:
    """Where a power stands that was answered or ended before, as told to its agent (``mine``) or to who gave it; None
    while it waits for its answer."""
    state = power.at(now)
    words = (_TO_AGENT if mine else _TO_PRINCIPAL).get(state)
    if words is None:
        return None
    told: dict[str, object] = {
        "principal": power.principal_name,
        "agent": power.agent_name,
        "at": _since(power, state),
    }
    return Message(words.msgid, told)


def _since(power: Power, state: PowerState) -> str:
    """When it came there, in the city's zone: what ran out by itself ended before anybody wrote that down."""
    at = power.ended_at
    if state is PowerState.STANDING:
        at = power.answered_at
    elif state is PowerState.EXPIRED:
        at = power.until if power.answered_at else min(power.until, power.offered_at + OFFER_STANDS)
    return f"{clock.city_time(at):%Y-%m-%d %H:%M}" if at is not None else ""
