"""Date patterns as contracts write them (JDK, `dd/MM/yyyy`) turned into Polars' own."""

from __future__ import annotations

import re

import polars as pl

_JDK = {
    "yyyy": "%Y", "uuuu": "%Y", "yy": "%y", "MM": "%m", "M": "%-m", "MMM": "%b", "MMMM": "%B",
    "dd": "%d", "d": "%-d", "HH": "%H", "H": "%-H", "hh": "%I", "h": "%-I", "mm": "%M", "m": "%-M",
    "ss": "%S", "s": "%-S", "S": "%1f", "SS": "%2f", "SSS": "%3f", "SSSSSS": "%6f", "SSSSSSSSS": "%9f",
    "a": "%p", "XXX": "%:z", "XX": "%z", "X": "%#z", "Z": "%z", "ZZZZZ": "%:z", "EEE": "%a", "EEEE": "%A",
    "DDD": "%j", "y": "%Y", "u": "%Y",
}  # fmt: skip
_PIECE = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|.", re.DOTALL)


def strptime(pattern: str) -> str | None:
    """The strptime form of a JDK pattern (one that holds `%` is strptime already); None when
    it uses a letter we do not know."""
    if "%" in pattern:
        return pattern
    out = []
    for piece in _PIECE.finditer(pattern.strip()):
        text = piece.group()
        if piece.group(1) is not None:
            out.append(piece.group(1).replace("''", "'") or "'")
        elif piece.group(2):
            known = _JDK.get(text)
            if known is None:
                return None
            out.append(known)
        else:
            out.append(text)
    joined = "".join(out)
    for digits in "123456789":
        joined = joined.replace(f".%{digits}f", f"%.{digits}f" if digits in "369" else "%.f")
    return joined


def lenient(pattern: str) -> str:
    """chrono reads one or two digits for %d, %m, %H alike; only printing needs the dash."""
    return re.sub(r"%-([dmHIMS])", r"%\1", pattern)


def has_time(pattern: str) -> bool:
    return any(mark in pattern for mark in ("%H", "%I", "%-H", "%-I", "%T", "%R", "%s"))


def has_offset(pattern: str) -> bool:
    return any(mark in pattern for mark in ("%z", "%:z", "%#z", "%+"))


SERIAL = "serial"


def of_serial(value: pl.Expr, moment: bool, epoch_1904: bool) -> pl.Expr:
    """Day numbers of a spreadsheet → ISO 8601; only five digits (1927 to 2173), so that a bare year
    or a day written 20250401 is never taken for one."""
    serial = pl.when(value.str.contains(r"^[1-9]\d{4}(?:\.\d+)?$")).then(value.cast(pl.Float64, strict=False))
    start = pl.datetime(1904, 1, 1) if epoch_1904 else pl.datetime(1899, 12, 30)
    seconds = pl.duration(seconds=(serial * 86_400).round(), time_unit="us")
    at = (start + seconds).cast(pl.Datetime("us"))
    clock = at.dt.strftime("%Y-%m-%dT%H:%M:%S")
    return clock if moment else pl.when(serial == serial.floor()).then(at.dt.strftime("%Y-%m-%d"))
