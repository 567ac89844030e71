"""Telling by its bytes what a document is; the name says nothing. Pure; nothing is unpacked.

Sources: ISO 32000-1 §7.5.2 (PDF), ECMA-376 part 2 (Office Open XML), OASIS OpenDocument 1.3 part 2 §3.3.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from tinh.desks.papers.errors import PaperNotTaken

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_PARTS = {
    "word/document.xml": ("docx", f"{_OFFICE}wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", f"{_OFFICE}spreadsheetml.sheet"),
    "ppt/presentation.xml": ("pptx", f"{_OFFICE}presentationml.presentation"),
}
_ODF = {f"{_OPEN}text": "odt", f"{_OPEN}spreadsheet": "ods", f"{_OPEN}presentation": "odp"}
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
_PICTURES = ((b"\xff\xd8\xff", "jpg", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "png", "image/png"))
_MARKUP = re.compile(rb"<\s*(svg|html|!doctype html|script|\?php)", re.IGNORECASE)
_MOST_PARTS, _MOST_READ = 5000, 50_000_000
_FETCHED = re.compile(rb"attachedTemplate|/subDocument|/frame\"|/oleObject", re.IGNORECASE)
_OUTSIDE = re.compile(rb"TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_PACKAGE = "\x01Ole10Native".encode("utf-16-le")  # any file, wrapped: [MS-OLEDS] §2.3.6


@dataclass(frozen=True, slots=True)
class Kind:
    """`ending` is what the file is called when it is given out, `media` its type."""

    ending: str
    media: str


def kind_of(data: bytes, name: str) -> Kind:
    """Raises PaperNotTaken; `name` is for its words alone."""
    if data.startswith(b"%PDF-"):
        if _MARKUP.search(data[:1024]):
            raise PaperNotTaken(name=name[:80], found="HTML")
        return Kind("pdf", "application/pdf")
    for mark, ending, media in _PICTURES:
        if data.startswith(mark):
            return Kind(ending, media)
    if data.startswith(b"PK\x03\x04"):
        return _packed(data, name)
    found = "DOC, XLS, PPT 97–2003" if data.startswith(b"\xd0\xcf\x11\xe0") else "?"
    if _MARKUP.search(data[:1024]):
        found = "HTML, SVG"
    elif data.startswith(b"MZ"):
        found = "EXE"
    raise PaperNotTaken(name=name[:80], found=found)


def _packed(data: bytes, name: str) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as pack:
            parts = pack.namelist()
            if len(parts) > _MOST_PARTS:
                raise PaperNotTaken(name=name[:80], found="ZIP")
            lower = [part.lower() for part in parts]
            if any(part.endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for part in lower) or any(
                part.startswith(("basic/", "scripts/")) for part in lower
            ):
                raise PaperNotTaken(name=name[:80], found="macro")
            if found := _steers(pack):
                raise PaperNotTaken(name=name[:80], found=found)
            if "[Content_Types].xml" in parts:
                for part, (ending, media) in _PARTS.items():
                    if part in parts:
                        return Kind(ending, media)
            first = pack.infolist()[0] if parts else None
            if first is not None and first.filename == "mimetype" and first.file_size < 100:
                said = pack.read(first).decode("ascii", "replace").strip()
                if said in _ODF:
                    return Kind(_ODF[said], said)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError):
        raise PaperNotTaken(name=name[:80], found="ZIP") from None
    raise PaperNotTaken(name=name[:80], found="ZIP")


def _steers(pack: zipfile.ZipFile) -> str:
    """What an office document would run or fetch when it is opened, whatever its parts are called; else ''.

    Links of a workbook to another are left: offices work so, and the program asks. Raises BadZipFile for
    parts to look into that are larger than sane ones.
    """
    left = _MOST_READ
    for part in pack.infolist():
        lower = part.filename.lower()
        types, bonds = lower == "[content_types].xml", lower.endswith(".rels")
        if not (types or bonds or ("/embeddings/" in lower and lower.endswith(".bin"))):
            continue
        left -= part.file_size
        if left < 0:
            raise zipfile.BadZipFile
        data = pack.read(part)
        if (types or bonds) and b"\0" in data:  # UTF-16, which no office program writes here
            raise zipfile.BadZipFile
        if types and re.search(rb"vbaProject|macroEnabled|activeX", data, re.IGNORECASE):
            return "macro"
        if bonds and _OUTSIDE.search(data):
            for bond in re.findall(rb"<[^<>]*Relationship\s[^<>]*>", data):
                if _OUTSIDE.search(bond) and _FETCHED.search(bond):
                    return "external template"
        if not types and not bonds and _PACKAGE in data:
            return "OLE package"
    return ""


def called(name: str, kind: Kind) -> str:
    """What the file is called: its own name without folders or signs that steer, ending as what it is."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    seen = (sign for sign in stem if unicodedata.category(sign) not in _UNSEEN and sign not in '"<>|:*?;')
    stem = "".join(seen).strip(" .")
    known = f".{kind.ending}", ".jpeg"
    while stem.lower().endswith(known):
        stem = stem[: stem.rindex(".")].strip(" .")
    return f"{stem[:120] or 'tep'}.{kind.ending}"
