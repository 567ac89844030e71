"""A drafted contract tried on the very file it came from: compiled, read, judged, loosened."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from tinh.flow.understanding import Sheet
from tinh.gate.api import Judgement, Known, Loosened, Remark, TableProfile, draft, judge
from tinh.kit.errors import Text, TinhError
from tinh.kit.ids import digest
from tinh.packs.api import Catalogue, Dataset, load
from tinh.places.api import gazetteer
from tinh.sources.api import Receipt, clean, read

MOST_TRIES = 12
_BY_COLUMN = (
    ("-type", "type"),
    ("-required", "required"),
    ("-enum", "enum"),
    ("-pattern", "pattern"),
    ("-format", "format"),
)


def layout_of(sheet: Sheet, table: TableProfile) -> dict[str, Any]:
    """What reading the file takes beyond finding out."""
    out: dict[str, Any] = {}
    if sheet.grid.delimiter and sheet.grid.delimiter not in (",", ";", "\t"):
        out["delimiter"] = sheet.grid.delimiter
    if sheet.head.depth > 1:
        out["header_rows"] = sheet.head.depth
        out["header_at"] = sheet.grid.first + sheet.head.top
    if table.fixed:
        out["fixed"] = [dict(entry) for entry in table.fixed]
    return out


def tried_draft(
    path: Path,
    filename: str,
    table: TableProfile,
    id: str,
    title: str,
    owner: str,
    sheet: Sheet,
    catalogue: Catalogue | None,
    remarks: tuple[Remark, ...],
    now: Any,
    tried: bool,
) -> tuple[str, list[dict[str, Any]], dict[str, Any] | None, list[Remark]]:
    """Draft, compile, judge; loosen what the file does not keep to; again."""
    loose = Loosened()
    more: list[Remark] = []
    text = ""
    findings: list[dict[str, Any]] = []
    verdict: dict[str, Any] | None = None
    for _ in range(MOST_TRIES):
        text = draft(table, id, title, owner, layout_of(sheet, table), loose, (*remarks, *more))
        dataset, findings = compiled(text, id)
        if dataset is None or not tried:
            break
        try:
            judgement = judged(path, filename, dataset, catalogue, now)
        except TinhError as error:
            verdict = {
                "verdict": "refused",
                "received": 0,
                "accepted": 0,
                "held": 0,
                "problem": error.as_dict(),
            }
            break
        verdict = judgement.verdict.as_dict()
        news = _loosen(judgement, table, loose)
        if judgement.verdict.outcome == "accepted" or not news:
            break
        more += news
    return text, findings, verdict, more


def judged(
    path: Path, filename: str, dataset: Dataset, catalogue: Catalogue | None, now: Any, table: Any = None
) -> Judgement:
    """What the gate would say of a file, with nothing stored."""
    cells = clean(table if table is not None else read(path, dataset, filename), dataset)
    receipt = Receipt(
        id="thu",
        dataset=dataset.id,
        digest=digest(b""),
        size=path.stat().st_size,
        filename=filename,
        channel="file",
        sender="",
        received_at=now,
    )
    place = catalogue.place if catalogue else ""
    zone = catalogue.timezone if catalogue else "Asia/Ho_Chi_Minh"
    return judge(
        cells, dataset, receipt, Known(now=now, province=place, gazetteer=gazetteer(), timezone=zone)
    )


def compiled(text: str, id: str) -> tuple[Dataset | None, list[dict[str, Any]]]:
    """A contract's text compiled in a pack of its own, with the findings of `tinh check`."""
    with tempfile.TemporaryDirectory(prefix="tinh-nhap-") as folder:
        root = Path(folder)
        pack = root / "packs" / "nhap"
        (pack / "datasets").mkdir(parents=True)
        (pack / "pack.yaml").write_text("format: 1\nid: nhap\nversion: 0.1.0\n", encoding="utf-8")
        (pack / "locale").mkdir()
        for language in ("vi", "en"):  # words are written last, by people; the draft is tried without them
            words = f"pack: {{name: nhap}}\ndatasets:\n  {id}: {{name: nhap}}\n"
            (pack / "locale" / f"{language}.yaml").write_text(words, encoding="utf-8")
        (pack / "datasets" / f"{id}.odcs.yaml").write_text(text, encoding="utf-8")
        province = root / "province"
        province.mkdir()
        (province / "province.yaml").write_text(
            'format: 1\nid: thu\nname: {vi: Thử, en: Trial}\nplace: "19"\npacks: [nhap]\n', encoding="utf-8"
        )
        done = load(province)
        findings = [
            {**f.as_dict(), "file": f"{id}.odcs.yaml"}
            for f in done.findings
            if f.file.name == f"{id}.odcs.yaml"
        ]
        found = next(iter(done.catalogue.datasets.values()), None) if done.catalogue else None
        return found, findings


def _loosen(judgement: Judgement, table: TableProfile, loose: Loosened) -> list[Remark]:
    """What was too strict for the very file, set aside and said."""
    out: list[Remark] = []
    names = {c.name for c in table.columns}
    reasons = [r.rule for r in judgement.verdict.reasons if r.rows]
    for rule in reasons:
        if rule in ("place", "period", "key", "duplicate"):
            what = "key" if rule == "duplicate" else rule
            if what not in loose.bindings:
                loose.bindings.add(what)
                out.append(_said(rule, judgement))
            continue
        for name in sorted(names, key=len, reverse=True):
            if rule.startswith(f"{name}-"):
                what = next((w for tail, w in _BY_COLUMN if rule == name + tail), "range")
                if loose.loosen(name, what):
                    out.append(_said(rule, judgement, name))
                break
    return out


_LEFT_OUT = {
    "place": Text(
        "có nơi không tìm thấy vào ngày của số liệu, nên chưa gắn cột địa phương",
        "some places do not stand on the day of their row, so no place is bound",
    ),
    "period": Text(
        "có kỳ không đọc được hoặc ở sau hôm nay, nên chưa gắn cột kỳ",
        "some periods cannot be read or lie ahead, so no period is bound",
    ),
    "key": Text(
        "khóa đoán được không phân biệt hết các dòng, nên chưa khai khóa",
        "the guessed key does not tell all rows apart, so none is declared",
    ),
    "duplicate": Text("có dòng lặp lại, nên chưa khai khóa", "rows repeat, so no key is declared"),
}


def _said(rule: str, judgement: Judgement, column: str = "") -> Remark:
    count = next(r.rows for r in judgement.verdict.reasons if r.rule == rule)
    rows: tuple[str, ...] = ()
    if judgement.held.height and "_rules" in judgement.held.columns:
        hit = judgement.held.filter(pl.col("_rules").list.contains(rule))
        rows = tuple(str(r) for r in hit["_row"].head(5).to_list())
    base = _LEFT_OUT.get(rule) or Text(
        f"{count} dòng không đạt quy tắc {rule}, nên quy tắc ấy chưa khai",
        f"{count} rows fail {rule}, so that rule is not declared",
    )
    return Remark("loosened", base, column, rows)
