from __future__ import annotations

from pathlib import Path

import pytest

from tinh.site.api import field_help, read_options
from tinh.site.errors import SettingRefused


def test_environment_sets_options_and_given_values_win() -> None:
    options = read_options({"TINH_PORT": "9001", "TINH_HOME": "/data"}, port=9002)
    assert (options.port, options.home) == (9002, Path("/data"))


def test_empty_variable_means_the_default() -> None:
    assert read_options({"TINH_PORT": "", "TINH_LANG": ""}).port == 8000


def test_wrong_value_is_refused_by_the_name_of_its_variable() -> None:
    with pytest.raises(SettingRefused) as found:
        read_options({"TINH_PORT": "eighty"})
    assert found.value.facts["name"] == "TINH_PORT"
    assert "TINH_PORT" in found.value.detail().vi


def test_variables_of_other_rooms_are_left_alone() -> None:
    read_options({"TINH_PACKS": "/packs", "TINH_NOW": "2026-01-01T00:00:00+07:00"})


def test_every_option_says_what_it_is_for() -> None:
    assert all(len(help) > 15 for _, _, help in field_help())


def test_settings_module_stays_short() -> None:
    module = Path(__file__).parents[2] / "src/tinh/site/settings.py"
    assert len(module.read_text().splitlines()) <= 200
