"""What the lake refuses.

LakeError
├── TypeChanged      LAK001  a contract's column no longer fits what is stored
├── QueryRefused     LAK003  the SQL is not one read-only SELECT over the named datasets
├── QueryFailed      LAK004  the engine could not run the SQL
├── QueryTooLong     LAK005  the SQL ran out of time
├── Contended        LAK006  other writers kept winning (retry)
├── NotWritten       LAK007  the storage refused the commit (retry)
├── BadFolder        LAK008  the folder's name cannot be written in a table's address
└── SnapshotGone     LAK040  the version pages were read from is no longer kept
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class LakeError(TinhError):
    code = "LAK000"


class TypeChanged(LakeError):
    code = "LAK001"
    status = 409
    says = Text(
        "Cột “{column}” của bộ dữ liệu “{dataset}” đang được lưu với kiểu {stored}, "
        "nhưng hợp đồng mới khai kiểu {given}.",
        "Column “{column}” of dataset “{dataset}” is stored as {stored}, but the contract now says {given}.",
    )
    cure = Text(
        "Giữ kiểu cũ trong hợp đồng, hoặc khai một cột mới với tên khác rồi nạp lại các tệp cũ.",
        "Keep the old type in the contract, or declare a new column under another name and load the old "
        "files again.",
    )


class QueryRefused(LakeError):
    code = "LAK003"
    says = Text("Câu truy vấn bị từ chối: {reason}.", "The query is refused: {reason_en}.")
    cure = Text(
        "Chỉ viết một câu SELECT trên các bộ dữ liệu đã khai báo: {datasets}.",
        "Write one SELECT over the declared datasets only: {datasets}.",
    )


class QueryFailed(LakeError):
    code = "LAK004"
    says = Text("Không chạy được câu truy vấn: {reason}", "The query could not be run: {reason}")
    cure = Text(
        "Sửa câu truy vấn theo thông báo trên rồi chạy lại.",
        "Mend the query as the message says and run it again.",
    )


class QueryTooLong(LakeError):
    code = "LAK005"
    retry = True
    status = 503
    says = Text(
        "Câu truy vấn chạy quá {seconds} giây nên đã bị dừng.", "The query was stopped after {seconds} s."
    )
    cure = Text(
        "Thu hẹp khoảng thời gian hoặc số địa bàn rồi chạy lại.",
        "Narrow the time span or the places and run it again.",
    )


class Contended(LakeError):
    code = "LAK006"
    retry = True
    status = 503
    says = Text(
        "Bảng “{table}” đang được nhiều tiến trình cùng ghi; đã thử {attempts} lần mà chưa ghi được.",
        "Other writers kept table “{table}” busy for {attempts} attempts.",
    )
    cure = Text(
        "Dữ liệu nhận được vẫn còn nguyên và sẽ được ghi ở lần chạy tới.",
        "What was received is safe and will be written on the next run.",
    )


class NotWritten(LakeError):
    code = "LAK007"
    retry = True
    status = 507
    says = Text("Không ghi được bảng “{table}”: {reason}", "Table “{table}” could not be written: {reason}")
    cure = Text(
        "Kiểm tra dung lượng đĩa và quyền ghi của thư mục dữ liệu. Dữ liệu nhận được vẫn còn nguyên và sẽ "
        "được ghi ở lần chạy tới.",
        "Check the disk space and the permissions of the data folder. What was received is safe and will be "
        "written on the next run.",
    )


class BadFolder(LakeError):
    code = "LAK008"
    says = Text(
        "Đường dẫn thư mục dữ liệu có ký tự không dùng được: {path}",
        "The data folder's path has a character that cannot be used: {path}",
    )
    cure = Text(
        'Đặt TINH_HOME vào một thư mục mà tên không có các ký tự [ ] {{ }} % ? * # ^ | < > " \\ `.',
        'Point TINH_HOME at a folder whose name has none of [ ] {{ }} % ? * # ^ | < > " \\ `.',
    )


class SnapshotGone(LakeError):
    code = "LAK040"
    status = 410
    says = Text(
        "Phiên bản dữ liệu mà trang này nối tiếp không còn được giữ.",
        "The version of the data that this page goes on from is no longer kept.",
    )
    cure = Text("Đọc lại từ trang đầu.", "Begin again at the first page.")
