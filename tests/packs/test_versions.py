"""Two versions of one indicator in a pack: the newest counts, the older one stands beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tinh.packs.api import ends, load, versions, with_version

from .samples import INDICATOR

OLD = "indicators/sharing.v1.yaml"
NEW = "indicators/sharing.yaml"
SECOND = INDICATOR.replace(
    "id: sharing", "id: sharing\nversion: 2\nreplaces: {version: 1, until: 2026-12-31}"
)
WORDS = "indicators: {sharing: {name: Mới}, sharing.v1: {name: Cũ}}\ndatasets: {stations: {name: Trạm}}\n"


def test_the_older_file_stands_beside_the_newest(province: Callable[..., Path]) -> None:
    compiled = load(province(mot={OLD: INDICATOR, NEW: SECOND.replace("scale: 100", "scale: 1")}))
    catalogue = compiled.catalogue
    assert catalogue is not None, compiled.findings
    new, old = versions(catalogue, "sharing")
    assert (new.version, new.formula.scale, old.version, old.formula.scale) == (2, 1, 1, 100)
    assert catalogue.indicators["sharing"] == new
    assert (ends(catalogue, old), ends(catalogue, new)) == (date(2026, 12, 31), None)
    assert with_version(catalogue, old).indicators["sharing"] == old


def test_an_older_version_may_have_words_of_its_own(province: Callable[..., Path]) -> None:
    words = "pack: {name: Viễn thông}\n" + WORDS
    files = {OLD: INDICATOR, NEW: SECOND, "locale/vi.yaml": words, "locale/en.yaml": words}
    compiled = load(province(mot=files))
    assert compiled.findings == ()
    assert compiled.catalogue is not None
    assert [i.name.vi for i in versions(compiled.catalogue, "sharing")] == ["Mới", "Cũ"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({OLD: INDICATOR, NEW: INDICATOR}, "PCK024"),
        ({OLD: INDICATOR, NEW: SECOND.replace("replaces: {version: 1, until: 2026-12-31}\n", "")}, "PCK077"),
        ({NEW: SECOND}, "PCK078"),
        ({OLD: INDICATOR, NEW: SECOND.replace("version: 1, until", "version: 2, until")}, "PCK077"),
        ({"alerts/a.yaml": "format: 1\nid: a\nindicator: sharing\nversion: 3\nbelow: 1\n"}, "PCK081"),
    ],
)
def test_versions_that_do_not_fit_are_findings(
    province: Callable[..., Path], files: dict[str, str], code: str
) -> None:
    assert code in {f.code for f in load(province(mot=files)).findings if f.level == "error"}


def test_an_alert_may_name_an_older_version(province: Callable[..., Path]) -> None:
    alert = "format: 1\nid: a\nindicator: sharing\nversion: 1\nbelow: 1\n"
    compiled = load(province(mot={OLD: INDICATOR, NEW: SECOND, "alerts/a.yaml": alert}))
    assert compiled.catalogue is not None, compiled.findings
    assert compiled.catalogue.alerts["a"].version == 1


def test_an_older_version_that_rests_on_its_successor_goes_in_a_circle(province: Callable[..., Path]) -> None:
    derived = (
        "format: 1\nid: sharing\nperiod: month\nformula: {derived: {from: [sharing], expression: sharing}}\n"
    )
    found = load(province(mot={OLD: derived, NEW: SECOND})).findings
    assert "PCK042" in {f.code for f in found}
