"""A source made on the web is pulled by the clock where the province's folder declares none."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.harness.air import csv, hours


@pytest.fixture
def site() -> Any:
    from tests.harness.server import running

    return running()


def test_a_source_made_on_the_web_is_pulled_although_none_is_declared(
    site: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.jobs import run
    from tinh.jobs.house import house

    here = house()
    monkeypatch.setattr(here, "catalogue", here.catalogue.model_copy(update={"feeds": {}}))
    monkeypatch.setattr(here, "_corridor", None)
    box = here.home / "drop" / "so-nnmt" / "hop"
    box.mkdir(parents=True)
    (box / "gio.csv").write_bytes(csv(hours(3)))
    (here.home / "connectors").mkdir(exist_ok=True)
    declared = here.home / "connectors" / "hop-gio.yaml"
    declared.write_text(
        "format: 1\nid: hop-gio\ndataset: air-hourly\nkind: folder\nsender: so-nnmt\n"
        "schedule: {every: PT1M}\nfolder: {path: so-nnmt/hop, settle: PT0S, after: move}\n"
    )
    try:
        run.renew()
        assert run.puller() is not None
        for _ in range(200):
            if (box / "done" / "gio.csv").is_file():
                break
            time.sleep(0.1)
        assert (box / "done" / "gio.csv").is_file()
    finally:
        declared.unlink()
        monkeypatch.undo()
        run.renew()
