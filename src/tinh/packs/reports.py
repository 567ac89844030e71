"""`reports/*.yaml` → categories of citizens' reports, with every contradiction found."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.agency import Agency
from tinh.packs.check import shape
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import said
from tinh.packs.process.entry import DeclaredProcess
from tinh.packs.read import PackSource
from tinh.packs.report import (
    COMMUNE,
    CannedAnswer,
    Choice,
    Question,
    RefusalReason,
    ReportCategory,
    ReportGroup,
    ReportLimits,
    ReportPhrases,
)
from tinh.packs.reportfile import CategoryEntry, DefaultLimits, LimitsEntry, QuestionEntry, ReportsFile
from tinh.packs.resolve import Register

BLANKS = ("code", "category", "place", "day")  # what is filled into canned answers
Read = tuple[Document, ReportsFile]


class Reports:
    """Everything of reports that the packs of a province declare."""

    def __init__(self, agencies: Mapping[str, Agency], faults: Faults) -> None:
        self.agencies, self.faults = agencies, faults
        self.groups: Register[ReportGroup] = Register(Text("nhóm phản ánh", "group of reports"))
        self.categories: Register[ReportCategory] = Register(Text("chuyên mục", "category"))
        self.refusals: Register[RefusalReason] = Register(Text("lý do từ chối", "refusal reason"))
        self.answers: Register[CannedAnswer] = Register(Text("mẫu trả lời", "canned answer"))
        self.phrases = ReportPhrases()

    def fields(self, processes: Mapping[str, DeclaredProcess]) -> dict[str, Any]:
        """What the catalogue takes over (`report.DesksDeclared`)."""
        return {
            "processes": processes,
            "report_groups": self.groups.items, "report_categories": self.categories.items,
            "refusals": self.refusals.items, "canned_answers": self.answers.items,
            "report_phrases": self.phrases,
        }  # fmt: skip

    def pack(self, id: str, source: PackSource) -> None:
        shaped = [(document, shape(document, ReportsFile, self.faults)) for document in source.reports]
        read: list[Read] = [(document, file) for document, file in shaped if file is not None]
        processes = sorted(p.stem for p in (source.folder / "processes").glob("*.bpmn"))
        defaults, process = DefaultLimits.model_validate({"every": {}}), ""
        for document, file in self._once(read, "limits"):
            defaults = file.limits or defaults
            self._contradictions(document, defaults)
        for document, file in self._once(read, "process"):
            process = file.process
            self._process(document, ("process",), process, processes)
        for _, file in self._once(read, "phrases"):
            self._phrases(file)
        for document, file in read:
            for n, group in enumerate(file.groups):
                final = self.groups.claim(id, group.id, document, ("groups", n, "id"), self.faults)
                if final:
                    self.groups.items[final] = ReportGroup(
                        id=final, pack=id, name=said(group.name), file=document.path
                    )
        for document, file in read:
            for n, entry in enumerate(file.categories):
                if entry.process:
                    self._process(document, ("categories", n, "process"), entry.process, processes)
                self._category(id, document, ("categories", n), entry, defaults, process)
            self._refusals(id, document, file)
            self._answers(id, document, file)

    def _once(self, read: Sequence[Read], key: str) -> list[Read]:
        """The first file of the pack that has the key; a second one is a fault."""
        having = [each for each in read if getattr(each[1], key)]
        for document, _ in having[1:]:
            self.faults.add(
                document, (key,), "PCK236",
                Text(f"“{key}” đã được khai ở {having[0][0].path.name}",
                     f'"{key}" stands in {having[0][0].path.name} already'),
                Text("giữ ở một tệp", "keep it in one file"),
            )  # fmt: skip
        return having[:1]

    def _process(self, document: Document, path: Keys, id: str, known: Iterable[str]) -> None:
        if id not in known:
            self.faults.unknown(document, path, "PCK234", id, known)

    def _category(
        self, pack: str, document: Document, at: Keys, entry: CategoryEntry, defaults: DefaultLimits,
        process: str,
    ) -> None:  # fmt: skip
        final = self.categories.claim(pack, entry.id, document, (*at, "id"), self.faults)
        group = self.groups.find(pack, entry.group)
        if group is None:
            self.faults.unknown(document, (*at, "group"), "PCK230", entry.group, self.groups.known(pack))
        if entry.owner != COMMUNE and entry.owner not in self.agencies:
            known = ", ".join((COMMUNE, *sorted(a.id for a in self.agencies.values() if a.kind != "commune")))
            self.faults.add(
                document, (*at, "owner"), "PCK231",
                Text(f"không có cơ quan “{entry.owner}”", f'there is no agency "{entry.owner}"'),
                Text(f"việc ở lại bàn tiếp nhận; khai trong province.yaml, hoặc dùng một trong: {known}",
                     f"its reports stay at the desk; declare it in province.yaml, or use one of: {known}"),
                "warning",
            )  # fmt: skip
        questions = tuple(
            self._question(document, (*at, "questions", n), q) for n, q in enumerate(entry.questions)
        )
        self._twice(document, (*at, "questions"), [q.id for q in entry.questions])
        for language in ("vi", "en"):
            self._keywords(document, (*at, "keywords", language), getattr(entry.keywords, language))
        limits = resolved(defaults, entry)
        if limits is None:
            self._both_finishes(document, (*at, "limits"))
        elif limits.finish_hours is not None and limits.finish_hours < limits.accept_hours:
            self.faults.add(
                document, (*at, "limits"), "PCK233",
                Text(f"xử lý {limits.finish_hours:g} giờ, ngắn hơn tiếp nhận {limits.accept_hours:g} giờ",
                     f"handled in {limits.finish_hours:g} h, accepted in {limits.accept_hours:g} h"),
                Text("tăng finish_hours hoặc giảm accept_hours", "raise finish_hours or lower accept_hours"),
            )  # fmt: skip
        if final is None or group is None or limits is None:
            return
        self.categories.items[final] = ReportCategory(
            id=final, pack=pack, group=group, name=said(entry.name), description=said(entry.description),
            keywords={"vi": tuple(entry.keywords.vi), "en": tuple(entry.keywords.en)}, owner=entry.owner,
            severity=entry.severity, limits=limits, radius=entry.radius_m, recent_days=entry.recent_days,
            questions=questions, photo=entry.photo, place=entry.place, shown=entry.public,
            process=entry.process or process, examples=tuple(entry.examples), weight=entry.weight,
            file=document.path,
        )  # fmt: skip

    def _question(self, document: Document, at: Keys, entry: QuestionEntry) -> Question:
        choosing = entry.kind in ("choice", "multi")
        if choosing != bool(entry.options) or (choosing and len(entry.options) < 2):
            self.faults.add(
                document, (*at, "options") if entry.options else at, "PCK232",
                Text(f"câu hỏi “{entry.id}” cần ít nhất hai lựa chọn",
                    f'"{entry.id}" needs two options or more')
                if choosing
                else Text(f"câu hỏi “{entry.id}” không đọc options",
                f'"{entry.id}" does not read its options'),
                Text("thêm options", "add options") if choosing
                else Text("bỏ options, hoặc dùng kind: choice", "leave them out, or use kind: choice"),
            )  # fmt: skip
        self._twice(document, (*at, "options"), [o.id for o in entry.options])
        return Question(
            id=entry.id, label=said(entry.label), kind=entry.kind, required=entry.required,
            public=entry.public,
            options=tuple(Choice(id=o.id, name=said(o.name)) for o in entry.options),
        )  # fmt: skip

    def _twice(self, document: Document, path: Keys, ids: Sequence[str]) -> None:
        for id in sorted({i for i in ids if ids.count(i) > 1}):
            self.faults.add(
                document, path, "PCK024", Text(f"mã “{id}” dùng hai lần", f'the id "{id}" stands twice'),
                Text("đổi một trong hai mã", "change one of the two ids"),
            )  # fmt: skip

    def _keywords(self, document: Document, path: Keys, words: Sequence[str]) -> None:
        plain = [" ".join(w.casefold().split()) for w in words]
        for n, word in enumerate(plain):
            if not word or plain.index(word) < n:
                self.faults.add(
                    document, (*path, n), "PCK235",
                    Text(f"từ khóa “{word}” trống hoặc đã có",
                    f'the keyword "{word}" is empty or stands already'),
                    Text("bỏ dòng này", "remove this line"),
                )  # fmt: skip

    def _both_finishes(self, document: Document, path: Keys) -> None:
        self.faults.add(
            document, path, "PCK233",
            Text("có cả finish_hours lẫn finish_days", "both finish_hours and finish_days stand"),
            Text("giữ một trong hai", "keep one of the two"),
        )  # fmt: skip

    def _contradictions(self, document: Document, defaults: DefaultLimits) -> None:
        for name in ("every", "urgent", "normal", "complex"):
            one: LimitsEntry | None = getattr(defaults, name)
            if one is not None and one.finish_hours is not None and one.finish_days is not None:
                self._both_finishes(document, ("limits", name))

    def _phrases(self, file: ReportsFile) -> None:
        said = file.phrases
        assert said is not None  # `_once` gives files that have it
        self.phrases = ReportPhrases(
            openings=tuple(said.openings), wheres=tuple(said.wheres), closings=tuple(said.closings),
            remarks={name: tuple(words) for name, words in said.remarks.model_dump().items()},
            handled=tuple(said.handled),
        )  # fmt: skip

    def _refusals(self, pack: str, document: Document, file: ReportsFile) -> None:
        for n, one in enumerate(file.refusals):
            final = self.refusals.claim(pack, one.id, document, ("refusals", n, "id"), self.faults)
            if final:
                self.refusals.items[final] = RefusalReason(
                    id=final, pack=pack, name=said(one.name), says=said(one.says), go=said(one.go),
                    phone=one.phone, file=document.path,
                )  # fmt: skip

    def _answers(self, pack: str, document: Document, file: ReportsFile) -> None:
        for n, one in enumerate(file.answers):
            at: Keys = ("answers", n)
            final = self.answers.claim(pack, one.id, document, (*at, "id"), self.faults)
            groups = tuple(self.groups.find(pack, g) or "" for g in one.groups)
            for g, found in zip(one.groups, groups, strict=True):
                if not found:
                    self.faults.unknown(document, (*at, "groups"), "PCK230", g, self.groups.known(pack))
            for text in (one.text.vi, one.text.en):
                for blank in sorted(_blanks(text) - set(BLANKS)):
                    listed = ", ".join(BLANKS)
                    self.faults.add(
                        document, (*at, "text"), "PCK237",
                        Text(f"ô trống “{{{blank}}}” không có", f'there is no blank "{{{blank}}}"'),
                        Text(f"dùng một trong: {listed}", f"use one of: {listed}"),
                    )  # fmt: skip
            if final:
                self.answers.items[final] = CannedAnswer(
                    id=final, pack=pack, name=said(one.name), text=said(one.text), groups=groups,
                    outcome=one.outcome, file=document.path,
                )  # fmt: skip


def gather(sources: Mapping[str, PackSource], agencies: Mapping[str, Agency], faults: Faults) -> Reports:
    """What all packs declare, the first listed keeping the short ids."""
    out = Reports(agencies, faults)
    for id, source in sources.items():
        out.pack(id, source)
    return out


def resolved(defaults: DefaultLimits, entry: CategoryEntry) -> ReportLimits | None:
    """The limits of one category: the defaults, what its severity changes, what it changes itself.

    None when it says both hours and days to finish.
    """
    known: dict[str, object] = {}
    for layer in (defaults.every, getattr(defaults, entry.severity), entry.limits):
        if layer is None:
            continue
        if layer.finish_hours is not None and layer.finish_days is not None:
            return None
        said = {k: v for k, v in layer.model_dump().items() if v not in (None, "")}
        if "finish_hours" in said:
            known["finish_days"] = None
        if "finish_days" in said:
            known["finish_hours"] = None
        known |= said
    return ReportLimits(**known)  # type: ignore[arg-type]  # validated by the entries' own models


def _blanks(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return {text[:20]}
