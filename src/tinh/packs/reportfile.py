"""How `reports/*.yaml` are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tinh.packs.report import QuestionKind, Severity, Shown
from tinh.packs.written import NO_WORDS, BothWords, Declared, Id

Outcome = Literal["", "fixed", "answered", "planned", "not_found"]


class LimitsEntry(Declared):
    """How long each step may take; what is left out follows the pack's defaults for the severity."""

    accept_hours: float | None = Field(
        None, gt=0, le=400, description="working hours until accepted or refused"
    )
    finish_hours: float | None = Field(None, gt=0, le=2000, description="working hours until answered")
    finish_days: int | None = Field(None, ge=1, le=365, description="working days until answered")
    refuse_days: int | None = Field(None, ge=1, le=60, description="working days in which it may be refused")
    supplement_days: int | None = Field(None, ge=1, le=60, description="working days the sender has to add")
    publish_days: int | None = Field(None, ge=1, le=60, description="working days from answer to publication")
    supplements: int | None = Field(None, ge=0, le=5, description="how often the sender may be asked to add")
    rate_days: int | None = Field(None, ge=1, le=365, description="days the sender may rate; then it closes")
    check_days: int | None = Field(
        None, ge=1, le=365, description="days after publication to ask whether it is really fixed"
    )
    source: str = Field("", description="where these limits are written")


class DefaultLimits(Declared):
    """The limits of every category, and how a severity changes them."""

    every: LimitsEntry = Field(description="limits of every report")
    urgent: LimitsEntry | None = Field(None, description="what differs for urgent ones")
    normal: LimitsEntry | None = Field(None, description="what differs for normal ones")
    complex: LimitsEntry | None = Field(None, description="what differs for complex ones")


class GroupEntry(Declared):
    """A group of categories, as people choose and statistics count."""

    id: Id = Field(description="id")
    name: BothWords = Field(description="name for people")


class ChoiceEntry(Declared):
    """One possible answer."""

    id: Id = Field(description="id of the answer")
    name: BothWords = Field(description="the answer in words")


class QuestionEntry(Declared):
    """One thing asked of who reports in the category."""

    id: Id = Field(description="id of the question")
    label: BothWords = Field(description="the question")
    kind: QuestionKind = Field("text", description="what sort of answer")
    options: list[ChoiceEntry] = Field(default_factory=list, description="answers of `choice` and `multi`")
    required: bool = Field(False, description="whether it must be answered")
    public: bool = Field(False, description="whether the answer may be shown to everybody")


class KeywordsEntry(Declared):
    """Words and phrases of a text that speak for the category."""

    vi: list[str] = Field(default_factory=list, description="Vietnamese, with diacritics")
    en: list[str] = Field(default_factory=list, description="English")


class CategoryEntry(Declared):
    """A category of citizens' reports: who answers for it, how fast, and what is asked."""

    id: Id = Field(description="id")
    name: BothWords = Field(description="name for people")
    description: BothWords = Field(NO_WORDS, description="what belongs here, in one sentence")
    group: str = Field(description="group it stands in")
    keywords: KeywordsEntry = Field(
        default_factory=lambda: KeywordsEntry.model_validate({}), description="words that speak for it"
    )
    owner: str = Field(description="agency that handles it, or `commune`: the commune of the place")
    severity: Severity = Field(
        "normal", description="urgent (khẩn) · normal (bình thường) · complex (phức tạp)"
    )
    limits: LimitsEntry | None = Field(None, description="what differs from the defaults of its severity")
    radius_m: float = Field(50, ge=1, le=5000, description="metres in which a report may be the same matter")
    recent_days: int = Field(30, ge=0, le=365, description="days a closed one is still offered as the same")
    questions: list[QuestionEntry] = Field(default_factory=list, description="what is asked")
    photo: Literal["required", "asked", "none"] = Field(
        "asked", description="whether a photo must come with it"
    )
    place: Literal["point", "commune"] = Field("point", description="how exactly the place must be known")
    public: Shown = Field(
        "after_check",
        description="when everybody may see it: after a clerk showed it, at once (text screened, no photos), "
        "or never",
    )
    process: str = Field("", description="process it runs; empty: the pack's `process`")
    examples: list[str] = Field(
        default_factory=list, description="sentences people write; for the demo and tests"
    )
    weight: float = Field(1, gt=0, le=100, description="how common it is among simulated reports")


class RefusalEntry(Declared):
    """A reason for which a report is not taken, and where its sender may go."""

    id: Id = Field(description="id")
    name: BothWords = Field(description="name for clerks")
    says: BothWords = Field(description="what the sender reads: why")
    go: BothWords = Field(description="what the sender reads: where to go instead")
    phone: str = Field("", description="number to call")


class AnswerEntry(Declared):
    """Words a clerk may begin an answer from."""

    id: Id = Field(description="id")
    name: BothWords = Field(description="name for clerks")
    text: BothWords = Field(
        description="the words; `{code}`, `{category}`, `{place}` and `{day}` (of writing) are filled in"
    )
    groups: list[str] = Field(default_factory=list, description="groups it is offered in; empty: all")
    outcome: Outcome = Field("", description="outcome it fits; empty: any")


class RemarksEntry(Declared):
    """What simulated people write when they rate."""

    satisfied: list[str] = Field(default_factory=list, description="satisfied")
    acceptable: list[str] = Field(default_factory=list, description="acceptable")
    unsatisfied: list[str] = Field(default_factory=list, description="not satisfied")


class PhrasesEntry(Declared):
    """Phrases that simulated reports are composed from, around a category's examples."""

    openings: list[str] = Field(default_factory=list, description="how a text begins")
    wheres: list[str] = Field(default_factory=list, description="how the spot is told")
    closings: list[str] = Field(default_factory=list, description="how it ends")
    remarks: RemarksEntry = Field(
        default_factory=lambda: RemarksEntry.model_validate({}), description="words with a rating"
    )
    handled: list[str] = Field(default_factory=list, description="what agencies answer when it is done")


class ReportsFile(Declared):
    """`reports/*.yaml`: categories of citizens' reports with what belongs to them; a pack may split them
    over files."""

    format: Literal[1] = Field(description="number of this file format")
    process: str = Field("", description="process of every category that names none")
    limits: DefaultLimits | None = Field(None, description="default limits; in one file of the pack")
    groups: list[GroupEntry] = Field(default_factory=list, description="groups of categories, in order")
    categories: list[CategoryEntry] = Field(default_factory=list, description="categories, in order")
    refusals: list[RefusalEntry] = Field(default_factory=list, description="reasons to refuse, in order")
    answers: list[AnswerEntry] = Field(default_factory=list, description="canned answers, in order")
    phrases: PhrasesEntry | None = Field(None, description="phrases of simulated reports; in one file")
