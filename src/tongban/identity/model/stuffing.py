"""Many accounts tried from one network 撞库: how many wrong passwords a network may type within an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from tongban.identity.model.refusals import shown_time
from tongban.identity.model.typed import network_of
from tongban.kit import keys
from tongban.kit.errors import TooMany
from tongban.kit.i18n import N_

HOUR = timedelta(hours=1)
#: Tries without success of one network within an hour of the clock. A school or a carrier's gateway with thousands of
#: users stays below it: right passwords are given back.
MOST_OF_NETWORK = 100
#: This machine's own address is a proxy that no setting names: it stands for everybody and is not counted.
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


def network_key(address: str) -> bytes | None:
    """The keyed hash under which a network is counted; None for an address that names none."""
    network = network_of(address)
    if not network or address in _LOOPBACK:
        return None
    return keys.current().blind_index("network", network.hex())


def hour_of(now: datetime) -> datetime:
    """The full hour that ``now`` is in."""
    return now.replace(minute=0, second=0, microsecond=0)


class NetworkRests(TooMany):
    """Too many wrong passwords from one network, whoever was tried; the same for known and unknown accounts."""

    def __init__(self, *, staff: bool, now: datetime) -> None:
        until = hour_of(now) + HOUR
        words = (
            N_(
                "当前网络输错密码的次数过多，{time} 之前不能只凭密码和短信登录。启用了动态口令或通行密钥的照常登录；"
                "没有的，请到时再试或换一个网络。",
                time=shown_time(until),
            )
            if staff
            else N_(
                "当前网络输错密码的次数过多，{time} 之前不能用密码登录。请用通行密钥或手机扫码登录；"
                "没有的，请到时再试、换一个网络，或拨打热线求助。",
                time=shown_time(until),
            )
        )
        super().__init__("network-rests", words, retry_after=max(1, int((until - now).total_seconds())))
