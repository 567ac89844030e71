"""Files leave in pieces, and whole."""

from __future__ import annotations

import warnings
from typing import Any

from tests.harness.air import csv, hours, push


def test_a_delivery_is_downloaded_as_it_came_without_being_held_in_memory(site: Any) -> None:
    body = csv(hours(2000))
    pushed = push(site.program("data_officer", "so-nnmt"), body, params={"wait": "true"})
    assert pushed.is_success, pushed.text
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = site.person("administrator").get(f"/du-lieu/nhan/{pushed.json()['receipt']}/tep")
    assert found.status_code == 200 and found.content == body
    assert found.headers["content-length"] == str(len(body))
    assert found.headers["content-disposition"].startswith("attachment")
    assert not [w for w in told if "synchronous iterators" in str(w.message)]
