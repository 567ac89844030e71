"""What a province declares about citizens' reports, as other rooms read it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen
from tinh.packs.process.entry import DeclaredProcess

Severity = Literal["urgent", "normal", "complex"]
SEVERITIES: tuple[Severity, ...] = ("urgent", "normal", "complex")
QuestionKind = Literal["text", "choice", "multi", "number", "date"]
Shown = Literal["after_check", "at_once", "never"]
COMMUNE = "commune"  # the owner of what the commune of the place handles itself


class ReportLimits(Frozen):
    """How long each step may take: working hours and working days; weeks and days of rating are calendar
    ones.
    """

    accept_hours: float = 8
    finish_hours: float | None = None
    finish_days: int | None = 15
    refuse_days: int = 2
    supplement_days: int = 5
    publish_days: int = 2
    supplements: int = 1
    rate_days: int = 30
    check_days: int = 28
    source: str = ""


class ReportGroup(Frozen):
    id: str
    pack: str
    name: Text
    file: Path


class Choice(Frozen):
    id: str
    name: Text


class Question(Frozen):
    """One thing asked of who reports in a category."""

    id: str
    label: Text
    kind: QuestionKind = "text"
    options: tuple[Choice, ...] = ()
    required: bool = False
    public: bool = False


class ReportCategory(Frozen):
    """`owner`: agency, or `commune` for the commune of the place. `radius` in metres: nearer reports of the
    category may be the same matter. `recent_days`: how long a closed one is still offered."""

    id: str
    pack: str
    group: str
    name: Text
    description: Text = Text("", "")
    keywords: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    owner: str
    severity: Severity = "normal"
    limits: ReportLimits = ReportLimits()
    radius: float = 50
    recent_days: int = 30
    questions: tuple[Question, ...] = ()
    photo: Literal["required", "asked", "none"] = "asked"
    place: Literal["point", "commune"] = "point"  # how exactly it must be known
    shown: Shown = "after_check"
    process: str = ""
    examples: tuple[str, ...] = ()
    weight: float = 1
    file: Path


class RefusalReason(Frozen):
    """Why a report is not taken, and where its sender may go."""

    id: str
    pack: str
    name: Text
    says: Text
    go: Text
    phone: str = ""
    file: Path


class CannedAnswer(Frozen):
    """Words a clerk may begin from; `{code}`, `{place}`, `{category}` and `{day}`, the day of writing, are
    filled in.

    `groups` empty: for every category.
    """

    id: str
    pack: str
    name: Text
    text: Text
    groups: tuple[str, ...] = ()
    outcome: str = ""
    file: Path


class ReportPhrases(Frozen):
    """Lists of phrases that simulated reports are composed from."""

    openings: tuple[str, ...] = ()
    wheres: tuple[str, ...] = ()
    closings: tuple[str, ...] = ()
    remarks: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    handled: tuple[str, ...] = ()


class DesksDeclared(Frozen):
    """The part of a catalogue that is about cases. Dictionaries are keyed by id."""

    processes: Mapping[str, DeclaredProcess] = Field(default_factory=dict)
    report_groups: Mapping[str, ReportGroup] = Field(default_factory=dict)
    report_categories: Mapping[str, ReportCategory] = Field(default_factory=dict)
    refusals: Mapping[str, RefusalReason] = Field(default_factory=dict)
    canned_answers: Mapping[str, CannedAnswer] = Field(default_factory=dict)
    report_phrases: ReportPhrases = ReportPhrases()
