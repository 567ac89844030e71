"""Strict YAML: every value knows its line, and codes stay codes.

Plain PyYAML reads `06` as 6, `no` as false, `1:30` as 90 and keeps the last of two equal keys.
Here a plain scalar is a number, a truth value or nothing only when it cannot be read any other
way; everything else, dates included, stays the text that stands in the file. Keys are always text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from tinh.kit.errors import Finding, Text

FINDINGS: dict[str, Text] = {
    "KIT101": Text("Không đọc được YAML", "The file is not readable YAML"),
    "KIT102": Text("Tệp không ở mã UTF-8", "The file is not UTF-8"),
    "KIT103": Text("Một khóa đứng hai lần", "The same key stands twice"),
    "KIT104": Text("Dùng Tab thay cho dấu cách", "A tab stands where spaces are needed"),
    "KIT105": Text("Thẻ YAML không được nhận", "A YAML tag is not taken"),
    "KIT106": Text("Tệp quá lớn khi mở ra", "The file unfolds to too much"),
    "KIT107": Text("Khóa không phải một từ", "A key is not a word"),
    "KIT108": Text("Không mở được tệp", "The file cannot be opened"),
}

LARGEST = 4_000_000  # bytes of one declared file
DEEPEST = 100  # lists and keys inside one another
MOST_NODES = 200_000  # values after aliases are unfolded

Path_ = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]{0,17})(\.[0-9]+)?|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")
_WORDS: dict[str, Any] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_PLAIN = "plain"
_TAG = "tag:yaml.org,2002:"

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # libyaml's loader where the wheel has it
    def resolve(self, kind: type[yaml.Node], _value: str | None, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return _PLAIN if implicit[0] else _TAG + "str"
        return _TAG + ("seq" if kind is yaml.SequenceNode else "map")


class Document:
    """One file: its `value`, the `line` and `raw` text of any path in it, and its `findings`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.value: Any = None
        self.findings: tuple[Finding, ...] = ()
        self._lines: dict[Path_, int] = {(): 1}
        self._raws: dict[Path_, str] = {}

    def line(self, *path: str | int) -> int:
        """The line of a key or list item; of its nearest known parent when it is not there."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]

    def raw(self, *path: str | int) -> str | None:
        """The text of a scalar as it stands in the file."""
        return self._raws.get(path)


def load(path: Path) -> Document:
    """Read one file. What is wrong with it is in `.findings`; `.value` is None when unreadable."""
    document = Document(path)
    try:
        if path.stat().st_size > LARGEST:
            return _fault(document, 1, "KIT106", _TOO_MUCH)
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        return _fault(
            document, 1, "KIT108",
            (Text("không mở được tệp: {reason}", "the file cannot be opened: {reason}").fill(reason=reason),
             Text("kiểm tra tên và quyền đọc của tệp", "check the file's name and that it may be read")),
        )  # fmt: skip
    return parse(data, path)


def parse(data: bytes, path: Path) -> Document:
    """The document in `data`; `path` is only the name findings carry."""
    document = Document(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _fault(
            document, data.count(b"\n", 0, error.start) + 1, "KIT102",
            (Text("tệp không ở mã UTF-8", "the file is not UTF-8"),
             Text("lưu lại tệp với bảng mã UTF-8", "save the file again as UTF-8")),
        )  # fmt: skip
    if _too_deep(text):
        return _fault(document, 1, "KIT106", _TOO_MUCH)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is not None:
            document.value = _Builder(document).build(node, ())
    except yaml.YAMLError as error:
        return _unreadable(document, text, error)
    except (RecursionError, _TooMuch):
        document.value = None
        return _fault(document, 1, "KIT106", _TOO_MUCH)
    finally:
        loader.dispose()
    return document


def _too_deep(text: str) -> bool:
    """Whether values lie deeper than any declared file has them. Told from the events, which libyaml
    gives without recursion: its nodes nest by recursion, and a deep file would end the process."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Base):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > DEEPEST:
                    return True
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except yaml.YAMLError:
        return False  # the reader proper says where
    return False


class _TooMuch(Exception):
    pass


_TOO_MUCH = (
    Text(
        "tệp quá lớn, lồng quá sâu hoặc tự lặp vô tận", "the file is too large, too deep or refers to itself"
    ),
    Text("chia nhỏ tệp; bỏ các tham chiếu *tên lồng nhau", "split the file; remove nested *aliases"),
)  # fmt: skip


def _fault(document: Document, line: int, code: str, words: tuple[Text, Text]) -> Document:
    document.findings = (*document.findings, Finding(document.path, line, code, words[0], words[1]))
    return document


def _unreadable(document: Document, text: str, error: yaml.YAMLError) -> Document:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 1
    lines = text.splitlines()
    near = lines[line - 1] if line <= len(lines) else ""
    if re.match(r"[ ]*\t", near):
        return _fault(
            document, line, "KIT104",
            (Text("dòng thụt vào bằng phím Tab", "the line is indented with a tab"),
             Text("thay Tab bằng dấu cách", "use spaces instead of the tab")),
        )  # fmt: skip
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return _fault(
        document, line, "KIT101",
        (Text("không đọc được YAML ở đây: {p}", "this is not readable YAML: {p}").fill(p=problem),
         Text("xem lại dấu hai chấm, dấu nháy và độ thụt của dòng này và dòng trước",
              "look at the colons, quotes and indentation of this line and the one before")),
    )  # fmt: skip


class _Builder:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.open: set[int] = set()

    def build(self, node: yaml.Node, path: Path_) -> Any:
        self.nodes += 1
        if self.nodes > MOST_NODES or id(node) in self.open:
            raise _TooMuch
        self.document._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            self.document._raws.setdefault(path, node.value)
            return self.scalar(node)
        self.open.add(id(node))
        try:
            if node.tag not in (_TAG + "seq", _TAG + "map"):
                self.tag(node)
            if isinstance(node, yaml.SequenceNode):
                return [self.build(item, (*path, i)) for i, item in enumerate(node.value)]
            return self.mapping(node, path)
        finally:
            self.open.discard(id(node))

    def mapping(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        out: dict[str, Any] = {}
        merged: list[yaml.Node] = []
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.fault(
                    key, "KIT107", "khóa phải là một từ", "a key must be a word",
                    "viết khóa là một từ hoặc đặt trong dấu nháy", "write the key as a word, or in quotes",
                )  # fmt: skip
                continue
            if key.value == "<<" and key.tag == _PLAIN:
                merged.append(value)
                continue
            if key.value in out:
                self.fault(
                    key, "KIT103", f"khóa “{key.value}” đã có ở dòng {self.document.line(*path, key.value)}",
                    f'the key "{key.value}" already stands on line {self.document.line(*path, key.value)}',
                    "xóa hoặc đổi tên một trong hai", "remove or rename one of the two",
                )  # fmt: skip
                continue
            self.document._lines.setdefault((*path, key.value), key.start_mark.line + 1)
            out[key.value] = self.build(value, (*path, key.value))
        for source in merged:
            self.merge(source, out, path)
        return out

    def merge(self, source: yaml.Node, out: dict[str, Any], path: Path_) -> None:
        for part in source.value if isinstance(source, yaml.SequenceNode) else [source]:
            if not isinstance(part, yaml.MappingNode):
                self.fault(
                    part, "KIT107", "“<<” phải trỏ tới một nhóm khóa", '"<<" must name a mapping',
                    "viết các khóa ra", "write the keys out",
                )  # fmt: skip
                continue
            kept = dict(out)
            for key, value in self.mapping(part, path).items():
                out.setdefault(key, value)
            out.update(kept)

    def scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.tag == _PLAIN:
            return plain(text)
        if node.tag in (_TAG + "str", "!"):
            return text
        reader = _EXPLICIT.get(node.tag)
        if reader is None:
            self.tag(node)
            return text
        try:
            return reader(text)
        except (ValueError, KeyError):
            self.tag(node)
            return text

    def tag(self, node: yaml.Node) -> None:
        shown = node.tag.replace(_TAG, "!!")
        self.fault(
            node, "KIT105", f"thẻ YAML “{shown}” không được nhận", f'the YAML tag "{shown}" is not taken',
            "bỏ thẻ này; viết giá trị bình thường", "remove the tag and write the plain value",
        )  # fmt: skip

    def fault(self, node: yaml.Node, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        _fault(self.document, node.start_mark.line + 1, code, (Text(vi, en), Text(cure_vi, cure_en)))


_EXPLICIT: dict[str, Callable[[str], Any]] = {
    _TAG + "int": int,
    _TAG + "float": float,
    _TAG + "bool": lambda text: {"true": True, "false": False}[text.lower()],
    _TAG + "null": lambda _: None,
}


def plain(text: str) -> Any:
    """What an unquoted scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
