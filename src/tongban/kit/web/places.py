"""How a session was opened and from where, coarsely: enough for its owner to know it again."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

from tongban.kit.i18n import N_, Message

#: How a session was opened 登录方式; what is not named here is shown as it is.
_WAYS = {
    "password": N_("密码和短信验证码"),
    "totp": N_("密码和动态口令"),
    "enrol": N_("注册"),
    "qr": N_("手机扫码"),
    "passkey": N_("通行密钥"),
    "oidc": N_("其他平台的账号"),
    "certificate": N_("数字证书"),
    "merged": N_("从合并的另一个账户打开"),
}
#: Addresses of this machine and of networks inside a house (RFC 1918, RFC 4193): they name no place.
INSIDE = "inside"


def place_of(address: str) -> str:
    """The coarse place of an address, its network without the last part; empty for none.

    ``203.0.113.*``, ``2001:db8:1::/48``, ``inside``.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    if parsed.is_loopback or parsed.is_link_local or any(parsed in network for network in _HOUSES):
        return INSIDE
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 48), strict=False))
    return f"{str(parsed).rpartition('.')[0]}.*"


_HOUSES = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")))


def place_words(place: str) -> Message:
    """The place for a page."""
    if place == INSIDE:
        return N_("本地网络")
    if not place:
        return N_("未知网络")
    return N_("网络 {place}", place=place)


def way_words(opened_by: str) -> Message | str:
    """How a session was opened, for a page."""
    return _WAYS.get(opened_by, opened_by)
