"""Open a delivery: what it is, by its content first and its name second, and read it."""

from __future__ import annotations

import mmap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl

from tinh.packs.api import Dataset, LearnedLayout
from tinh.sources import encodings, letters, limits
from tinh.sources.delimited import read_delimited
from tinh.sources.documents import looks_like_ndjson, read_json, read_ndjson
from tinh.sources.errors import (
    CellTooLarge,
    CutShort,
    EmptyFile,
    NoSuchFile,
    NotATable,
    PdfFile,
    Picture,
    TooLarge,
    WebArchive,
    WordFile,
)
from tinh.sources.spreadsheet import read_book, read_excel
from tinh.sources.table import ROW, Table
from tinh.sources.webtable import OldXml, WebPage, charset

_FOREIGN: tuple[tuple[bytes, str, str], ...] = (
    (b"RIFF", "tệp âm thanh, hình ảnh", "a media file"),
    (b"Rar!", "tệp nén RAR", "a RAR archive"),
    (b"7z\xbc\xaf", "tệp nén 7-Zip", "a 7-Zip archive"),
    (b"BZh", "tệp nén bzip2", "a bzip2 archive"),
    (b"\xfd7zXZ", "tệp nén xz", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "tệp nén Zstandard", "a Zstandard archive"),
    (b"SQLite format 3", "cơ sở dữ liệu SQLite", "an SQLite database"),
    (b"\x7fELF", "tệp chương trình", "a program"),
    (b"MZ", "tệp chương trình Windows", "a Windows program"),
)
_PICTURES: tuple[tuple[bytes, str, str], ...] = (
    (b"\x89PNG", "ảnh PNG", "a PNG image"),
    (b"\xff\xd8\xff", "ảnh JPEG", "a JPEG image"),
    (b"GIF8", "ảnh GIF", "a GIF image"),
    (b"II*\x00", "ảnh TIFF", "a TIFF image"),
    (b"MM\x00*", "ảnh TIFF", "a TIFF image"),
    (b"AT&TFORM", "bản quét DjVu", "a DjVu scan"),
)
_EXTENSIONS = {
    "csv": "csv", "tsv": "csv", "txt": "csv", "tab": "csv", "xlsx": "xlsx", "xlsm": "xlsx",
    "xls": "xls", "ods": "ods",
    "json": "json", "geojson": "json", "ndjson": "ndjson", "jsonl": "ndjson",
    "parquet": "parquet", "pq": "parquet", "arrow": "arrow", "ipc": "arrow", "feather": "arrow",
}  # fmt: skip


def read(path: Path, dataset: Dataset, filename: str, layouts: Sequence[LearnedLayout] = ()) -> Table:
    """The cells of `path` under the names of the contract, or a SourceError that says what
    it is instead and what to do. Of `layouts` the first whose headers the file has wins over the
    contract's own."""
    if not path.is_file():
        raise NoSuchFile(filename=filename or str(path))
    size = path.stat().st_size
    if not size:
        raise EmptyFile(filename=filename)
    if size > limits.TEXT_BYTES:
        raise TooLarge(
            filename=filename,
            size=limits.size_text(size),
            limit=limits.size_text(limits.TEXT_BYTES),
            format="CSV",
        )
    with path.open("rb") as stream:
        head = stream.read(64)
    form = _binary_form(path, head, filename)
    if form in ("parquet", "arrow"):
        from tinh.sources.columnar import read_columnar  # pyarrow and numpy load only when asked for

        table = read_columnar(path, dataset, filename, form)
    elif form == "xlsx":
        table = read_excel(path, dataset, filename, layouts)
    elif form == "gzip":
        with path.open("rb") as stream:
            inside = limits.gunzip(stream, size, filename)
        if not inside:
            raise EmptyFile(filename=filename)
        _refuse_foreign(inside[:64], filename)
        table = _read_text(inside, dataset, filename, None, layouts)
    else:
        with path.open("rb") as stream:
            mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        data: bytes | memoryview = path.read_bytes() if size <= limits.MB else memoryview(mapped)
        table = _read_text(data, dataset, filename, path, layouts)
    return remarks(in_unicode(table, filename), filename)


def in_unicode(table: Table, filename: str) -> Table:
    """What was typed in an old font or garbled on its way, put right and counted."""
    if table.plain and all(header.isascii() for header in table.unknown):
        return table
    for name, kind in table.frame.schema.items():
        large = table.frame[name].str.len_bytes() > limits.FIELD_BYTES if kind == pl.String else None
        if large is not None and large.any():
            row = table.frame[ROW].filter(large)[0]
            raise CellTooLarge(filename=filename, line=row, limit=limits.size_text(limits.FIELD_BYTES))
    mended = letters.mend(table.frame, filename, table.unknown)
    old = table.encoding == "western"
    return replace(
        table,
        frame=mended.frame,
        encoding=(mended.main or "cp1252") if old else table.encoding,
        cleaning=(*table.cleaning, *mended.cleaning),
        notes=(*table.notes, *mended.notes),
    )


def _binary_form(path: Path, head: bytes, filename: str) -> str:
    if head.startswith(b"PAR1"):
        with path.open("rb") as stream:
            stream.seek(max(0, path.stat().st_size - 4))
            if stream.read() != b"PAR1" or path.stat().st_size < 12:
                raise CutShort(
                    filename=filename,
                    where_vi="thiếu phần cuối của tệp Parquet",
                    where_en="the end of the Parquet file is missing",
                )
        return "parquet"
    if head.startswith((b"ARROW1", b"\xff\xff\xff\xff")):
        return "arrow"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return "xlsx"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    _refuse_foreign(head, filename)
    return "text"


def _refuse_foreign(head: bytes, filename: str) -> None:
    if b"%PDF-" in head[:64]:
        raise PdfFile(filename=filename)
    if head.startswith(b"{\\rtf"):
        raise WordFile(filename=filename)
    for magic, kind_vi, kind_en in _PICTURES:
        if head.startswith(magic):
            raise Picture(filename=filename, kind_vi=kind_vi, kind_en=kind_en)
    if head[4:8] == b"ftyp" or (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or _bitmap(head):
        raise Picture(filename=filename, kind_vi="tệp ảnh", kind_en="an image")
    for magic, kind_vi, kind_en in _FOREIGN:
        if head.startswith(magic) and not (magic.isalpha() and head[len(magic) :][:1].isalnum()):
            raise NotATable(filename=filename, kind_vi=kind_vi, kind_en=kind_en)
    if head.startswith(b"PK\x05\x06"):
        raise EmptyFile(filename=filename)


def page_charset(data: bytes | memoryview) -> str:
    head = bytes(data[:4096])
    return charset(head) if head.lstrip()[:1] == b"<" else ""


def _bitmap(head: bytes) -> bool:
    """BM, its size, and four bytes that are always empty."""
    return head[:2] == b"BM" and head[6:10] == b"\0\0\0\0"


def _read_text(
    data: bytes | memoryview,
    dataset: Dataset,
    filename: str,
    path: Path | None,
    layouts: Sequence[LearnedLayout],
) -> Table:
    _refuse_binary(bytes(data[:4096]), filename)
    encoding, skip = encodings.detect(data, filename, dataset.layout.encoding or page_charset(data))
    if encoding != "utf-8":
        data, path, skip = encodings.to_utf8(data, encoding, skip, filename), None, 0
    elif skip:
        data = memoryview(data)[skip:]
    start = bytes(data[:65_536]).lstrip()
    if not start and not bytes(data).strip():
        raise EmptyFile(filename=filename)
    if is_page(start):
        return _read_page(bytes(data), start[:200].lower(), dataset, filename, encoding, layouts)
    kind = ndjson_or_json(start, filename)
    if kind == "ndjson":
        return read_ndjson(bytes(data), dataset, filename, encoding)
    if kind == "json":
        return read_json(bytes(data), dataset, filename, encoding)
    return read_delimited(data, dataset, filename, encoding, path, layouts)


def _read_page(
    data: bytes,
    lower: bytes,
    dataset: Dataset,
    filename: str,
    encoding: str,
    layouts: Sequence[LearnedLayout],
) -> Table:
    """A page with a table, or Excel 2003 XML: what systems export under the name of a workbook."""
    book = page_book(data, lower, filename)
    return replace(read_book(book, dataset, filename, layouts, 0), encoding=encoding)


def page_book(data: bytes, lower: bytes, filename: str) -> OldXml | WebPage:
    """The sheets of a text of markup, in UTF-8; `lower`: how it begins, in small letters."""
    if lower.startswith(b"mime-version:"):
        raise WebArchive(filename=filename)
    if b"urn:schemas-microsoft-com:office:spreadsheet" in data[:4096] and b"<html" not in data[:4096].lower():
        return OldXml(data, filename)
    if b"<table" in data.lower() and b"<td" in data.lower():
        return WebPage(data, filename)
    raise NotATable(filename=filename, kind_vi="trang HTML hoặc XML", kind_en="an HTML or XML page")


def is_page(start: bytes) -> bool:
    """Whether a text begins as markup or as a page saved with its pictures does."""
    return start.lstrip()[:200].lower().startswith((b"<", b"mime-version:"))


def ndjson_or_json(start: bytes, filename: str) -> Literal["ndjson", "json", ""]:
    """What a text is by how it begins; neither is delimited text."""
    start = start.lstrip()
    if start[:1] == b"{" and looks_like_ndjson(start):
        return "ndjson"
    if start[:1] == b"{" or (start[:1] == b"[" and start[1:].lstrip()[:1] in (b"{", b"]", b"[", b"")):
        return "ndjson" if _kind_by_name(filename) == "ndjson" and start[:1] == b"{" else "json"
    return ""


def looks_foreign(path: Path, filename: str) -> bool:
    """Whether a file is one of the formats that are no text; raises when it is no table either."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    if _binary_form(path, head[:64], filename) != "text":
        return True
    _refuse_binary(head, filename)
    return False


def _refuse_binary(head: bytes, filename: str) -> None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return
    control = sum(b < 9 or 13 < b < 28 for b in head)
    if control - head.count(0) > 0.05 * len(head):
        raise NotATable(filename=filename, kind_vi="dữ liệu nhị phân", kind_en="binary data")


def _kind_by_name(filename: str) -> str:
    name = filename.lower().removesuffix(".gz")
    return _EXTENSIONS.get(name.rpartition(".")[2], "") if "." in name else ""


def remarks(table: Table, filename: str) -> Table:
    said = _kind_by_name(filename)
    notes = list(table.notes)
    if said and said != table.format:
        notes.append(f"extension:{said}-is-{table.format}")
    if table.encoding not in ("", "utf-8"):
        notes.append(f"encoding:{table.encoding}")
    return replace(table, notes=tuple(dict.fromkeys(notes)))


def form_of(path: Path, filename: str) -> str:
    """What a file is by its first bytes: parquet, arrow, xlsx, gzip or text; or its refusal."""
    with path.open("rb") as stream:
        head = stream.read(64)
    return _binary_form(path, head, filename)


def refuse_not_text(data: bytes, filename: str) -> None:
    """Binary rubbish is no table."""
    if not data.strip():
        raise EmptyFile(filename=filename)
    _refuse_foreign(data[:64], filename)
    _refuse_binary(data[:4096], filename)
