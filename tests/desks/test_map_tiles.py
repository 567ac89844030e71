"""A province that declares a base map: its tiles stand at our own address, near the province alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sources.test_tiles import PNG, Server, way
from tests.sources.test_tiles import server as server


@pytest.fixture
def declared(site: Any, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    from tinh.jobs.house import house
    from tinh.kit.errors import Text

    more = {"attribution": Text("© Cục <Đo đạc>", "© Survey"), "max_zoom": 16}
    catalogue = house().catalogue.model_copy(update={"base_map": way(server, **more)})
    monkeypatch.setattr(house(), "catalogue", catalogue)
    yield server


def test_maps_have_borders_alone_until_a_base_map_is_declared(site: Any) -> None:
    who = site.stranger()
    assert "data-tiles" not in who.get("/phan-anh/").text
    assert who.get("/phan-anh/nen/9/406/224").status_code == 404


def test_tiles_come_from_our_own_address_with_the_name_of_their_maker(site: Any, declared: Server) -> None:
    who = site.stranger()
    for address in ("/phan-anh/", "/phan-anh/gui"):
        page = who.get(address).text
        assert 'data-tiles="/phan-anh/nen/{z}/{x}/{y}" data-tiles-zoom="16"' in page
        assert "Nền bản đồ: © Cục &lt;Đo đạc&gt;" in page and declared.address not in page
    answer = who.get("/phan-anh/nen/9/406/224")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, PNG, "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for far in ("9/100/224", "16/1/1", "17/0/0", "99999999999999999999/0/0", "9/406/-1", "9/a/1"):
        assert who.get(f"/phan-anh/nen/{far}").status_code == 404
    assert declared.asked == ["/nen/9/406/224.png?k=1"]


def test_a_source_that_is_down_leaves_a_clear_tile(site: Any, declared: Server) -> None:
    declared.status = 503
    answer = site.stranger().get("/phan-anh/nen/9/407/224")
    assert answer.status_code == 200 and answer.content.startswith(b"\x89PNG") and len(answer.content) < 100
    assert answer.headers["cache-control"] == "public, max-age=60"
