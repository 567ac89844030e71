"""Findings in files that are not YAML: a line number instead of a path of keys."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tinh.kit.errors import ExpressionError, Finding, Level, Text
from tinh.packs.process.codes import CODES

LONGEST = 400  # letters of one sentence, whatever the file's names are
MOST_NEAR = 200  # names compared, and names a nearest one is looked for


class Noted:
    """Collects the findings of one file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found: list[Finding] = []
        self.asked = 0

    def add(
        self, line: int, code: str, vi: str, en: str, cure_vi: str, cure_en: str, level: Level = "error"
    ) -> None:
        if code not in CODES:
            raise KeyError(code)
        says, cure = Text(vi[:LONGEST], en[:LONGEST]), Text(cure_vi[:LONGEST], cure_en[:LONGEST])
        self.found.append(Finding(self.file, line, code, says, cure, level))

    def unknown(self, line: int, code: str, what: Text, name: str, known: Iterable[str], extra: Text) -> None:
        """A name that stands for nothing: the nearest known one as the cure, or `extra`."""
        import difflib

        name, self.asked = name[:80], self.asked + 1
        near = (
            sorted(known)[:MOST_NEAR] if self.asked <= MOST_NEAR else ()
        )  # a file of faults ends in time too
        close = difflib.get_close_matches(name, near, n=1, cutoff=0.6)
        if not name:
            self.add(line, code, f"chưa ghi {what.vi}", f"it names no {what.en}", extra.vi, extra.en)
            return
        cure = Text(f"có phải “{close[0]}”?", f'did you mean "{close[0]}"?') if close else extra
        self.add(line, code, f"không có {what.vi} “{name}”", f'no {what.en} "{name}"', cure.vi, cure.en)

    def expression(self, line: int, where: Text, text: str, error: ExpressionError) -> None:
        foreign = text.lstrip().startswith(("${", "#{", "="))
        cure = Text(
            "viết bằng ngôn ngữ biểu thức của Tỉnh, không có ${…}: action = 'accept'",
            "write it in Tỉnh's expression language, without ${…}: action = 'accept'",
        )
        remedy = cure if foreign else error.remedy()
        detail = error.detail()
        self.add(line, "PCK210", f"{where.vi}: {detail.vi}", f"{where.en}: {detail.en}", remedy.vi, remedy.en)

    @property
    def stopped(self) -> bool:
        return any(f.level == "error" for f in self.found)

    def sorted(self) -> list[Finding]:
        return sorted(dict.fromkeys(self.found), key=lambda f: (f.line, f.code, f.says.en))
