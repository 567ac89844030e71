"""Indicator files → indicators, checked against the datasets they read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tinh.kit import expr
from tinh.kit.errors import ExpressionError, Text
from tinh.kit.ids import digest
from tinh.kit.periods import GRAINS, Grain
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys
from tinh.packs.foreseen import Target
from tinh.packs.models import Benchmark, Dataset, Formula, Indicator, Maturity, Term
from tinh.packs.resolve import Register
from tinh.packs.shape import FORMULAS, DerivedEntry, IndicatorFile, SqlEntry, TermEntry, WeightedEntry, Words
from tinh.packs.words import Wordbook

_NUMERIC = ("number", "integer", "boolean")


@dataclass
class IndicatorDraft:
    document: Document
    entry: IndicatorFile
    pack: str
    maturity: Maturity
    words: Wordbook
    id: str
    words_id: str = ""  # where an older version has words of its own


class IndicatorCompiler:
    """Compiles the indicators of a province once every id is known."""

    def __init__(self, datasets: Register[Dataset], drafts: Register[IndicatorDraft], faults: Faults) -> None:
        self.datasets, self.drafts, self.faults = datasets, drafts, faults

    def compile(self, draft: IndicatorDraft) -> Indicator | None:
        self.draft, self.document, entry = draft, draft.document, draft.entry
        formula = self.formula(entry)
        if formula is None:
            return None
        through = self.through(entry, formula)
        self.coverage(entry, through)
        self.levels(entry, formula)
        if list(entry.bands) != sorted(set(entry.bands)):
            self.say(
                ("bands",),
                "PCK016",
                "các mốc màu phải tăng dần",
                "the bands must rise",
                Text("xếp từ nhỏ đến lớn", "order them from low to high"),
            )
        short, unit = entry.id, entry.unit

        def text(
            section: str, id: str, word: str, fallback: Text, about: Document, must: bool = False
        ) -> Text:
            found = draft.words.text(section, id, word, fallback, about, must)
            return draft.words.text(section, draft.words_id, word, found, about) if draft.words_id else found

        aims = tuple(
            Target(value=t.value, by=t.by, source=t.source, places=tuple(t.places)) for t in entry.targets
        )
        return Indicator(
            id=draft.id,
            pack=draft.pack,
            version=entry.version,
            name=text("indicators", short, "name", Text(short, short), self.document, must=True),
            definition=text("indicators", short, "definition", Text("", ""), self.document),
            unit=text("indicators", short, "unit", Text(unit.vi, unit.en or unit.vi), self.document),
            decimals=entry.decimals,
            direction=entry.direction,
            period=entry.period,
            through=through,
            min_coverage={str(g): share for g, share in entry.min_coverage.items()},
            over_time=entry.over_time,
            over_places=entry.over_places,
            places=tuple(entry.places),
            over_reforms=entry.over_reforms,
            formula=formula,
            targets=tuple(t for t in aims if not t.places),
            place_targets=tuple(t for t in aims if t.places),
            benchmarks=tuple(
                Benchmark(name=said(b.name), value=b.value, source=b.source) for b in entry.benchmarks
            ),
            bands=tuple(entry.bands),
            forecast=entry.forecast,
            maturity=entry.maturity or draft.maturity,
            replaces=(entry.replaces.version, entry.replaces.until) if entry.replaces else None,
            file=self.document.path,
            digest=digest(self.document.path.read_bytes() + formula.sql.encode()),
        )

    # ── formulas ──

    def formula(self, entry: IndicatorFile) -> Formula | None:
        declared = entry.formula
        kind = next(k for k in FORMULAS if getattr(declared, k) is not None)
        path: Keys = ("formula", kind)
        if declared.direct is not None:
            term = self.term(declared.direct, path)
            return Formula(kind="direct", terms=(term,)) if term else None
        if declared.ratio is not None:
            of = self.term(declared.ratio.of, (*path, "of"))
            to = self.term(declared.ratio.to, (*path, "to"))
            return Formula(kind="ratio", terms=(of, to), scale=declared.ratio.scale) if of and to else None
        if declared.weighted is not None:
            return self.weighted(declared.weighted, path)
        if declared.sql is not None:
            return self.sql(declared.sql, path)
        assert declared.derived is not None
        return self.derived(declared.derived, path)

    def dataset(self, id: str, path: Keys) -> Dataset | None:
        final = self.datasets.find(self.draft.pack, id)
        if final is None or final not in self.datasets.items:
            self.faults.unknown(self.document, path, "PCK031", id, self.datasets.known(self.draft.pack))
            return None
        return self.datasets.items[final]

    def term(self, entry: TermEntry, path: Keys) -> Term | None:
        dataset = self.dataset(entry.dataset, (*path, "dataset"))
        if dataset is None:
            return None
        fine = not entry.column or self.column(
            dataset, entry.column, (*path, "column"), entry.how != "count", entry.how
        )
        where = self.where(dataset, entry.where, (*path, "where"))
        if not fine or where is None:
            return None
        return Term(dataset=dataset.id, column=entry.column, how=entry.how, where=where)

    def weighted(self, entry: WeightedEntry, path: Keys) -> Formula | None:
        dataset = self.dataset(entry.dataset, (*path, "dataset"))
        if dataset is None:
            return None
        fine = [
            self.column(dataset, getattr(entry, k), (*path, k), True, "mean") for k in ("column", "weight")
        ]
        where = self.where(dataset, entry.where, (*path, "where"))
        if not all(fine) or where is None:
            return None
        term = Term(dataset=dataset.id, column=entry.column, how="mean", where=where)
        return Formula(kind="weighted", terms=(term,), weight=entry.weight, scale=entry.scale)

    def column(self, dataset: Dataset, name: str, path: Keys, numeric: bool, how: str) -> bool:
        columns = {c.name: c for c in dataset.columns}
        if name not in columns:
            self.faults.unknown(self.document, path, "PCK032", name, columns)
            return False
        logical = columns[name].logical
        if (
            numeric
            and logical not in _NUMERIC
            and not (how in ("min", "max", "last") and logical in ("date", "timestamp"))
        ):
            self.say(
                path,
                "PCK044",
                f"cột “{name}” kiểu {logical} không tính {how} được",
                f'the column "{name}" is {logical}; {how} needs numbers',
                Text("chọn cột số, hoặc dùng how: count", "choose a numeric column, or how: count"),
            )
            return False
        return True

    def where(self, dataset: Dataset, text: str, path: Keys) -> str | None:
        return checked(text, dataset, self.document, path, self.faults) if text else ""

    def sql(self, entry: SqlEntry, path: Keys) -> Formula | None:
        read = [self.dataset(id, (*path, "reads", i)) for i, id in enumerate(entry.reads)]
        file = (self.document.path.parent / entry.file).resolve()
        if not file.is_relative_to(self.document.path.parent.resolve()) or not file.is_file():
            self.say(
                (*path, "file"),
                "PCK036",
                f"không có tệp {entry.file} cạnh chỉ tiêu",
                f"no file {entry.file} beside the indicator",
                Text("đặt tệp SQL cùng thư mục", "put the SQL file into the same folder"),
            )
            return None
        query = _query(file)
        if query is None:
            self.say(
                (*path, "file"),
                "PCK036",
                f"{entry.file} phải là một câu SELECT ở mã UTF-8",
                f"{entry.file} must be one SELECT, in UTF-8",
                Text("viết SELECT place, period, value", "write SELECT place, period, value"),
            )
            return None
        if None in read:
            return None
        ids = [d.id for d in read if d is not None]
        for short, final in zip(entry.reads, ids, strict=True):
            if short != final:
                query = re.sub(rf'"{re.escape(short)}"', f'"{final}"', query)
        return Formula(kind="sql", sql=query, datasets=tuple(ids))

    def derived(self, entry: DerivedEntry, path: Keys) -> Formula | None:
        ids: list[str] = []
        names: dict[str, str] = {}
        for i, short in enumerate(entry.from_):
            final = self.drafts.find(self.draft.pack, short)
            if final is None:
                self.faults.unknown(
                    self.document, (*path, "from", i), "PCK033", short, self.drafts.known(self.draft.pack)
                )
                continue
            ids.append(final)
            names[variable(short)] = variable(final)
        parsed = parse(entry.expression, self.document, (*path, "expression"), self.faults)
        if parsed is None or len(ids) < len(entry.from_):
            return None
        for name in sorted(parsed.names - set(names)):
            self.faults.unknown(self.document, (*path, "expression"), "PCK041", name, names)
        if parsed.names - set(names):
            return None
        return Formula(
            kind="derived", indicators=tuple(dict.fromkeys(ids)), expression=parsed.renamed(names).text()
        )

    # ── grains, coverage, levels ──

    def through(self, entry: IndicatorFile, formula: Formula) -> tuple[Grain, ...]:
        start = self.grain(formula)
        ladder = tuple(entry.through) or tuple(dict.fromkeys((start or entry.period, entry.period)))
        ranks = [GRAINS.index(g) for g in ladder]
        path: Keys = ("through",) if entry.through else ("period",)
        cure = Text(
            f"viết từ kỳ của dữ liệu đến period, ví dụ [{start or 'day'}, {entry.period}]",
            f"climb from the dataset's grain to `period`, such as [{start or 'day'}, {entry.period}]",
        )
        if ranks != sorted(set(ranks)):
            self.say(path, "PCK043", "các kỳ phải lớn dần", "the grains must grow", cure)
        elif ladder[-1] != entry.period:
            self.say(
                path,
                "PCK043",
                f"kỳ cuối phải là {entry.period}",
                f"the last grain must be {entry.period}",
                cure,
            )
        elif start and ladder[0] != start:
            self.say(
                path,
                "PCK043",
                f"kỳ đầu phải là kỳ của dữ liệu, {start}",
                f"the first grain must be the dataset's own, {start}",
                cure,
            )
        return ladder

    def grain(self, formula: Formula) -> Grain | None:
        """The grain rows come in; None for a register, whose state is taken at any period's end."""
        if not formula.terms:
            return None
        dataset = self.datasets.items[formula.terms[0].dataset]
        return dataset.period.every if dataset.period is not None and dataset.kind != "register" else None

    def coverage(self, entry: IndicatorFile, through: tuple[Grain, ...]) -> None:
        for grain in entry.min_coverage:
            if grain not in through[1:]:
                self.say(
                    ("min_coverage", grain),
                    "PCK045",
                    f"“{grain}” không được leo tới trong through",
                    f'"{grain}" is not climbed to in `through`',
                    Text(
                        f"thêm {grain} vào through, hoặc bỏ mức này",
                        f"add {grain} to `through`, or remove it",
                    ),
                )

    def levels(self, entry: IndicatorFile, formula: Formula) -> None:
        """Place levels above a row's own need a dataset that says where its rows are."""
        if not {"commune", "province"} & set(entry.places):
            return
        for id in dict.fromkeys(t.dataset for t in formula.terms):
            if self.datasets.items[id].place is None:
                self.say(
                    ("formula",),
                    "PCK047",
                    f"bộ dữ liệu “{id}” chưa gắn địa bàn; mọi dòng tính cho cả tỉnh",
                    f'the dataset "{id}" binds no place; all rows count for the province',
                    Text("thêm place vào khối tinh của hợp đồng", "add place to the contract's tinh block"),
                    warning=True,
                )

    def say(self, path: Keys, code: str, vi: str, en: str, cure: Text, warning: bool = False) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), cure, "warning" if warning else "error")


def variable(id: str) -> str:
    """How an indicator's id is written inside an expression."""
    return re.sub(r"\W", "_", id)


def said(words: Words) -> Text:
    return Text(words.vi, words.en or words.vi)


def parse(text: str, document: Document, path: Keys, faults: Faults) -> expr.Expression | None:
    try:
        return expr.parse(text)
    except ExpressionError as error:
        faults.add(document, path, "PCK040", error.detail(), error.remedy())
        return None


def checked(text: str, dataset: Dataset, document: Document, path: Keys, faults: Faults) -> str | None:
    """An expression over a dataset's columns, dates read as dates; None with findings when it is not."""
    parsed = parse(text, document, path, faults)
    if parsed is None:
        return None
    names = {c.name for c in dataset.columns}
    strange = sorted(parsed.names - names)
    for name in strange:
        faults.unknown(document, path, "PCK041", name, names)
    if strange:
        return None
    dates = {c.name for c in dataset.columns if c.logical in ("date", "timestamp")}
    return parsed.with_dates(dates).text() if dates & parsed.names else text


def circles(drafts: Register[IndicatorDraft], formulas: dict[str, Formula], faults: Faults) -> None:
    """Derived indicators that lead back to themselves."""
    done: set[str] = set()

    def walk(id: str, way: tuple[str, ...]) -> None:
        if id in way:
            ring = (*way[way.index(id) :], id)
            draft = drafts.items[id]
            shown = " → ".join(ring)
            faults.add(
                draft.document,
                ("formula", "derived", "from"),
                "PCK042",
                Text(f"chỉ tiêu quay vòng: {shown}", f"the indicators go in a circle: {shown}"),
                Text("bỏ một mắt xích", "take one link out"),
            )
            done.update(ring)
        if id in done or id not in formulas:
            return
        for inner in formulas[id].indicators:
            walk(inner, (*way, id))
        done.add(id)

    for id in formulas:
        walk(id, ())


def _query(file: Path) -> str | None:
    try:
        query = file.read_text("utf-8").strip().rstrip(";").strip()
    except (OSError, UnicodeDecodeError):
        return None
    bare = re.sub(r"--[^\n]*|/\*.*?\*/|'[^']*'", " ", query, flags=re.S)
    return query if re.match(r"\s*(select|with)\b", bare, re.I) and ";" not in bare else None
