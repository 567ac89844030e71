"""Where a pull may not go, in whatever way it is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinh.sources.feeds.addresses import refusal, spelt

INSIDE = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "017700000001",
       "0.0.0.0", "0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "[::1]", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:a00:1", "::127.0.0.1", "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "2001:db8::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "203.162.4.191", "134744072", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]


@pytest.mark.parametrize("text", INSIDE)
def test_an_inner_address_is_refused_in_any_spelling(text: str) -> None:
    found = spelt(text)
    assert found is not None
    why = refusal(found)
    assert why is not None and why.vi and why.en


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_is_not(text: str) -> None:
    found = spelt(text)
    assert found is not None and refusal(found) is None


@pytest.mark.parametrize("name", ["nguon.example.vn", "a1", "abc.def", "10.0.0.1.example.vn", "x" * 70, ""])
def test_a_name_is_not_taken_for_an_address(name: str) -> None:
    assert spelt(name) is None


@pytest.mark.parametrize("text", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "::ffff:169.254.1.1", "fe80::1"])
def test_even_a_host_let_be_private_reaches_no_infrastructure(text: str) -> None:
    found = spelt(text)
    assert found is not None and refusal(found, private=True) is not None
    for inner in ("127.0.0.1", "10.0.0.1", "fd12::1"):
        allowed = spelt(inner)
        assert allowed is not None and refusal(allowed, private=True) is None


@given(
    st.sampled_from(["10.0.0.0/8", "127.0.0.0/8", "192.168.0.0/16", "169.254.0.0/16"]),
    st.integers(0, 2**16 - 1),
)
def test_wrapping_an_inner_address_never_opens_it(network: str, offset: int) -> None:
    inner = ipaddress.IPv4Network(network)[offset]
    number = int(inner)
    spellings = [
        str(number), hex(number), f"0{number:o}", f"::ffff:{inner}", f"::{inner}", f"64:ff9b::{inner}",
        str(ipaddress.IPv6Address((0x2002 << 112) | (number << 80))),
    ]  # fmt: skip
    for text in spellings:
        found = spelt(text)
        assert found is not None and refusal(found) is not None, text
