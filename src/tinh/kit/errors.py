"""What went wrong, said in both languages to the person who must act.

TinhError            anything the product refuses, with a stable code and a cure
  ExpressionError    a declared expression that cannot be read
  <room>/errors.py   each room's own family, with the room's code prefix

Finding              one fault seen in a declared file; many are reported at once
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = ("vi", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Vietnamese and in English; `{name}` places are filled by `fill`."""

    vi: str
    en: str

    def in_(self, language: str) -> str:
        """The words in `language`; anything but English reads Vietnamese."""
        return self.en if language == "en" else self.vi

    def fill(self, **facts: Any) -> Text:
        return Text(self.vi.format(**facts), self.en.format(**facts))

    def as_dict(self) -> dict[str, str]:
        return {"vi": self.vi, "en": self.en}


def sentence(text: str) -> str:
    """A text as it stands beside others: begun with a capital, unless its first word is a name of the
    machine, and closed with a stop."""
    text = text.strip()
    first = text.split(maxsplit=1)[0] if text else ""
    if first.rstrip(",:;.").isalpha():
        text = text[0].upper() + text[1:]
    return text if not text or text.rstrip("”\"')»")[-1:] in tuple(".!?…") else f"{text}."


class TinhError(Exception):
    """A refusal. Subclasses set `code`, `says` (what was found and expected) and `cure`.

    Facts given to the constructor fill the `{places}` of both texts and stay readable
    as `error.facts`. `retry` tells a caller whether the same call may go through later;
    `status` is the HTTP status a door answers with.
    """

    code: ClassVar[str] = "KIT000"
    retry: ClassVar[bool] = False
    status: ClassVar[int] = 400
    says: ClassVar[Text] = Text("Có lỗi: {reason}", "Something failed: {reason}")
    cure: ClassVar[Text] = Text("", "")

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(f"{self.code} {self.detail().en}")

    def detail(self) -> Text:
        return self.says.fill(**self.facts)

    def remedy(self) -> Text:
        return self.cure.fill(**self.facts)

    def told(self) -> Text:
        """What was found and what to do, as one text of whole sentences."""
        says, cure = self.detail(), self.remedy()
        return Text(
            f"{sentence(says.vi)} {sentence(cure.vi)}".strip(),
            f"{sentence(says.en)} {sentence(cure.en)}".strip(),
        )

    def as_dict(self) -> dict[str, Any]:
        """The shape every door prints: code, detail and cure in both languages."""
        return {
            "code": self.code,
            "retry": self.retry,
            "detail": self.detail().as_dict(),
            "cure": self.remedy().as_dict(),
        }


class ExpressionError(TinhError):
    """Facts: `position` (from 1), `why_vi`, `why_en`, `near` (the text from there on)."""

    code = "KIT201"
    status = 422
    says = Text(
        "không đọc được biểu thức ở ký tự {position}: {why_vi}",
        "the expression cannot be read at character {position}: {why_en}",
    )
    cure = Text(
        "sửa biểu thức từ chỗ “{near}”; ngôn ngữ gồm tên cột, số, 'chuỗi', + - * /, so sánh, and or not, "
        "in [..], is null",
        "mend the expression from \"{near}\" on; the language has names, numbers, 'strings', + - * /, "
        "comparisons, and or not, in [..], is null",
    )


Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in a declared file: where, which, what was found and what to do."""

    file: Path
    line: int
    code: str
    says: Text
    cure: Text
    level: Level = "error"

    def render(self, language: str, relative_to: Path | None = None) -> str:
        """`packs/air/indicators/pm25.yaml:6 PACK012 unknown key "unitt" → did you mean "unit"?`"""
        shown: Path = self.file
        if relative_to is not None and self.file.is_relative_to(relative_to):
            shown = self.file.relative_to(relative_to)
        line = f"{shown}:{self.line} {self.code} {self.says.in_(language)}"
        cure = self.cure.in_(language)
        return f"{line} → {cure}" if cure else line

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": str(self.file),
            "line": self.line,
            "code": self.code,
            "level": self.level,
            "says": self.says.as_dict(),
            "cure": self.cure.as_dict(),
        }
