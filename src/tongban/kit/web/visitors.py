"""Who asks: the cookies that a request carries, and the address that it came from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Network = IPv4Network | IPv6Network
Header = tuple[bytes, bytes]


def cookies_of(headers: Iterable[Header]) -> dict[str, str]:
    """The request's cookies, each pair by itself: an odd one of another program hides none of ours.

    Of two with one name the last counts: browsers send the longer paths first (RFC 6265, 5.4), and ours are
    for the whole site.
    """
    pairs = (
        pair.partition(b"=") for name, value in headers if name == b"cookie" for pair in value.split(b";")
    )
    return {
        name.strip().decode("latin-1"): value.strip().decode("latin-1")
        for name, equals, value in pairs
        if equals
    }


def address_of(client: str, headers: Iterable[Header], proxies: Sequence[Network]) -> str:
    """The visitor's address: the client's own, or what our own proxies say of whom they speak for.

    Only the part of ``X-Forwarded-For`` that trusted proxies have written counts: from its end to the first
    address that is none of them. Whatever stands before that may be made up by the visitor.
    """
    if not proxies:
        return client
    said = b",".join(value for name, value in headers if name == b"x-forwarded-for").decode("latin-1")
    nearest = client
    for hop in (*reversed(said.split(",")), ""):
        if not _trusted(nearest, proxies):
            break
        further = _parsed(hop)
        if further is None:
            break
        nearest = str(further)
    return nearest


def _trusted(address: str, proxies: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in proxies)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
