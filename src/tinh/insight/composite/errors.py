"""What a composite index refuses.

InsightError
└── CompositeError
    ├── NoSuchColumn    INS071  the data lacks a column the tree names
    ├── NotANumber      INS072  a cell that is no number
    ├── RepeatedUnit    INS073  one unit in two rows
    ├── NotPositive     INS074  a mean that needs values above zero
    ├── NoSpread        INS075  a component whose values are all equal, or all missing
    ├── TooFewUnits     INS076  too few units for what was asked
    ├── NoSuchUnit      INS077
    ├── NoSuchElement   INS078
    ├── TooCertain      INS079  a sensitivity analysis of fewer than two assumptions
    ├── NoUnits         INS080  a file without rows
    ├── NoSuchAnswer    INS081  an answer no tier knows
    ├── NotSettable     INS082  a change that names nothing in the data
    ├── NoSuchIndex     INS083
    ├── NothingYet      INS084  no values have arrived for an index
    ├── ReservedId      INS085  an element named as a column of the answer
    ├── BadTable        INS086  a file that is no table
    ├── NoWeight        INS087  siblings that all weigh nothing
    ├── BadMeta         INS088  indicator metadata of COINr that make no tree
    └── NoRoom          INS089  limits of weights that no weights keep
"""

from __future__ import annotations

from tinh.insight.errors import InsightError
from tinh.kit.errors import Text


class CompositeError(InsightError):
    status = 422


class NoSuchColumn(CompositeError):
    code = "INS071"
    says = Text(
        "Dữ liệu không có cột “{column}” mà “{element}” cần.",
        "The data has no column “{column}”, which “{element}” needs.",
    )
    cure = Text(
        "Sửa tên cột, hoặc ghi column: ở phần tử đó. Dữ liệu có các cột: {known}.",
        "Mend the column's name, or write column: at that element. The data has: {known}.",
    )


class NotANumber(CompositeError):
    code = "INS072"
    says = Text(
        "Dòng {row}, cột “{column}”: “{text}” không phải là số.",
        "Row {row}, column “{column}”: “{text}” is not a number.",
    )
    cure = Text(
        "Viết số với dấu chấm thập phân, để trống hoặc ghi NA khi không có giá trị.",
        "Write numbers with a decimal point; leave empty or write NA where there is no value.",
    )


class RepeatedUnit(CompositeError):
    code = "INS073"
    says = Text(
        "Đơn vị “{unit}” có ở dòng {first} và dòng {row}.",
        "The unit “{unit}” stands in rows {first} and {row}.",
    )
    cure = Text("Giữ một dòng cho mỗi đơn vị.", "Keep one row a unit.")


class NotPositive(CompositeError):
    code = "INS074"
    says = Text(
        "“{node}” dùng trung bình {rule} nhưng “{child}” của {unit} bằng {value}, không lớn hơn 0.",
        "“{node}” takes a {rule} mean, but “{child}” of {unit} is {value}, which is not above 0.",
    )
    cure = Text(
        "Chuẩn hóa về khoảng lớn hơn 0 (ví dụ minmax từ 1 đến 100) hoặc dùng trung bình cộng.",
        "Normalise to a range above 0 (such as minmax from 1 to 100) or take the arithmetic mean.",
    )


class NoSpread(CompositeError):
    code = "INS075"
    says = Text(
        "Không chuẩn hóa được “{element}” bằng {kind}: mọi giá trị bằng nhau hoặc đều trống.",
        "“{element}” cannot be normalised by {kind}: its values are all equal, or all missing.",
    )
    cure = Text(
        "Bỏ thành phần này, hoặc chuẩn hóa theo mốc cố định (goalposts).",
        "Leave it out, or normalise it by fixed posts (goalposts).",
    )


class TooFewUnits(CompositeError):
    code = "INS076"
    says = Text(
        "Bảng có {have} đơn vị; {what_vi} cần ít nhất {need}.",
        "Units in the table: {have}; {what_en} needs at least {need}.",
    )
    cure = Text(
        "Thêm đơn vị để so sánh, hoặc chọn cách khác.", "Add units to compare, or choose another way."
    )


class NoSuchUnit(CompositeError):
    code = "INS077"
    status = 404
    says = Text("Dữ liệu không có đơn vị “{unit}”.", "The data has no unit “{unit}”.")
    cure = Text("Có: {known}.", "There are: {known}.")


class NoSuchElement(CompositeError):
    code = "INS078"
    status = 404
    says = Text("Cây không có phần tử “{element}”.", "The tree has no element “{element}”.")
    cure = Text("Có: {known}.", "There are: {known}.")


class TooCertain(CompositeError):
    code = "INS079"
    says = Text(
        "Phân tích độ nhạy cần ít nhất hai giả định, ở đây có {have}.",
        "A sensitivity analysis needs at least two assumptions; there are {have}.",
    )
    cure = Text("Khai thêm ở mục assumptions.", "Declare more of them under assumptions.")


class NoUnits(CompositeError):
    code = "INS080"
    says = Text("Tệp dữ liệu không có dòng nào.", "The data has no rows.")
    cure = Text(
        "Mỗi đơn vị một dòng, mỗi thành phần một cột.", "Give one row a unit and one column a component."
    )


class NoSuchAnswer(CompositeError):
    code = "INS081"
    says = Text(
        "“{element}” của {unit}: câu trả lời “{text}” không có trong khai báo.",
        "“{element}” of {unit}: the answer “{text}” is not declared.",
    )
    cure = Text("Dùng một trong: {known}.", "Use one of: {known}.")


class NotSettable(CompositeError):
    code = "INS082"
    says = Text("Không thử thay đổi được “{name}”: {reason}", "“{name}” cannot be changed: {reason_en}")
    cure = Text("Viết thành-phần=giá-trị. Có: {known}.", "Write component=value. There are: {known}.")


class NoSuchIndex(CompositeError):
    code = "INS083"
    status = 404
    says = Text("Tỉnh không khai báo bộ chỉ số “{index}”.", "The province declares no index “{index}”.")
    cure = Text("Có: {known}.", "There are: {known}.")


class NothingYet(CompositeError):
    code = "INS084"
    status = 404
    says = Text("Chưa có số liệu nào cho bộ chỉ số “{index}”.", "No values have arrived yet for “{index}”.")
    cure = Text(
        "Xem đơn vị và hạn báo cáo của từng thành phần, rồi gửi số liệu.",
        "See the owner and deadline of each component, then deliver values.",
    )


class ReservedId(CompositeError):
    code = "INS085"
    says = Text(
        "“{element}” là tên một cột của bảng kết quả, không làm mã phần tử được.",
        "“{element}” is a column of the answer and cannot be the id of an element.",
    )
    cure = Text("Đặt cho phần tử một mã khác.", "Give the element another id.")


class BadTable(CompositeError):
    code = "INS086"
    says = Text("Không dùng được tệp {file}: {reason_vi}.", "{file} cannot be used: {reason_en}.")
    cure = Text(
        "Đưa tệp CSV mã UTF-8: một dòng tên cột, mỗi dòng một đơn vị, dòng nào cũng đủ ô.",
        "Give a UTF-8 CSV file: one line of column names, a row a unit, as many cells in each row.",
    )


class NoWeight(CompositeError):
    code = "INS087"
    says = Text(
        "Các nhánh được tính của “{element}” đều có trọng số 0, nên “{element}” không có giá trị.",
        "All counted children of “{element}” have the weight 0, so that “{element}” has no value.",
    )
    cure = Text(
        "Cho ít nhất một nhánh trọng số lớn hơn 0, hoặc ghi scored: false ở “{element}”.",
        "Give at least one child a weight above 0, or write scored: false at “{element}”.",
    )


class BadMeta(CompositeError):
    code = "INS088"
    says = Text("Bảng iMeta chưa đúng: {faults_vi}.", "The iMeta table is not right: {faults_en}.")
    cure = Text(
        "iMeta cần các cột iCode, Level, Parent, Direction, Weight, Type (xem docs/reference/indexes.md).",
        "iMeta has the columns iCode, Level, Parent, Direction, Weight, Type (docs/reference/indexes.md).",
    )


class NoRoom(CompositeError):
    code = "INS089"
    says = Text(
        "Không có trọng số nào của {children} nhánh đều nằm giữa {least} và {most}.",
        "No weights of {children} children all lie between {least} and {most}.",
    )
    cure = Text(
        "Nới least hoặc most ở doubt, hoặc khai doubt riêng cho nút đó.",
        "Widen least or most of doubt, or declare doubt at that node.",
    )
