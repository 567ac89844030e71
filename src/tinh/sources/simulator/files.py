"""Sheets written as the files agencies really send; the same sheet gives the same bytes."""

from __future__ import annotations

import csv
import io
import unicodedata
import zipfile
from xml.sax.saxutils import escape

from tinh.sources.simulator.sheet import Sheet

_EPOCH = (2025, 7, 1, 0, 0, 0)


def content(sheet: Sheet) -> bytes:
    """The bytes of a sheet in its form."""
    table = [list(sheet.headers), *([row[c] for c in sheet.columns] for row in sheet.rows)]
    if sheet.form == "xlsx":
        return workbook(table, sheet.sheet or "Sheet1")
    text = _csv(table, ";" if sheet.form == "csv-semicolon" else ",")
    if sheet.garbled:
        # Read once in the wrong code page and saved again: the usual way a file is spoilt for good.
        return text.encode("utf-8").decode("cp1252", "replace").encode("utf-8")
    if sheet.form == "csv-bom":
        return text.encode("utf-8-sig")
    if sheet.form == "csv-utf16":
        return text.encode("utf-16")
    if sheet.form == "csv-1258":
        return windows_1258(text)
    return text.encode("utf-8")


def _csv(table: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(table)
    return out.getvalue()


_TONES = "\u0300\u0301\u0303\u0309\u0323"


def windows_1258(text: str) -> bytes:
    """Windows-1258 keeps vowel marks in one byte and the tone as a byte of its own."""
    out = []
    for char in unicodedata.normalize("NFC", text):
        if _fits(char):
            out.append(char)
            continue
        parts = unicodedata.normalize("NFD", char)
        tone = "".join(p for p in parts if p in _TONES)
        letter = unicodedata.normalize("NFC", "".join(p for p in parts if p not in _TONES))
        out.append(letter + tone)
    return "".join(out).encode("cp1258")


def _fits(char: str) -> bool:
    try:
        char.encode("cp1258")
    except UnicodeEncodeError:
        return False
    return True


def _name(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _is_number(text: str) -> bool:
    """Whether Excel would have stored the cell as a number."""
    if not text or (text[0] == "0" and len(text) > 1 and text[1] != "."):
        return False
    return text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit() and len(text) < 10


def _cell(reference: str, text: str) -> str:
    if text == "":
        return ""
    if _is_number(text):
        return f'<c r="{reference}"><v>{text}</v></c>'
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def workbook(table: list[list[str]], sheet: str) -> bytes:
    """A small .xlsx of one worksheet."""
    rows = "".join(
        f'<row r="{y}">' + "".join(_cell(f"{_name(x)}{y}", cell) for x, cell in enumerate(line)) + "</row>"
        for y, line in enumerate(table, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            entry = zipfile.ZipInfo(path, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)
    return out.getvalue()
