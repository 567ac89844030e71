"""JSON and NDJSON: records of named values, turned into columns of text."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import NoneType
from typing import Any, NoReturn

import polars as pl

from tinh.packs.api import Dataset
from tinh.sources import headers, letters, limits
from tinh.sources.errors import BadJson, CutShort, HeaderOnly, NoRecords, TooDeep, TooLarge
from tinh.sources.table import AT, ROW, Table

Record = Mapping[str, Any]
PLACED = (
    ".sql.ndjson",
    ".mqtt.ndjson",
    ".cloudevents.ndjson",
)  # of databases and brokers: each record says where it stood


def read_json(text: bytes, dataset: Dataset, filename: str, encoding: str) -> Table:
    """A list of objects, or an object that holds one (at `layout.records`, or the only one)."""
    if len(text) > limits.JSON_BYTES:
        raise TooLarge(
            filename=filename,
            size=limits.size_text(len(text)),
            limit=limits.size_text(limits.JSON_BYTES),
            format="JSON",
        )
    document = _parse(text, filename)
    return table(_records(document, dataset.layout.records, filename), dataset, filename, "json", encoding)


def read_ndjson(text: bytes, dataset: Dataset, filename: str, encoding: str) -> Table:
    """One object a line; blank lines do not count."""
    return table(ndjson_records(text, filename), dataset, filename, "ndjson", encoding)


def ndjson_records(text: bytes, filename: str, before: int = 0, last: bool = True) -> list[Record]:
    """The records of a text, or of a piece of one after `before` lines; `last`: nothing follows it."""
    lines = text.split(b"\n")
    at_once = _at_once(lines)
    if at_once is not None:
        return at_once
    records: list[Record] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except RecursionError as error:
            raise TooDeep(filename=filename) from error
        except ValueError as error:
            if last and number == len(lines):
                raise CutShort(
                    filename=filename,
                    where_vi=f"bản ghi cuối cùng (dòng {before + number}) không trọn vẹn",
                    where_en=f"its last record (line {before + number}) is incomplete",
                ) from error
            _malformed(error, filename, before + number)
        if not isinstance(record, dict):
            raise BadJson(
                filename=filename,
                line=before + number,
                column=1,
                reason="không phải đối tượng / not an object",
            )
        records.append(record)
    return records


def _at_once(lines: list[bytes]) -> list[Record] | None:
    """All lines parsed as one list, several times faster; None when any of them needs a closer look."""
    whole = [line for line in (raw.strip() for raw in lines) if line]
    if not all(line[:1] == b"{" and line[-1:] == b"}" for line in whole):
        return None
    try:
        records = json.loads(b"[" + b",".join(whole) + b"]")
    except (ValueError, RecursionError):
        return None
    return records if len(records) == len(whole) and set(map(type, records)) == {dict} else None


def looks_like_ndjson(head: bytes) -> bool:
    """The first line is a whole object and another object follows; or it is all there is and
    holds no list of objects itself."""
    first, _, rest = head.lstrip().partition(b"\n")
    try:
        record = json.loads(first)
    except (ValueError, RecursionError):
        return False
    if not isinstance(record, dict):
        return False
    if rest.strip():
        return rest.lstrip()[:1] == b"{"
    return not any(_lists_of_objects(record, 0))


def _parse(text: bytes, filename: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise TooDeep(filename=filename) from error
    except json.JSONDecodeError as error:
        rest = error.doc[error.pos :].strip()
        if not rest or error.msg.startswith("Unterminated string"):
            raise CutShort(
                filename=filename,
                where_vi=f"JSON dừng giữa chừng ở dòng {error.lineno}",
                where_en=f"the JSON stops in the middle of line {error.lineno}",
            ) from error
        _malformed(error, filename)
    except ValueError as error:
        _malformed(error, filename)


def _malformed(error: ValueError, filename: str, line: int | None = None) -> NoReturn:
    at = (error.lineno, error.colno) if isinstance(error, json.JSONDecodeError) else (1, 1)
    reason = error.msg if isinstance(error, json.JSONDecodeError) else "số quá dài / a number is too long"
    raise BadJson(filename=filename, line=line or at[0], column=at[1], reason=reason) from error


def _records(document: Any, path: str, filename: str) -> list[Record]:
    found = document
    if path:
        for key in path.split("."):
            found = found.get(key) if isinstance(found, dict) else None
    elif isinstance(document, dict):
        lists = list(_lists_of_objects(document, 0))
        found = lists[0] if len(lists) == 1 else None
    if isinstance(found, list) and all(isinstance(r, dict) for r in found):
        return found
    raise NoRecords(
        filename=filename,
        place_vi=f" tại “{path}”" if path else "",
        place_en=f" at “{path}”" if path else "",
    )


def _lists_of_objects(value: dict[str, Any], depth: int) -> Iterable[list[Record]]:
    for inner in value.values():
        if isinstance(inner, list) and inner and all(isinstance(r, dict) for r in inner):
            yield inner
        elif isinstance(inner, dict) and depth < 4:
            yield from _lists_of_objects(inner, depth + 1)


def names_of(records: Iterable[Record]) -> list[str]:
    return list(dict.fromkeys(key for record in records for key in record))


def table(
    records: list[Record],
    dataset: Dataset,
    filename: str,
    form: str,
    encoding: str,
    names: list[str] | None = None,
    first: int = 1,
) -> Table:
    """Records as columns of text. A piece of a larger text is told all `names` that occur in it and
    the number of its first record."""
    if not records and names is None:
        raise HeaderOnly(filename=filename)
    names = names_of(records) if names is None else names
    placed = filename.endswith(PLACED) and AT in names
    names = [name for name in names if not (placed and name == AT)]
    shown = letters.mend_rows([list(map(_printable, names))], headers.knower(dataset))[0]
    got = headers.match(shown, dataset, filename)
    headers.require(shown, got, dataset, filename)
    values = {column: [r.get(names[at]) for r in records] for column, at in got.columns.items()}
    try:
        columns = [_column(column, cells) for column, cells in values.items()]
    except RecursionError as error:
        raise TooDeep(filename=filename) from error
    row = pl.Series(ROW, range(first, first + len(records)), pl.UInt32)
    if placed:
        columns = [pl.Series(AT, [_text(r.get(AT)) for r in records], pl.String), *columns]
    return Table(
        pl.DataFrame([row, *columns]),
        encoding=encoding,
        missing=got.missing,
        unknown=got.unknown,
        format=form,
        numbers={column: _numeric(cells) for column, cells in values.items()},
    )


def _column(name: str, cells: list[Any]) -> pl.Series:
    kinds = set(map(type, cells))
    try:
        if kinds <= {str, NoneType}:
            return pl.Series(name, cells, pl.String)
        if kinds <= {int, float}:
            return pl.Series(name, list(map(repr, cells)), pl.String)
    except UnicodeError:
        pass
    return pl.Series(name, list(map(_text, cells)), pl.String)


def _numeric(cells: list[Any]) -> pl.Series:
    kinds = set(map(type, cells))
    if kinds <= {int, float} or kinds <= {str, NoneType}:
        return pl.Series([str not in kinds and NoneType not in kinds]).new_from_index(0, len(cells))
    return pl.Series([isinstance(cell, (int, float)) for cell in cells], dtype=pl.Boolean)


def _text(value: Any) -> str | None:
    """A cell as the sender would have written it; nested values stay JSON."""
    if value is None or isinstance(value, str):
        return _printable(value) if value else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    return _printable(json.dumps(value, ensure_ascii=False))


def _printable(text: str) -> str:
    """Lone surrogates (`\\ud800`) are no text; they become the replacement sign."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def records(text: bytes, filename: str) -> list[Record]:
    """The objects of a JSON or NDJSON text, whatever they hold."""
    if len(text) > limits.JSON_BYTES:
        raise TooLarge(
            filename=filename,
            size=limits.size_text(len(text)),
            limit=limits.size_text(limits.JSON_BYTES),
            format="JSON",
        )
    lines = _at_once(text.split(b"\n")) if looks_like_ndjson(text[:65_536]) else None
    return lines if lines is not None else _records(_parse(text, filename), "", filename)
