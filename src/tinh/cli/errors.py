"""TinhError
└── CommandError        the command line asked for something that is not there (CLI…)
    ├── NoSuchFile
    ├── NoSuchDataset
    ├── NoSuchIndicator
    ├── NoSuchReceipt
    ├── NoSuchPack
    ├── NoSuchAgency
    ├── NothingToPull
    ├── NotReached
    ├── FileStands
    ├── UnreadableMoment
    ├── UnreadablePeriod
    ├── NotAgreed
    ├── NoSuchIndicatorVersion
    ├── UnreadableUnits
    ├── NotConfirmed
    ├── NotRows
    ├── NotMerged
    ├── NotSeriesFile
    ├── BadLevels
    ├── NothingToTry
    └── NotUnderstood   words the command line could not parse
        ├── NoSuchOption
        ├── MissingArgument
        └── BadArgument
"""

from typing import ClassVar

from tinh.kit.errors import Text, TinhError


class CommandError(TinhError):
    code = "CLI100"


class NoSuchFile(CommandError):
    code = "CLI101"
    says: ClassVar[Text] = Text("Không thấy tệp {path}.", "There is no file {path}.")
    cure: ClassVar[Text] = Text("Kiểm tra lại đường dẫn.", "Check the path.")


class NoSuchDataset(CommandError):
    code = "CLI102"
    says: ClassVar[Text] = Text(
        "Tỉnh {province} không khai báo bộ dữ liệu {dataset}.", "{province} declares no dataset {dataset}."
    )
    cure: ClassVar[Text] = Text("Có: {known}.", "There are: {known}.")


class NoSuchIndicator(CommandError):
    code = "CLI103"
    says: ClassVar[Text] = Text(
        "Tỉnh {province} không khai báo chỉ số {indicator}.", "{province} declares no indicator {indicator}."
    )
    cure: ClassVar[Text] = Text("Có: {known}.", "There are: {known}.")


class NoSuchReceipt(CommandError):
    code = "CLI104"
    status = 404
    says: ClassVar[Text] = Text("Không có lần gửi {receipt}.", "There is no receipt {receipt}.")
    cure: ClassVar[Text] = Text(
        "Xem các lần gửi gần đây bằng: tinh status", "See recent receipts with: tinh status"
    )


class UnreadableMoment(CommandError):
    code = "CLI105"
    says: ClassVar[Text] = Text("Không đọc được thời điểm {text}.", "{text} is not a moment.")
    cure: ClassVar[Text] = Text(
        "Viết như 2025-04-30 hoặc 2025-04-30T12:00.", "Write it like 2025-04-30 or 2025-04-30T12:00."
    )


class NoSuchPack(CommandError):
    code = "CLI106"
    says: ClassVar[Text] = Text(
        "Tỉnh {province} không dùng gói {pack}.", "{province} does not use the pack {pack}."
    )
    cure: ClassVar[Text] = Text("Có: {known}.", "There are: {known}.")


class UnreadablePeriod(CommandError):
    code = "CLI107"
    says: ClassVar[Text] = Text("“{text}” không phải là một kỳ.", "“{text}” is not a period.")
    cure: ClassVar[Text] = Text(
        "Viết như 2025, 2025-Q2, 2025-04, 2025-04-01 hoặc 2025-04-01T07.",
        "Write it like 2025, 2025-Q2, 2025-04, 2025-04-01 or 2025-04-01T07.",
    )


class NotReached(CommandError):
    code = "CLI108"
    says: ClassVar[Text] = Text("Không đọc hoặc ghi được {path}: {reason}.", "{path}: {reason}.")
    cure: ClassVar[Text] = Text(
        "Kiểm tra đường dẫn, quyền và dung lượng đĩa; TINH_HOME chọn thư mục dữ liệu khác.",
        "Check the path, its permissions and the disk space; TINH_HOME chooses another data folder.",
    )


class FileStands(CommandError):
    code = "CLI160"
    says: ClassVar[Text] = Text("Đã có tệp {path}.", "There is a file {path} already.")
    cure: ClassVar[Text] = Text(
        "Chọn tên khác, hoặc xóa tệp cũ trước.", "Choose another name, or remove the old file first."
    )


class NotUnderstood(CommandError):
    code = "CLI109"
    says: ClassVar[Text] = Text(
        "Không hiểu dòng lệnh: {reason_vi}.", "The command was not understood: {reason_en}."
    )
    cure: ClassVar[Text] = Text("Xem cách viết bằng: {help}", "See how it is written with: {help}")


class NoSuchOption(NotUnderstood):
    code = "CLI110"
    says: ClassVar[Text] = Text("Không có tùy chọn {option}.", "There is no option {option}.")


class MissingArgument(NotUnderstood):
    code = "CLI111"
    says: ClassVar[Text] = Text("Dòng lệnh thiếu {name}.", "The command lacks {name}.")


class BadArgument(NotUnderstood):
    code = "CLI112"
    says: ClassVar[Text] = Text(
        "Không dùng được giá trị của {name}: {reason_vi}.", "The value of {name} cannot be used: {reason_en}."
    )


class UnreadableUnits(CommandError):
    code = "CLI170"
    says: ClassVar[Text] = Text(
        "“{text}” không cho biết muốn xem theo đơn vị hành chính của ngày nào.",
        "“{text}” does not say on the units of which day the values are wanted.",
    )
    cure: ClassVar[Text] = Text(
        "Viết today, then (như báo cáo) hoặc một ngày như 2025-06-30.",
        "Write today, then (as reported) or a day such as 2025-06-30.",
    )


class NotConfirmed(CommandError):
    code = "CLI140"
    says: ClassVar[Text] = Text(
        "Chưa làm gì với {receipt}: chưa được xác nhận.",
        "Nothing was done to {receipt}: it was not confirmed.",
    )
    cure: ClassVar[Text] = Text(
        "Xem các thay đổi ở trên rồi chạy: tinh {verb} {receipt} --reason … --yes",
        "Look at the changes above, then run: tinh {verb} {receipt} --reason … --yes",
    )


class NotRows(CommandError):
    code = "CLI130"
    says: ClassVar[Text] = Text("“{text}” không phải là số dòng.", "“{text}” is not a row number.")
    cure: ClassVar[Text] = Text("Viết như 4 hoặc 7-9.", "Write it like 4 or 7-9.")


class NoSuchAgency(CommandError):
    code = "CLI200"
    says: ClassVar[Text] = Text(
        "Tỉnh này không có cơ quan “{agency}”.", "This province has no agency “{agency}”."
    )
    cure: ClassVar[Text] = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class NotMerged(CommandError):
    code = "CLI230"
    says: ClassVar[Text] = Text(
        "Chưa sáp nhập {of} vào {into}: chưa được xác nhận.",
        "{of} was not merged into {into}: it was not confirmed.",
    )
    cure: ClassVar[Text] = Text(
        "Xem những gì sẽ chuyển ở trên rồi chạy: tinh agency merge {of} {into} --yes",
        "Look at what would move above, then run: tinh agency merge {of} {into} --yes",
    )


class NothingToPull(CommandError):
    code = "CLI150"
    says: ClassVar[Text] = Text("Chưa nói lấy nguồn nào.", "Nothing was named to pull.")
    cure: ClassVar[Text] = Text(
        "Viết mã nguồn, hoặc --due (đến hạn), hoặc --all (tất cả). Các nguồn: {known}.",
        "Name a feed, or say --due or --all. The feeds: {known}.",
    )


class NotAgreed(CommandError):
    code = "CLI180"
    says: ClassVar[Text] = Text(
        "Lệnh này làm thay đổi số liệu đang công bố và cần được đồng ý.",
        "This changes published figures and needs a yes.",
    )
    cure: ClassVar[Text] = Text("Xem tinh plan, rồi thêm --yes.", "Look at tinh plan, then add --yes.")


class NoSuchIndicatorVersion(CommandError):
    code = "CLI181"
    says: ClassVar[Text] = Text(
        "Chỉ tiêu {indicator} không có phiên bản {version}.", "{indicator} has no version {version}."
    )
    cure: ClassVar[Text] = Text("Có: {known}.", "There are: {known}.")


class NoSource(CommandError):
    code = "CLI280"
    says: ClassVar[Text] = Text(
        "Cần đúng một trong tệp và --source; --adopt cần --source và --owner.",
        "Name either a file or --source; --adopt needs --source and --owner.",
    )
    cure: ClassVar[Text] = Text(
        "Viết tinh profile TỆP, hoặc tinh profile --source MÃ-NGUỒN --owner CƠ-QUAN --adopt.",
        "Write tinh profile FILE, or tinh profile --source ID --owner AGENCY --adopt.",
    )


class NotADeclaration(CommandError):
    code = "CLI281"
    says: ClassVar[Text] = Text(
        "Không đọc được khai báo nguồn: {reason}", "The declaration cannot be read: {reason}"
    )
    cure: ClassVar[Text] = Text(
        "Viết một tệp YAML như docs/guide/ket-noi.md, hoặc dùng các lựa chọn của tinh connector add.",
        "Write a YAML file as docs/guide/ket-noi.md shows, or use the options of tinh connector add.",
    )


class NothingToTry(CommandError):
    code = "CLI340"
    says: ClassVar[Text] = Text("Chưa nói thay đổi gì.", "Nothing was given to change.")
    cure: ClassVar[Text] = Text("Viết --set thành-phần=giá-trị.", "Write --set component=value.")


class TargetIncomplete(CommandError):
    code = "CLI320"
    says: ClassVar[Text] = Text(
        "Với tệp chuỗi số cần đủ ba: SERIES, --target, --by.",
        "A file of series needs all three: SERIES, --target, --by.",
    )
    cure: ClassVar[Text] = Text(
        "Viết: tinh outlook chuoi.csv --target 95 --by 2026-12.",
        "Write: tinh outlook series.csv --target 95 --by 2026-12.",
    )


class SupposeOne(CommandError):
    code = "CLI321"
    says: ClassVar[Text] = Text(
        "Cần đúng một trong hai: --communes N, --pace N.", "Say exactly one of --communes N and --pace N."
    )
    cure: ClassVar[Text] = Text(
        "Viết: tinh what-if telecom-5g-coverage --communes 10.",
        "Write: tinh what-if telecom-5g-coverage --communes 10.",
    )


class CannotSuppose(CommandError):
    code = "CLI322"
    says: ClassVar[Text] = Text(
        "Chưa thử được với {indicator}: không còn mục tiêu, chưa có dự báo, hoặc không cộng được theo xã.",
        "Nothing can be supposed of {indicator}: no target to come, no forecast yet, or it does not add up.",
    )
    cure: ClassVar[Text] = Text(
        "Chạy tinh outlook --refresh rồi thử lại.", "Run tinh outlook --refresh, then try again."
    )


class NotSeriesFile(CommandError):
    code = "CLI310"
    says: ClassVar[Text] = Text(
        "Không đọc được {path} như một tệp CSV: {reason}.", "{path} cannot be read as CSV: {reason}."
    )
    cure: ClassVar[Text] = Text(
        "Lưu dưới dạng CSV mã UTF-8, dòng đầu là unique_id,ds,y.",
        "Save it as CSV in UTF-8 whose first line is unique_id,ds,y.",
    )


class BadLevels(CommandError):
    code = "CLI311"
    says: ClassVar[Text] = Text(
        "“{text}” không phải là các mức tin cậy.", "“{text}” is not a list of levels."
    )
    cure: ClassVar[Text] = Text("Viết như 80,95.", "Write it like 80,95.")
