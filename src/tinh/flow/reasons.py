"""Why a row is held, in words: what the contract says, and for rules nobody wrote what they mean."""

from __future__ import annotations

from tinh.flow.lines import titles
from tinh.gate.api import CELL_ERROR, DUPLICATE, OTHERS, REFUSED, SHAPE
from tinh.kit.errors import Text
from tinh.packs.api import Dataset

_OWN_WHY = {
    DUPLICATE: Text(
        "Dòng giống hệt một dòng khác trong cùng lần gửi", "An exact repeat of another row of the delivery"
    ),
    REFUSED: Text(
        "Dòng không sai, bị giữ vì cả lần gửi bị từ chối",
        "Nothing wrong: held because the delivery was refused",
    ),
    SHAPE: Text("Số ô của dòng không khớp dòng tiêu đề", "The row has more or fewer cells than the header"),
    CELL_ERROR: Text(
        "Ô báo lỗi hoặc công thức chưa có kết quả", "A cell is in error, or a formula has no result"
    ),
    OTHERS: Text(
        "Khóa này đã có ở một lần gửi mới hơn, hoặc ở lần gửi khác nếu khóa vừa bị đổi; "
        "dòng này không được thay dòng đó",
        "A newer delivery bears this key, or another one where the key was changed; "
        "this row may not replace that one",
    ),
    "key": Text("Khóa bị thiếu hoặc trùng với dòng khác", "The key is missing or another row has it too"),
    "place": Text("Địa bàn không có hoặc không đúng ngày", "No such place on that day"),
    "place-name": Text("Mã và tên địa bàn không khớp nhau", "The code and the name of the place disagree"),
    "period": Text(
        "Kỳ không đọc được, không đúng độ dài của bộ dữ liệu (tháng, quý, năm) hoặc ở tương lai",
        "The period cannot be read, is not of the dataset's length (month, quarter, year) or lies ahead",
    ),
}
_IMPLIED = {
    "type": Text("{column}: không đọc được đúng kiểu", "{column}: cannot be read as its type"),
    "required": Text("{column}: bắt buộc mà để trống", "{column}: required and empty"),
    "unique": Text("{column}: phải là duy nhất", "{column}: must be unique"),
    "enum": Text("{column}: không thuộc danh mục", "{column}: not one of the allowed values"),
}


def reasons(dataset: Dataset, language: str) -> dict[str, str]:
    """Why a row is held, by rule, in the reader's language."""
    own = {rule: says.in_(language) for rule, says in _OWN_WHY.items()}
    named = titles(dataset, language)
    for column in dataset.columns:
        for kind, says in _IMPLIED.items():
            own[f"{column.name}-{kind}"] = says.in_(language).format(column=named[column.name])
    return own | {r.id: r.says.in_(language) for r in dataset.rules if r.says.in_(language)}
