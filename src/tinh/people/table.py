"""The table of rights as `rights.yaml` states it, read once and strictly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from tinh.kit.errors import Finding, Text
from tinh.kit.yamltree import Document, load
from tinh.people.errors import RightsUnreadable

Reach = Literal["all", "own agency", "own place", "own sector", "unless personal", "own"]
REACHES: tuple[Reach, ...] = get_args(Reach)
FILE = Path(__file__).with_name("rights.yaml")
PROGRAM = "service"  # the one role that does not sign in
EVERYONE = "everyone"  # every role that does


@dataclass(frozen=True, slots=True)
class Function:
    """A role: its name and one sentence on what it is for."""

    id: str
    name: Text
    says: Text


@dataclass(frozen=True, slots=True)
class Right:
    """An action: the sentence people read, and how far each role reaches."""

    id: str
    says: Text
    reach: Mapping[str, Reach]


@dataclass(frozen=True, slots=True)
class Table:
    roles: Mapping[str, Function]
    rights: Mapping[str, Right]


@cache
def table() -> Table:
    """The product's own table."""
    return read(FILE)


def read(file: Path) -> Table:
    """The table of a file; RightsUnreadable names every fault, with its line."""
    document = load(file)
    reader = _Reader(document)
    found = reader.table() if document.value is not None else None
    if document.findings or reader.findings or found is None:
        faults = (*document.findings, *reader.findings)
        raise RightsUnreadable(
            file=file.name,
            faults_vi="; ".join(f.render("vi", file.parent) for f in faults),
            faults_en="; ".join(f.render("en", file.parent) for f in faults),
        )
    return found


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def table(self) -> Table:
        whole = self.mapping((), self.document.value, {"format", "roles", "actions"})
        if whole.get("format") != 1:
            self.fault(("format",), "định dạng phải là 1", "the format must be 1")
        roles = {
            id: Function(id, self.text(("roles", id), said), self.text(("roles", id, "says"), said["says"]))
            for id, said in self.each(whole, "roles", {"vi", "en", "says"})
        }
        rights = {
            id: Right(id, self.text(("actions", id), said), self.reaches(id, said, roles))
            for id, said in self.each(whole, "actions", {"vi", "en", *REACHES}, {"vi", "en"})
        }
        return Table(roles, rights)

    def each(
        self, whole: Mapping[str, Any], section: str, known: set[str], needed: set[str] | None = None
    ) -> list[tuple[str, dict[str, Any]]]:
        out = []
        for id, value in self.mapping((section,), whole.get(section), None).items():
            said = self.mapping((section, id), value, known)
            missing = (known if needed is None else needed) - set(said)
            for key in sorted(missing):
                self.fault((section, id), f"thiếu khóa “{key}”", f'the key "{key}" is missing')
            if not missing:
                out.append((id, said))
        return out

    def mapping(self, path: tuple[str, ...], value: Any, known: set[str] | None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.fault(path, "cần một nhóm khóa", "a mapping is needed")
            return {}
        for key in sorted(set(value) - known) if known is not None else ():
            self.fault((*path, key), f"khóa lạ “{key}”", f'unknown key "{key}"')
        return value

    def text(self, path: tuple[str, ...], value: Any) -> Text:
        said = value if isinstance(value, dict) else {}
        vi, en = said.get("vi"), said.get("en")
        if not (isinstance(vi, str) and isinstance(en, str) and vi.strip() and en.strip()):
            self.fault(path, "cần lời vi và en", "words in vi and en are needed")
            return Text("", "")
        return Text(vi, en)

    def reaches(self, id: str, said: Mapping[str, Any], roles: Mapping[str, Function]) -> dict[str, Reach]:
        out: dict[str, Reach] = {}
        for reach in REACHES:
            names = said.get(reach, [])
            path = ("actions", id, reach)
            if not isinstance(names, list):
                self.fault(path, "cần một danh sách vai trò", "a list of roles is needed")
                continue
            for name in names:
                for role in [r for r in roles if r != PROGRAM] if name == EVERYONE else [name]:
                    if role not in roles:
                        self.fault(path, f"vai trò lạ “{role}”", f'unknown role "{role}"')
                    elif role in out:
                        self.fault(path, f"“{role}” đứng hai lần", f'"{role}" stands twice')
                    else:
                        out[role] = reach
        return out

    def fault(self, path: tuple[str, ...], vi: str, en: str) -> None:
        cure = Text("sửa bảng quyền rồi khởi động lại", "mend the table of rights, then start again")
        line = self.document.line(*path)
        self.findings.append(Finding(self.document.path, line, "PPL020", Text(vi, en), cure))
