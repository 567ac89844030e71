"""The words of one pack, by language; what is missing falls back and is remarked on."""

from __future__ import annotations

from typing import Any

from tinh.kit.errors import LANGUAGES, Text
from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults, nearest
from tinh.packs.read import PackSource
from tinh.packs.shape import LocaleFile


class Wordbook:
    """Looks words up by section, id and word."""

    def __init__(self, source: PackSource, faults: Faults) -> None:
        self.source, self.faults = source, faults
        self.files: dict[str, LocaleFile] = {}
        self.documents: dict[str, Document] = {}
        for language, document in source.locales.items():
            if language not in LANGUAGES:
                faults.add(
                    document,
                    (),
                    "PCK026",
                    Text(f"ngôn ngữ “{language}” chưa có", f'the language "{language}" is not offered'),
                    nearest(language, LANGUAGES),
                    "warning",
                )
                continue
            read = shape(document, LocaleFile, faults) if document.value is not None else LocaleFile()
            if read is not None:
                self.files[language] = read
                self.documents[language] = document

    def find(self, section: str, id: str, word: str) -> dict[str, str]:
        """The word in each language that has it."""
        out = {}
        for language, file in self.files.items():
            entry: Any = getattr(file, section)
            if section != "pack":
                entry = entry.get(id)
            value = getattr(entry, word, "") if entry is not None else ""
            if value:
                out[language] = value
        return out

    def inner(self, id: str, group: str, name: str) -> dict[str, str]:
        """The name of a column or the sentence of a rule of dataset `id`, in each language."""
        out = {}
        for language, file in self.files.items():
            entry = file.datasets.get(id)
            value = getattr(entry, group).get(name, "") if entry is not None else ""
            if value:
                out[language] = value
        return out

    def text(
        self, section: str, id: str, word: str, fallback: Text, about: Document, must: bool = False
    ) -> Text:
        """The word in both languages; `must` remarks on a language that lacks it."""
        found = self.find(section, id, word)
        if must:
            self.missing(section, id, word, found, about)
        return both(found, fallback)

    def missing(self, section: str, id: str, word: str, found: dict[str, str], about: Document) -> None:
        for language in LANGUAGES:
            if language in found:
                continue
            key = word if section == "pack" else f"{id}.{word}"
            document = self.documents.get(language, about)
            self.faults.add(
                document,
                (section, id),
                "PCK034",
                Text(
                    f"locale/{language}.yaml chưa có {section}.{key}",
                    f"locale/{language}.yaml lacks {section}.{key}",
                ),
                Text(
                    "thêm lời; tạm thời dùng tên trong khai báo",
                    "add it; until then the declared name is shown",
                ),
                "warning",
            )

    def strangers(self, known: dict[str, dict[str, set[str]]]) -> None:
        """Words for ids, columns or rules that do not exist: `known[section][id]` are its inner names."""
        for language, file in self.files.items():
            document = self.documents[language]
            for section, ids in known.items():
                entries: dict[str, Any] = getattr(file, section)
                for id, entry in entries.items():
                    if id not in ids:
                        self.faults.unknown(document, (section, id), "PCK035", id, ids, "warning")
                        continue
                    for group in ("columns", "rules") if section == "datasets" else ():
                        for name in getattr(entry, group):
                            if name not in ids[id]:
                                path = (section, id, group, name)
                                self.faults.unknown(document, path, "PCK035", name, ids[id], "warning")


def both(found: dict[str, str], fallback: Text) -> Text:
    """Words with what is missing filled from the other language only when the fallback has none."""
    vi = found.get("vi") or fallback.vi or found.get("en") or fallback.en
    en = found.get("en") or fallback.en or found.get("vi") or fallback.vi
    return Text(vi, en)
