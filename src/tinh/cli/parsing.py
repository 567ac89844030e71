"""What the parser of the command line says, in Vietnamese too."""

from __future__ import annotations

import re

from tinh.kit.errors import Text

_SAID = (
    (
        r"No such command '([^']+)'\. (?:Did you mean|\(Possible commands:) (.+?)\)?",
        "không có lệnh “{0}”; có {1}",
    ),
    (r"No such command '([^']+)'", "không có lệnh “{0}”"),
    (r"Missing command", "thiếu tên lệnh"),
    (r"(?:File|Path|Directory) '(.+)' does not exist", "không thấy “{0}”"),
    (r"File '(.+)' is a directory", "“{0}” là thư mục, cần một tệp"),
    (r"Directory '(.+)' is a file", "“{0}” là tệp, cần một thư mục"),
    (r"(?:File|Path|Directory) '(.+)' is not readable", "không được phép đọc “{0}”"),
    (r"(?:File|Path|Directory) '(.+)' is not writable", "không được phép ghi “{0}”"),
    (r"'(.*)' is not a valid integer(?: range)?", "“{0}” không phải số nguyên"),
    (r"'(.*)' is not a valid float(?: range)?", "“{0}” không phải số"),
    (r"'(.*)' is not a valid boolean.*", "“{0}” không phải có hay không"),
    (r"'(.*)' is not a valid UUID", "“{0}” không phải mã UUID"),
    (r"'(.*)' is not one of (.+)", "“{0}” không nằm trong {1}"),
    (r"(.+) is not in the range (.+)", "{0} nằm ngoài khoảng {1}"),
    (r"'(.*)' does not match the formats? (.+)", "“{0}” không viết theo dạng {1}"),
    (r"Got unexpected extra arguments? \((.+)\)", "thừa “{0}”"),
    (r"Option '(.+)' requires (?:an argument|\d+ arguments)", "sau {0} phải có giá trị"),
    (r"Option '(.+)' does not take a value", "sau {0} không có giá trị"),
)


def said_twice(message: str) -> Text:
    """The parser's sentence without its full stop; what is not known stays as the parser has it."""
    plain = message.strip().rstrip(".?")
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern, plain, re.DOTALL):
            return Text(words.format(*found.groups()), plain)
    return Text(plain, plain)
