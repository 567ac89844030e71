"""Vietnamese text in the encodings agencies still send: written here, read by the product."""

from __future__ import annotations

import unicodedata

from tinh.sources import fonts

TEXT = (
    "Thành phố,Trạng thái\nThái Nguyên,không có dữ liệu\nXã La Bằng,huyện Đại Từ nghiêng khuỷu\n"
    "Phường Đồng Quang,ước tính\n"
)


def windows_1258(text: str) -> bytes:
    """As Windows writes it: base letter of the code page, then the tone as a mark."""
    out = bytearray()
    for letter in text:
        base, marks = letter, ""
        try:
            out += letter.encode("cp1258")
            continue
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", letter)
            base, marks = parts[0], parts[1:]
        for mark in marks:
            if mark in "\u0302\u0306\u031b":
                base, marks = unicodedata.normalize("NFC", base + mark), marks.replace(mark, "")
        out += (base + marks).encode("cp1258")
    return bytes(out)


def tcvn3(text: str) -> bytes:
    inverse = {letter: code for code, letter in fonts.TCVN3.items()}
    return bytes(ord(c) if c.isascii() else inverse.get(c) or inverse[c.lower()] for c in text)


def vni(text: str) -> bytes:
    alone = {letter: code for code, letter in fonts.VNI_ALONE.items()}
    marks = {frozenset(m): code for code, m in fonts.VNI_MARKS.items()}
    out = []
    for shown in text:
        if shown.isupper() and not shown.isascii():
            out.append(vni(shown.lower()).decode("cp1252").upper())
            continue
        letter = shown
        if letter.isascii():
            out.append(letter)
        elif letter in alone:
            out.append(alone[letter])
        else:
            base, *rest = list(unicodedata.normalize("NFD", letter))
            if "\u031b" in rest:
                base = {"o": "ô", "u": "ö"}[base]
                rest.remove("\u031b")
            out.append(base + marks[frozenset(rest)])
    return "".join(out).encode("cp1252")


def viscii(text: str) -> bytes:
    return bytes(fonts.VISCII.index(letter) for letter in text)
