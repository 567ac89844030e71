"""What is said of a request that failed: where it failed, never what would let somebody in."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/moi/bi-mat-1", "/moi/▮"),
        ("/tai-khoan/dat-lai/bi-mat-2", "/tai-khoan/dat-lai/▮"),
        ("/phan-anh/theo-doi/bi-mat-3/thong-bao", "/phan-anh/theo-doi/▮/thong-bao"),
        ("/phan-anh/theo-thu/bi-mat-4", "/phan-anh/theo-thu/▮"),
        ("/vu-viec/PA-0000-0000/in", "/vu-viec/PA-0000-0000/in"),
    ],
)
def test_the_log_of_a_failed_request_names_its_page_and_no_secret(site: Any, path: str, said: str) -> None:
    from django.test import RequestFactory
    from django.urls import resolve
    from structlog.testing import capture_logs

    from tinh.site import faults

    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    with capture_logs() as lines:
        assert faults.broken(request).status_code == 500
    assert [(one["event"], one["path"]) for one in lines] == [("request.failed", said)]


@pytest.mark.parametrize("path", ["/open311/v2/tokens/bi-mat-5.json", "/open311/v2//tokens//bi-mat-5.JSON"])
def test_the_log_of_a_broken_open311_call_holds_no_link_of_a_sender(site: Any, path: str) -> None:
    from django.http import HttpResponse
    from django.test import RequestFactory
    from structlog.testing import capture_logs

    from tinh.rest.open311.entry import Call, door

    @door("GET")
    def breaks(call: Call) -> HttpResponse:
        raise RuntimeError("the disk is full")

    with capture_logs() as lines:
        assert breaks(RequestFactory(SERVER_NAME="localhost").get(path), "json").status_code == 500
    assert [one["event"] for one in lines] == ["open311.failed"]
    assert lines[0]["path"].endswith("/tokens/▮") or lines[0]["path"].endswith("/tokens//▮")
