"""An owner's answer leads callers to the axis or nowhere; its own network is not told."""

from __future__ import annotations

import pytest

from tinh.axis.shares.leading import led

BASE, SERVICE = "http://10.0.0.5:8080/api", "VN-19/GOV/so-nnmt/data/kho"


@pytest.mark.parametrize(
    ("said", "path", "anew"),
    [
        ("http://10.0.0.5:8080/api/items/8?x=1#a", "/items", f"/r1/{SERVICE}/items/8?x=1#a"),
        ("/api/items/8", "/items", f"/r1/{SERVICE}/items/8"),
        ("8", "/items/7", f"/r1/{SERVICE}/items/8"),
        ("http://10.0.0.5:8080/api", "/items", f"/r1/{SERVICE}"),
        ("http://10.0.0.5:8080/admin", "/items", None),
        ("http://10.0.0.5:8080/apis/x", "/items", None),
        ("http://10.0.0.5/api/items", "/items", None),
        ("https://10.0.0.5:8080/api/items", "/items", None),
        ("http://kho.noi-bo/api/items", "/items", None),
        ("//10.0.0.9/api/x", "/items", None),
        ("/api/../admin", "/items", None),
        ("/api/%2e%2e/admin", "/items", None),
        ("http://u:p@10.0.0.5:8080/api/items", "/items", None),
        ("http://[::1/api", "/items", None),
        ("javascript:alert(1)", "/items", None),
    ],
)
def test_an_address_under_the_base_becomes_one_of_the_axis_and_any_other_is_left_out(
    said: str, path: str, anew: str | None
) -> None:
    assert led({"location": said, "etag": "1"}, BASE, path, SERVICE).get("location") == anew


def test_links_are_written_anew_one_by_one() -> None:
    said = (
        '<http://10.0.0.5:8080/api/items?page=2>; rel="next"; title="a, b", <http://10.0.0.5/x>; rel=up, '
        "<items?page=9>;rel=last"
    )
    assert led({"link": said}, BASE, "/items", SERVICE) == {
        "link": f'</r1/{SERVICE}/items?page=2>; rel="next"; title="a, b", '
        f"</r1/{SERVICE}/items?page=9>;rel=last"
    }
    assert led({"link": "nonsense"}, BASE, "/items", SERVICE) == {}
