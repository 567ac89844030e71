"""Whether a text is one SELECT that only reads, as far as a text can say.

The engine's read-only transaction is the lock; this is the door: a second statement, a file written
by INTO, or a row lock never reaches the server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tinh.kit.errors import Text

_NEVER = {
    "into": Text("có INTO (ghi ra bảng hoặc tệp)", "there is INTO, which writes"),
    "outfile": Text("có OUTFILE", "there is OUTFILE"),
    "dumpfile": Text("có DUMPFILE", "there is DUMPFILE"),
    "insert": Text("có INSERT", "there is INSERT"),
    "update": Text("có UPDATE (hoặc khóa dòng FOR UPDATE)", "there is UPDATE (or a row lock)"),
    "delete": Text("có DELETE", "there is DELETE"),
    "merge": Text("có MERGE", "there is MERGE"),
    "truncate": Text("có TRUNCATE", "there is TRUNCATE"),
    "drop": Text("có DROP", "there is DROP"),
    "alter": Text("có ALTER", "there is ALTER"),
    "create": Text("có CREATE", "there is CREATE"),
    "grant": Text("có GRANT", "there is GRANT"),
    "call": Text("có CALL", "there is CALL"),
    "exec": Text("có EXEC", "there is EXEC"),
    "execute": Text("có EXECUTE", "there is EXECUTE"),
    "attach": Text("có ATTACH", "there is ATTACH"),
    "pragma": Text("có PRAGMA", "there is PRAGMA"),
    "lock": Text("có LOCK", "there is LOCK"),
}
_WORD = re.compile(r"[^\W\d]\w*")
_DOLLAR = re.compile(r"\$([A-Za-z_]\w*)?\$")
# Words that may also be the name of a column or a function, where a dot or a bracket shows it.
_NAMES = {"update", "delete", "insert", "truncate", "lock", "call", "merge", "exec"}


def refused_statement(text: str, engine: str) -> Text | None:
    """Why `text` may not be sent; None when it may."""
    try:
        parts = list(_parts(text, engine))
    except ValueError as error:
        said: Text = error.args[0]
        return said
    while parts and parts[-1] == ";":
        parts.pop()
    if not parts:
        return Text("câu truy vấn trống", "the query is empty")
    if ";" in parts:
        return Text("có nhiều hơn một câu lệnh", "there is more than one statement")
    if parts[0] not in ("select", "with"):
        return Text("không bắt đầu bằng SELECT hoặc WITH", "it does not begin with SELECT or WITH")
    depth = 0
    for at, part in enumerate(parts):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if depth < 0:
            return Text("dấu ngoặc đóng thừa", "a bracket closes that was not opened")
        before, after = parts[at - 1] if at else "", parts[at + 1] if at + 1 < len(parts) else ""
        named = part in _NAMES and (before == "." or after == "(") and before not in ("(", "as", "for")
        if part in _NEVER and not named and before != ".":
            return _NEVER[part]
        if part in ("share", "update") and before in ("for", "key"):
            return Text("có khóa dòng (FOR SHARE)", "there is a row lock")
    return Text("dấu ngoặc chưa đóng", "a bracket is left open") if depth else None


def bare(text: str) -> str:
    """The statement without the semicolons at its end."""
    return re.sub(r"[\s;]+\Z", "", text)


def _parts(text: str, engine: str) -> Iterator[str]:
    """Words in small letters and single signs; strings, quoted names and comments are passed over."""
    mysql = engine in ("mysql", "mariadb")
    at = 0
    while at < len(text):
        sign, two = text[at], text[at : at + 2]
        if sign.isspace():
            at += 1
        elif two == "--" or (mysql and sign == "#"):
            end = text.find("\n", at)
            if end < 0 or not text[end:].strip(" \t\r\n;"):
                # A comment at the end would swallow what is put behind the query.
                raise ValueError(Text("kết thúc bằng chú thích một dòng", "it ends in a line comment"))
            at = end
        elif two == "/*":
            if text[at + 2 : at + 3] in ("!", "M", "+"):
                raise ValueError(Text("có chú thích chạy được (/*! … */)", "there is an executable comment"))
            end = text.find("*/", at + 2)
            if end < 0 or "/*" in text[at + 2 : end]:
                raise ValueError(Text("chú thích chưa đóng hoặc lồng nhau", "a comment is open or nested"))
            at = end + 2
        elif sign in "'\"`" or (sign == "[" and engine == "other"):
            at = _quoted(text, at, "]" if sign == "[" else sign, mysql)
            yield "name"
        elif sign == "$" and engine == "postgresql" and (found := _DOLLAR.match(text, at)):
            end = text.find(found[0], found.end())
            if end < 0:
                raise ValueError(Text("chuỗi $…$ chưa đóng", "a $…$ string is left open"))
            at = end + len(found[0])
            yield "name"
        elif found := _WORD.match(text, at):
            word = found[0].lower()
            if engine == "postgresql" and word == "e" and text[found.end() : found.end() + 1] == "'":
                at = _quoted(text, found.end(), "'", True)
                yield "name"
            else:
                at = found.end()
                yield word
        else:
            yield sign
            at += 1


def _quoted(text: str, at: int, end: str, backslash: bool) -> int:
    """Where the text goes on after what is quoted from `at`."""
    place = at + 1
    while place < len(text):
        if backslash and end != "`" and text[place] == "\\":
            place += 2
        elif text[place] == end:
            if text[place + 1 : place + 2] != end:
                return place + 1
            place += 2
        else:
            place += 1
    raise ValueError(Text("dấu nháy chưa đóng", "a quotation mark is left open"))
