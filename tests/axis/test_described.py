"""Schemathesis asks what the descriptions allow, and more: never a 5xx, never an answer they do not know."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.axis.test_shares import ROWS, address, caller, desk
from tests.harness.air import csv, hours, push

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = settings(
    max_examples=12, deadline=None, phases=[Phase.generate], derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


def asked(operation: Any, mode: GenerationMode, call: Any, few: settings = FEW) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @few
    def every(case: Any) -> None:
        call(case)

    every()


@pytest.mark.parametrize("share", ["duoc-ta", "khong-khi-pm25"])
def test_a_data_service_answers_within_its_description(site, share: str) -> None:
    from tinh.axis import api as axis

    if share == "duoc-ta":
        frame = hours(30)
        assert push(site.program("data_officer", "so-nnmt"), csv(frame), params={"wait": "true"}).is_success
        axis.keep(desk(), ROWS.replace("id: khong-khi-gio", "id: duoc-ta") + "quota: {minute: 100000}\n")
    client = caller(site, "so-tc")
    spec = dict(axis.openapi(desk().share(share), desk()))
    spec["servers"] = [{"url": site.address + address(share)}]
    for result in schemathesis.openapi.from_dict(spec).get_all_operations():
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            def call(case: Any) -> None:
                case.call_and_validate(
                    base_url=site.address + address(share), headers=dict(client.headers), checks=CHECKS
                )

            asked(result.ok(), mode, call)


def test_the_platforms_own_api_answers_within_its_description(site) -> None:
    """The reading half; what writes has tests of its own."""
    client = site.program("administrator")
    spec = client.get("/api/v1/openapi.json").json()
    few = settings(FEW, max_examples=3)
    loaded = schemathesis.openapi.from_dict(spec).include(method="GET")
    asked_of = 0
    for result in loaded.get_all_operations():
        operation = result.ok()
        asked_of += 1

        def call(case: Any) -> None:
            answer = case.call(base_url=site.address, headers=dict(client.headers), timeout=20)
            case.validate_response(answer, checks=CHECKS)

        asked(operation, GenerationMode.POSITIVE, call, few)
    assert asked_of > 20
