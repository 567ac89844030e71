"""Addresses a pull may not reach: this machine, the network inside, what serves clouds their keys."""

from __future__ import annotations

import ipaddress
import socket
from ipaddress import IPv4Address, IPv6Address

from tinh.kit.errors import Text

Address = IPv4Address | IPv6Address

_SPECIAL = {
    ipaddress.ip_address("168.63.129.16"),  # a cloud's wire server, though it looks public
    ipaddress.ip_address("100.100.100.200"),  # another cloud's metadata
    ipaddress.ip_address("fd00:ec2::254"),
}
# What newer editions of the registry list as special; Python's own list depends on its version.
_CLOSED = tuple(
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "100.64.0.0/10", "3fff::/20", "5f00::/16")
)
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.ip_network("::/96")


def spelt(host: str) -> Address | None:
    """The address a host is if it is one, in any spelling: `127.1`, `0x7f000001`, `017700000001`."""
    bare = host.strip("[]").partition("%")[0]
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    if not bare or bare[-1] not in "0123456789abcdefABCDEFxX." or not bare[0].isdigit():
        return None
    try:
        return IPv4Address(socket.inet_aton(bare.rstrip(".")))
    except (OSError, ValueError):
        return None


def refusal(address: Address, private: bool = False) -> Text | None:
    """Why the address may not be reached; None when it may. A host that is let be `private` may be
    this machine or lie inside the network; what serves infrastructure stays closed to it."""
    for inner in _inside(address):
        why = _never(inner) or (None if private else _inner(inner))
        if why is not None:
            return why
    return None


def _never(address: Address) -> Text | None:
    if address.is_unspecified:
        return Text("địa chỉ trống", "the empty address")
    if address.is_link_local or address in _SPECIAL:
        return Text("địa chỉ nội bộ của hạ tầng", "an address of the infrastructure")
    if address.is_multicast:
        return Text("địa chỉ nhóm", "a multicast address")
    return None


def _inner(address: Address) -> Text | None:
    if address.is_loopback:
        return Text("chính máy này", "this machine itself")
    if address.is_private or not address.is_global or any(address in net for net in _CLOSED):
        return Text("mạng nội bộ", "a private network")
    if address.is_reserved:
        return Text("địa chỉ dành riêng", "a reserved address")
    return None


def _inside(address: Address) -> list[Address]:
    """The address and every IPv4 address it carries: mapped, compatible, 6to4, Teredo, NAT64."""
    out: list[Address] = []
    if isinstance(address, IPv6Address):
        last = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.ipv4_mapped is not None:
            return [address.ipv4_mapped]
        if address.sixtofour is not None:
            out.append(address.sixtofour)
        if address.teredo is not None:
            out += address.teredo
        if address in _NAT64[0]:
            return [last]
        if address in _NAT64[1] or (address in _COMPATIBLE and int(address) > 1):
            out.append(last)
    return [address, *out]
