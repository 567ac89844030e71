"""Quality entries of ODCS: library metrics and SQL become rules, text and custom are carried."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, get_args

from tinh.kit.errors import Level, Text
from tinh.kit.yamltree import Document
from tinh.packs.findings import Faults, Keys, nearest
from tinh.packs.models import Operator
from tinh.packs.options import number, readable_pattern
from tinh.packs.rules import Rulebook, slug

OPERATORS: tuple[str, ...] = get_args(Operator.model_fields["name"].annotation)
METRICS = ("nullValues", "missingValues", "invalidValues", "duplicateValues", "rowCount")
# Functions of the engine that open files, anywhere in the text: quotes and comments hide nothing.
_FILES = re.compile(
    r"(?i)\b(read|scan)_(csv|parquet|ipc|ipc_stream|json|ndjson|jsonl|avro|delta|iceberg|lines)\b"
)

TYPES = {"library": "executed", "sql": "executed", "text": "carried", "custom": "carried"}
_OLD_OPERATORS = {
    "mustBeGreaterThanOrEqualTo": "mustBeGreaterOrEqualTo",
    "mustBeLessThanOrEqualTo": "mustBeLessOrEqualTo",
    "mustBeGreaterThanOrEqual": "mustBeGreaterOrEqualTo",
    "mustBeLessThanOrEqual": "mustBeLessOrEqualTo",
}
# Names of library rules before 3.1, and the operator they meant when none is written.
OLD_METRICS: dict[str, str] = {
    "nullCheck": "nullValues",
    "nullCount": "nullValues",
    "notNull": "nullValues",
    "nullPercentage": "nullValues",
    "missingCount": "missingValues",
    "invalidCount": "invalidValues",
    "validValues": "invalidValues",
    "duplicateCount": "duplicateValues",
    "uniqueCheck": "duplicateValues",
    "duplicateCheck": "duplicateValues",
    "duplicatePercentage": "duplicateValues",
    "unique": "duplicateValues",
    "countCheck": "rowCount",
}
_MISSING = (None, "", "N/A", "n/a", "NA", "null", "NULL")

Entry = dict[str, Any]


def reads_files(query: str) -> bool:
    """Whether a query of a contract would reach beyond the received rows."""
    return bool(_FILES.search(query))


class Quality:
    """The quality entries at one place of a contract: a column's, or the whole dataset's."""

    def __init__(
        self,
        book: Rulebook,
        faults: Faults,
        document: Document,
        path: Keys,
        columns: dict[str, str],
        tables: tuple[str, ...],
        column: str = "",
    ) -> None:
        self.book, self.faults, self.document, self.path = book, faults, document, path
        self.columns, self.tables, self.column = columns, tables, column

    def compile(self, entries: list[Entry]) -> None:
        for at, entry in enumerate(entries):
            path = (*self.path, "quality", at)
            metric = entry.get("metric") or entry.get("rule")
            kind = entry.get("type") or ("library" if metric else "sql" if entry.get("query") else "text")
            if kind == "library":
                self.library(path, entry, metric)
            elif kind == "sql":
                self.sql(path, entry)
            else:
                self.carry(entry, str(kind), _REASONS.get(str(kind), _REASONS["other"]))
                if kind not in TYPES:
                    self.say(
                        path,
                        "PCK053",
                        f"không có loại “{kind}”",
                        f'no type "{kind}"',
                        nearest(str(kind), TYPES),
                    )

    def library(self, path: Keys, entry: Entry, metric: Any) -> None:
        name = str(metric or "")
        if name in OLD_METRICS:
            self.say(
                path,
                "PCK050",
                f"“{name}” là tên cũ của {OLD_METRICS[name]}",
                f'"{name}" is an old name of {OLD_METRICS[name]}',
                Text(f"viết metric: {OLD_METRICS[name]}", f"write metric: {OLD_METRICS[name]}"),
            )
        if "Percent" in name:
            entry = {"unit": "percent", **entry}
        old, name = name, OLD_METRICS.get(name, name)
        if name not in METRICS:
            self.refuse(
                path, entry, f"không có chỉ số “{name}”", f'no metric "{name}"', nearest(name, METRICS)
            )
            return
        operators = self.operators(path, entry, old)
        arguments = self.arguments(path, entry, name)
        if operators is None or arguments is None:
            return
        unit = str(entry.get("unit") or "rows").lower()
        if name == "rowCount":
            unit = "rows"
        if unit in ("percentage", "%", "pct"):
            unit = "percent"
        if unit not in ("rows", "percent"):
            self.refuse(
                path,
                entry,
                f"đơn vị “{unit}” không đo được",
                f'the unit "{unit}" cannot be measured',
                Text("dùng rows hoặc percent", "use rows or percent"),
            )
            return
        columns = self.of(path, entry, name, arguments)
        if columns is None:
            return
        severity = _severity(entry)
        for operator in operators:
            none = operator.name == "mustBe" and operator.value in (0, 0.0) and name != "rowCount"
            self.book.add(
                self.id(entry, slug(name)),
                "metric",
                columns,
                {"name": name, "unit": unit, "arguments": arguments},
                operator=operator,
                holds=none and severity == "error",
                severity=severity,
                says=_said(entry),
            )

    def operators(self, path: Keys, entry: Entry, old: str) -> list[Operator] | None:
        found = []
        for key, value in entry.items():
            name = _OLD_OPERATORS.get(key, key)
            if name not in OPERATORS or value is None:
                continue
            operator = _operator(name, value)
            if operator is None:
                self.refuse(
                    path,
                    entry,
                    f"“{key}: {value}” không so sánh được",
                    f'"{key}: {value}" cannot be compared',
                    Text("viết một số (hoặc [nhỏ, lớn])", "write a number (or [low, high])"),
                )
                return None
            found.append(operator)
        if not found and old in OLD_METRICS:
            return (
                [Operator(name="mustBe", value=0)]
                if OLD_METRICS[old] != "rowCount"
                else [Operator(name="mustBeGreaterThan", value=0)]
            )
        if not found:
            self.refuse(
                path,
                entry,
                "quy tắc không có phép so sánh",
                "the rule has no operator",
                Text("thêm một trong tám phép, ví dụ mustBe: 0", "add one of the eight, such as mustBe: 0"),
            )
            return None
        if len(found) > 1:
            self.say(
                path,
                "PCK050",
                "chuẩn cho phép một phép so sánh mỗi quy tắc",
                "the standard allows one operator a rule",
                Text("mỗi phép thành một quy tắc riêng", "each has become a rule of its own"),
            )
        return found

    def arguments(self, path: Keys, entry: Entry, name: str) -> Entry | None:
        arguments = dict(entry.get("arguments") or {})
        for loose in (
            "validValues",
            "pattern",
            "missingValues",
            "properties",
        ):  # some write them beside `metric`
            if entry.get(loose) is not None:
                arguments.setdefault(loose, entry[loose])
        if name == "missingValues":
            arguments.setdefault("missingValues", list(_MISSING))
        if name == "invalidValues":
            values, pattern = arguments.get("validValues"), arguments.get("pattern")
            if values is None and pattern is None and not {"minLength", "maxLength"} & set(arguments):
                self.refuse(
                    path,
                    entry,
                    "invalidValues thiếu validValues hoặc pattern",
                    "invalidValues lacks validValues or pattern",
                    Text("thêm arguments", "add arguments"),
                )
                return None
            if pattern is not None:
                regex = readable_pattern(str(pattern))
                if regex is None:
                    self.refuse(
                        path,
                        entry,
                        "không đọc được mẫu (regex)",
                        "the pattern cannot be read",
                        Text("sửa mẫu", "mend the pattern"),
                        code="PCK057",
                    )
                    return None
                arguments["pattern"] = regex
            if values is not None and not isinstance(values, list):
                arguments["validValues"] = [values]
        return arguments

    def of(self, path: Keys, entry: Entry, name: str, arguments: Entry) -> tuple[str, ...] | None:
        """The columns a metric looks at."""
        if name == "rowCount":
            return ()
        listed = arguments.get("properties")
        names = [str(n) for n in listed] if isinstance(listed, list) else [self.column] if self.column else []
        if not names:
            named = next((entry[k] for k in ("column", "element") if isinstance(entry.get(k), str)), "")
            names = [named] if named else []
        if not names and name == "duplicateValues":
            return tuple(dict.fromkeys(self.columns.values()))  # whole rows
        found = [self.columns.get(n) for n in names]
        for n, column in zip(names, found, strict=True):
            if column is None:
                self.faults.unknown(self.document, path, "PCK032", n, self.columns, "warning")
        if not names or None in found:
            self.carry(entry, "library", _REASONS["nowhere"])
            if not names:
                self.say(
                    path,
                    "PCK053",
                    f"“{name}” cần đứng ở một cột",
                    f'"{name}" must stand at a column',
                    Text("chuyển quy tắc vào cột", "move the rule to the column"),
                )
            return None
        columns = tuple(c for c in found if c is not None)
        if isinstance(listed, list):
            arguments["properties"] = list(columns)
        return columns

    def sql(self, path: Keys, entry: Entry) -> None:
        query = str(entry.get("query") or "").strip().rstrip(";").strip()
        if not re.match(r"(?is)\s*(\(|select\b|with\b)", query) or ";" in re.sub(r"'[^']*'", "", query):
            self.refuse(
                path,
                entry,
                "truy vấn phải là một câu SELECT",
                "the query must be one SELECT",
                Text("viết một câu SELECT trả về một giá trị", "write one SELECT that gives one value"),
            )
            return
        if reads_files(query):
            self.refuse(
                path,
                entry,
                "truy vấn chỉ được đọc các dòng nhận được, không đọc tệp",
                "the query may read the received rows only, no files",
                Text("dùng ${table} làm bảng", "use ${table} as the table"),
            )
            return
        operators = self.operators(path, entry, "")
        if operators is None:
            return
        placed = placeholders(query, self.column)
        left = [v for v in re.findall(r"\$\{(\w+)", placed) if v != "table"]
        if left:
            self.refuse(
                path,
                entry,
                f"truy vấn cần biến {', '.join(left)} không có ở đây",
                f"the query needs the variables {', '.join(left)}, which are not known here",
                Text("viết giá trị vào truy vấn", "write the value into the query"),
            )
            return
        for operator in operators:
            self.book.add(
                self.id(entry, "sql"),
                "sql",
                (self.column,) if self.column else (),
                {"query": placed, "tables": list(self.tables), "unit": str(entry.get("unit") or "")},
                operator=operator,
                holds=False,
                severity=_severity(entry),
                says=_said(entry),
            )

    def id(self, entry: Entry, kind: str) -> str:
        own = slug(str(entry.get("id") or "")) or slug(str(entry.get("name") or ""))
        return own or (f"{self.column}-{kind}" if self.column else kind)

    def refuse(self, path: Keys, entry: Entry, vi: str, en: str, cure: Text, code: str = "PCK053") -> None:
        """Keep the entry without executing it, and say so."""
        self.say(path, code, vi, en, cure)
        self.carry(entry, str(entry.get("type") or "library"), Text(vi, en))

    def say(self, path: Keys, code: str, vi: str, en: str, cure: Text, level: Level = "warning") -> None:
        self.faults.add(self.document, path, code, Text(vi, en), cure, level)

    def carry(self, entry: Entry, type: str, reason: Text) -> None:
        text = (
            entry.get("description") or entry.get("implementation") or entry.get("query") or entry.get("name")
        )
        shown = text if isinstance(text, str) else json.dumps(text or entry, ensure_ascii=False, default=str)
        self.book.carry(self.column or self.tables[0], type, shown, reason)


_REASONS = {
    "text": Text(
        "quy tắc viết bằng lời, không máy nào kiểm được", "written in words; no machine can check it"
    ),
    "custom": Text("quy tắc của công cụ khác", "a rule of another tool"),
    "nowhere": Text("quy tắc không chỉ đúng cột", "the rule names no column there is"),
    "other": Text("loại quy tắc không có trong chuẩn", "a type of rule the standard does not have"),
}


def placeholders(query: str, column: str) -> str:
    """The query with the column written in, and every spelling of the table as `${table}`."""
    query = re.sub(r"\$?\{\s*(?:table|object|model|schema|dataset)\s*\}", "${table}", query, flags=re.I)
    if column:
        plain = re.fullmatch(r"[A-Za-z_]\w*", column)
        query = re.sub(
            r"([\"`]?)\$?\{\s*(?:column|property|field|element)\s*\}\1",
            lambda m: column if plain and not m.group(1) else f'"{column}"',
            query,
            flags=re.I,
        )
    return query


def _operator(name: str, value: Any) -> Operator | None:
    if name.endswith("Between"):
        if not isinstance(value, list) or len(value) != 2:
            return None
        ends = [number(v) for v in value]
        if None in ends:
            return None
        return Operator.model_validate(
            {"name": name, "value": tuple(sorted(e for e in ends if e is not None))}
        )
    plain = number(value)
    if plain is None and name in ("mustBe", "mustNotBe") and isinstance(value, str | bool):
        return Operator.model_validate({"name": name, "value": value})
    return None if plain is None else Operator.model_validate({"name": name, "value": plain})


def _severity(entry: Entry) -> Literal["error", "warning"]:
    word = str(entry.get("severity") or "error").lower()
    return (
        "warning" if word in ("warning", "warn", "info", "information", "low", "minor", "notice") else "error"
    )


def _said(entry: Entry) -> Text | None:
    """The contract's own sentence stands in both languages until the locale says it better."""
    text = entry.get("description")
    return Text(text.strip(), text.strip()) if isinstance(text, str) and text.strip() else None
