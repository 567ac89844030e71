"""XML from strangers → a small tree with line numbers. No document type, no entities, bounded size.

Read by expat, which stops at the first `<!DOCTYPE`, so nothing is ever expanded or fetched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from tinh.kit.errors import Text

BIGGEST = 2_000_000  # bytes
DEEPEST = 60  # elements within elements
MOST = 20_000  # elements
_ATTRIBUTES = 100


class Unreadable(Exception):
    """The file is not XML we take. `line`, `why`, `cure`."""

    def __init__(self, line: int, why: Text, cure: Text) -> None:
        super().__init__(why.en)
        self.line, self.why, self.cure = line, why, cure


@dataclass(slots=True)
class Element:
    """An XML element: namespace, local name, attributes ("{namespace}local" or "local"), line."""

    space: str
    name: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def all(self, space: str, *names: str) -> list[Element]:
        return [c for c in self.children if c.space == space and c.name in names]

    def first(self, space: str, *names: str) -> Element | None:
        return next(iter(self.all(space, *names)), None)

    def walk(self) -> Iterator[Element]:
        waiting = [self]
        while waiting:
            here = waiting.pop()
            yield here
            waiting.extend(reversed(here.children))


def read(data: bytes) -> Element:
    """The root element. Unreadable when it is too big, too deep, not XML, or has a document type."""
    if len(data) > BIGGEST:
        raise Unreadable(
            1,
            Text(
                f"tệp quá lớn ({len(data)} byte, nhiều nhất {BIGGEST})",
                f"the file is too big ({len(data)} bytes, {BIGGEST} at most)",
            ),
            Text("tách quy trình thành nhiều tệp", "split the process into several files"),
        )
    return _Reader().read(data)


class _Reader:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.doctype
        self.parser.ExternalEntityRefHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0

    def read(self, data: bytes) -> Element:
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise Unreadable(
                error.lineno,
                Text(
                    f"không phải XML đúng: {expat.ErrorString(error.code)}",
                    f"not well-formed XML: {expat.ErrorString(error.code)}",
                ),
                Text("mở bằng trình vẽ BPMN và lưu lại", "open it in a BPMN modeller and save it again"),
            ) from error
        except (UnicodeError, ValueError, LookupError) as error:
            raise Unreadable(
                1,
                Text("không đọc được bảng mã của tệp", "the file's encoding cannot be read"),
                Text("lưu lại bằng UTF-8", "save it as UTF-8"),
            ) from error
        if self.root is None:
            raise Unreadable(
                1, Text("tệp trống", "the file is empty"), Text("vẽ quy trình", "draw the process")
            )
        return self.root

    def refuse(self, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        raise Unreadable(self.parser.CurrentLineNumber, Text(vi, en), Text(cure_vi, cure_en))

    def doctype(self, *_: object) -> int:
        self.refuse(
            "tệp khai kiểu tài liệu (DOCTYPE) hoặc thực thể",
            "the file declares a document type or entities",
            "xóa phần <!DOCTYPE …>; tệp BPMN không cần nó",
            "remove the <!DOCTYPE …> part; a BPMN file does not need it",
        )
        return 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST:
            self.refuse(
                "tệp có quá nhiều phần tử",
                "the file has too many elements",
                "tách quy trình thành nhiều tệp",
                "split the process into several files",
            )
        if len(self.open) >= DEEPEST or len(attributes) > _ATTRIBUTES:
            self.refuse(
                "phần tử lồng quá sâu hoặc quá nhiều thuộc tính",
                "elements nested too deep, or too many attributes",
                "bỏ bớt các tầng",
                "take levels away",
            )
        space, _, local = name.rpartition(" ")
        spread = {}
        for key, value in attributes.items():
            place, _, bare = key.rpartition(" ")
            spread[f"{{{place}}}{bare}" if place else bare] = value
        element = Element(space, local, spread, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def end(self, _: str) -> None:
        self.open.pop()

    def words(self, text: str) -> None:
        self.open[-1].text += text
