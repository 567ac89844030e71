"""A province declares its working hours beside the days of its calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from tinh.kit.calendar import OFFICE, Season
from tinh.packs.api import compile, load, schemas

from .samples import PROVINCE

Write = Callable[..., Path]
DAYS = "\n  - {day: 2026-12-31, works: false, name: Nghỉ bù}\n"


def test_without_a_word_office_hours_are_worked(province: Write) -> None:
    assert compile(province(telecom={})).hours == OFFICE
    assert OFFICE.on(date(2026, 7, 1)) == ((450, 690), (810, 1020))


def test_hours_and_seasons_are_read(province: Write) -> None:
    home = province(
        PROVINCE + "calendar:\n"
        '  hours: ["08:00-12:00", "13:00-17:00"]\n'
        '  seasons: [{from: "04-16", until: "10-15", hours: ["07:00-11:30", "13:30-24:00"]}]\n'
        "  days: [{day: 2026-12-31, works: false, name: Nghỉ bù}]\n",
        telecom={},
    )
    found = compile(home)
    assert found.hours.spans == ((480, 720), (780, 1020))
    assert found.hours.seasons == (Season((4, 16), (10, 15), ((420, 690), (810, 1440))),)
    assert [d.day for d in found.calendar] == [date(2026, 12, 31)]


def test_a_plain_list_of_days_still_means_days_and_its_faults_keep_their_lines(province: Write) -> None:
    assert len(compile(province(PROVINCE + "calendar:" + DAYS, telecom={})).calendar) == 1
    wrong = DAYS + "  - {day: 2026-12-30, works: 2, name: x}\n  - {day: 2026-12-29, work: true, name: x}\n"
    found = load(province(PROVINCE + "calendar:" + wrong, telecom={})).findings
    assert {("PCK012", 10), ("PCK010", 11), ("PCK011", 11)} <= {(f.code, f.line) for f in found}
    assert next(f for f in found if f.code == "PCK010").cure.en == 'did you mean "works"?'


@pytest.mark.parametrize(
    "said",
    [
        'hours: ["7:30-11:30"]',
        'hours: ["11:30-07:30"]',
        'hours: ["07:30-11:30", "11:00-17:00"]',
        'hours: ["13:30-17:00", "07:30-11:30"]',
        'hours: ["07:30-24:30"]',
        "hours: []",
        'seasons: [{from: "02-30", until: "10-15", hours: ["07:00-11:30"]}]',
        'seasons: [{from: "4-16", until: "10-15", hours: ["07:00-11:30"]}]',
    ],
)
def test_hours_that_make_no_day_are_refused_where_they_stand(province: Write, said: str) -> None:
    found = load(province(PROVINCE + f"calendar:\n  {said}\n", telecom={})).findings
    assert ("PCK016", 9) in [(f.code, f.line) for f in found], found
    assert all(f.cure.vi and f.cure.en for f in found)


@pytest.mark.parametrize("said", ["calendar: []", 'calendar: {hours: ["07:30-11:30"]}'])
def test_editors_accept_both_forms(said: str) -> None:
    text = PROVINCE.replace("PACKS", "telecom") + said + "\n"
    jsonschema.validate(yaml.safe_load(text), schemas()["province"])
