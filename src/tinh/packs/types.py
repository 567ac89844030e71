"""Reading a column's type: the standard's logical types, or what a physical type amounts to."""

from __future__ import annotations

import re
from typing import get_args

from tinh.packs.models import Logical

LOGICAL: tuple[str, ...] = get_args(Logical)

# First match wins; physical types are compared in lower case, without their arguments.
_PHYSICAL: tuple[tuple[str, Logical], ...] = (
    (r"(array|list|repeated|set)\b.*|.*\[\]", "array"),
    (r"map\b.*", "map"),
    (r"(struct|record|object|row|json|jsonb|variant|super|document|hstore|nested|message)\b.*", "object"),
    (r"(vector|halfvec|embedding)\b.*", "vector"),
    (r"(bool|boolean|bit)", "boolean"),
    (
        r"(timestamp|datetime|timestamptz|timestampltz|timestampntz|smalldatetime|timestamp_\w+|datetime2|"
        r"datetimeoffset|instant|zoneddatetime|localdatetime)\b.*",
        "timestamp",
    ),
    (r"date(32|64)?", "date"),
    (r"(time|timetz|localtime)\b.*", "time"),
    (
        r"(u?(tiny|small|medium|big|hugeint|huge)?int(eger)?(8|16|32|64|128|256|2|4)?|long|short|"
        r"(small|big)?serial|byteint|year|u?int\w*|fixed|i(8|16|32|64)|u(8|16|32|64))( unsigned| signed)?",
        "integer",
    ),
    (
        r"(decimal|numeric|number|dec|float\w*|double( precision)?|real|money|smallmoney|bigdecimal|"
        r"bignumeric|f32|f64)\b.*",
        "number",
    ),
    (
        r"(var)?char\w*|n?(var)?char2?\w*|character( varying)?|text|(tiny|medium|long|n|ci)text|"
        r"string|str|clob|nclob|uuid|uniqueidentifier|guid|enum\w*|xml|inet|cidr|ipv4|ipv6|name|bpchar|keyword|url|uri|varying|"
        r"interval|geography|geometry|point|polygon|binary|varbinary|bytes|bytea|blob|raw|image|null|"
        r"objectid",
        "string",
    ),
)


def of_physical(text: str) -> Logical | None:
    """`DECIMAL(10,2)` → number, `varchar(18)` → string, `ARRAY<STRING>` → array."""
    whole = " ".join(text.strip().lower().split())
    bare = re.sub(r"\s*[(<].*$", "", whole)
    tail = whole[whole.rfind(")") + 1 :].strip() if ")" in whole else ""
    if bare in ("number", "numeric", "decimal", "dec") and _whole_digits(whole):
        return "integer"
    for candidate in (whole, f"{bare} {tail}".strip(), bare):
        for pattern, logical in _PHYSICAL:
            if re.fullmatch(pattern, candidate):
                return logical
    return None


def _whole_digits(text: str) -> bool:
    """`NUMBER(10)` and `DECIMAL(10, 0)` hold whole numbers."""
    match = re.search(r"\(\s*\d+\s*(?:,\s*(\d+)\s*)?\)", text)
    return match is not None and match.group(1) in (None, "0")


def logical_type(logical: str | None, physical: str | None, format: str = "") -> tuple[Logical, str]:
    """The type of a column, and how it was found: "declared", "inferred" or "guessed"."""
    if logical in LOGICAL:
        return _moment(logical, physical, format), "declared"  # type: ignore[arg-type]  # narrowed by `in`
    if logical:
        found = of_physical(logical)
        if found:
            return _moment(found, physical, format), "inferred"
    if physical:
        found = of_physical(physical)
        if found:
            return _moment(found, None, format), "inferred"
    return "string", "guessed" if logical or physical else "none"


def _moment(logical: Logical, physical: str | None, format: str) -> Logical:
    """Version 3.0 of the standard wrote moments and times of day as `date`."""
    if logical != "date":
        return logical
    bare = re.sub(r"'[^']*'", "", format)
    clock, day = bool(re.search("[HhKkmsSaAnN]", bare)), bool(re.search("[yudDLMQeEwW]", bare))
    if clock:
        return "timestamp" if day else "time"
    if not format and physical and of_physical(physical) in ("timestamp", "time"):
        return of_physical(physical) or logical
    return logical


_JDK = {
    "yyyy": "%Y",
    "uuuu": "%Y",
    "YYYY": "%Y",
    "yy": "%y",
    "uu": "%y",
    "MM": "%m",
    "M": "%m",
    "dd": "%d",
    "d": "%d",
    "MMM": "%b",
    "MMMM": "%B",
    "LL": "%m",
    "L": "%m",
    "HH": "%H",
    "H": "%H",
    "hh": "%I",
    "h": "%I",
    "mm": "%M",
    "m": "%M",
    "ss": "%S",
    "s": "%S",
    "a": "%p",
    "SSS": "%3f",
    "SSSSSS": "%6f",
    "SSSSSSSSS": "%9f",
    "DDD": "%j",
    "EEE": "%a",
    "EEEE": "%A",
    "E": "%a",
    "X": "%#z",
    "XX": "%z",
    "XXX": "%:z",
    "Z": "%z",
    "xx": "%z",
    "xxx": "%:z",
    "y": "%Y",
    "u": "%Y",
    "VV": "%Z",
    "z": "%Z",
}


def strptime_of(pattern: str) -> str | None:
    """A JDK DateTimeFormatter pattern as a strptime form (chrono's); None when it has none.

    A pattern that already holds % is taken as it is.
    """
    if "%" in pattern:
        return pattern
    out = []
    for match in re.finditer(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']", pattern):
        run = match.group(0)
        if run.startswith("'"):
            out.append(match.group(1).replace("''", "'") or "'")
        elif run.isalpha():
            form = _JDK.get(run)
            if form is None:
                return None
            out.append(form)
        else:
            out.append(run)
    joined = "".join(out)
    return joined.replace(".%3f", "%.3f").replace(".%6f", "%.6f").replace(".%9f", "%.9f") if out else None
