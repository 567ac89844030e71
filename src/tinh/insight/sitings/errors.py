"""What a siting refuses.

SitingError
├── BadSpec          INS110  the study is not written as it must be
├── NoTable          INS111  a table that cannot be read
├── NoColumn         INS112  a column that is not in the table
├── BadCell          INS113  a cell that is no number, or out of its range
├── TwiceNamed       INS114  one id twice
├── NoDemand         INS115  nobody to serve
├── NoSites          INS116  no site to choose from
├── ReachesNothing   INS117  no site reaches anybody
├── OutOfReach       INS118  somebody whom no site reaches, though all must be served
├── NoPlan           INS119  no plan keeps all conditions
├── NoPlanInTime     INS120  none found before the time ran out
├── BadDistances     INS121  distances that do not fit the demand or the sites
├── AtOdds           INS122  conditions that do not go together
├── NoStudy          INS123  no study of that id
├── NoData           INS124  what a study reads is not there
├── BadStudy         INS125  a study made here that is not declared rightly
└── NoReason         INS108  a study deleted without a reason
"""

from __future__ import annotations

from tinh.insight.errors import InsightError
from tinh.kit.errors import Text


class SitingError(InsightError):
    status = 422


class BadSpec(SitingError):
    code = "INS110"
    says = Text("Tệp {file} chưa đúng: {faults_vi}", "{file} is not right: {faults_en}")
    cure = Text(
        "Sửa các dòng đã nêu; mẫu ở docs/reference/sitings.md.",
        "Mend those lines; docs/reference/sitings.md has an example.",
    )


class NoTable(SitingError):
    code = "INS111"
    says = Text("Không đọc được bảng {file}: {reason_vi}.", "The table {file} cannot be read: {reason_en}.")
    cure = Text(
        "Cần tệp CSV mã UTF-8, dòng đầu là tên cột; đường dẫn tính từ thư mục của tệp yêu cầu.",
        "It must be a UTF-8 CSV file with column names in its first line; paths start at the spec's folder.",
    )


class NoColumn(SitingError):
    code = "INS112"
    says = Text("Bảng {file} không có cột “{column}”.", "{file} has no column “{column}”.")
    cure = Text("Các cột có: {known}.", "Its columns: {known}.")


class BadCell(SitingError):
    code = "INS113"
    says = Text(
        "{file}, dòng {line}, cột “{column}”: “{value}”, cần {expected_vi}.",
        "{file}, line {line}, column “{column}”: “{value}”, expected {expected_en}.",
    )
    cure = Text("Sửa ô này ({count} ô như vậy trong cột).", "Mend the cell ({count} such in the column).")


class TwiceNamed(SitingError):
    code = "INS114"
    says = Text(
        "{file}: mã “{id}” đứng ở dòng {first} và dòng {line} ({count} mã bị lặp).",
        "{file}: the id “{id}” stands in line {first} and in line {line} ({count} ids are repeated).",
    )
    cure = Text(
        "Mỗi điểm cần một mã riêng; bỏ cột id thì mã là số thứ tự dòng.",
        "Each needs an id of its own; without an id column the row's number is its id.",
    )


class NoDemand(SitingError):
    code = "INS115"
    says = Text(
        "{file} không có ai cần phục vụ: {points} điểm, tổng trọng số {weight}.",
        "{file} holds nobody to serve: {points} points, total weight {weight}.",
    )
    cure = Text("Cần ít nhất một điểm có trọng số lớn hơn 0.", "At least one point needs a weight above 0.")


class NoSites(SitingError):
    code = "INS116"
    says = Text("Không có vị trí nào để chọn ({file}).", "There is no site to choose from ({file}).")
    cure = Text(
        "Thêm vị trí ứng viên; vị trí đánh dấu đang có không tính là ứng viên.",
        "Add candidate sites; those marked as existing are no candidates.",
    )


class ReachesNothing(SitingError):
    code = "INS117"
    says = Text(
        "Không vị trí nào trong {sites} vị trí phục vụ được điểm nào trong {points} điểm ở tầm {radius}.",
        "None of {sites} sites reaches any of {points} points within {radius}.",
    )
    cure = Text(
        "Kiểm tra tầm phục vụ và đơn vị của nó (mét khi tọa độ là kinh vĩ độ), và thứ tự kinh độ, vĩ độ.",
        "Check the radius and its unit (metres with longitude and latitude), and which column is longitude.",
    )


class OutOfReach(SitingError):
    code = "INS118"
    says = Text(
        "Mọi điểm phải được phục vụ, nhưng {count} điểm không vị trí nào tới được: {first}.",
        "All points must be served, yet no site reaches {count} of them: {first}.",
    )
    cure = Text(
        "Tăng tầm phục vụ, thêm vị trí, hoặc ghi `unreachable: leave_out` để bỏ các điểm này ra.",
        "Widen the radius, add sites, or write `unreachable: leave_out` to leave them out.",
    )


class NoPlan(SitingError):
    code = "INS119"
    says = Text("Không phương án nào thỏa mọi điều kiện: {why_vi}", "No plan keeps all conditions: {why_en}")
    cure = Text("{cure_vi}", "{cure_en}")


class NoPlanInTime(SitingError):
    code = "INS120"
    retry = True
    says = Text(
        "Hết {seconds} giây mà chưa tìm được phương án thỏa mọi điều kiện (chưa chứng minh là không có).",
        "After {seconds} seconds no plan that keeps all conditions was found (nor proven not to exist).",
    )
    cure = Text(
        "Cho thêm thời gian (time_limit), hoặc nới mức phục vụ tối thiểu, ngân sách hay công suất.",
        "Give it more time (time_limit), or ease the minimum service, the budget or the capacities.",
    )


class BadDistances(SitingError):
    code = "INS121"
    says = Text("Bảng khoảng cách {file}: {why_vi}", "The distances in {file}: {why_en}")
    cure = Text("{cure_vi}", "{cure_en}")


class AtOdds(SitingError):
    code = "INS122"
    says = Text("{why_vi}", "{why_en}")
    cure = Text("{cure_vi}", "{cure_en}")


class NoStudy(SitingError):
    code = "INS123"
    status = 404
    says = Text("Không có phương án bố trí nào mang mã “{id}”.", "No siting study has the id “{id}”.")
    cure = Text("Xem danh sách ở /bo-tri/.", "See the list at /bo-tri/.")


class NoData(SitingError):
    code = "INS124"
    says = Text("Phương án “{id}” chưa có dữ liệu: {why_vi}", "The study “{id}” has no data: {why_en}")
    cure = Text("{cure_vi}", "{cure_en}")


class BadStudy(SitingError):
    code = "INS125"
    says = Text("Phương án chưa khai đúng: {vi}.", "The study is not declared rightly: {en}.")
    cure = Text("Sửa các mục đã nêu rồi gửi lại.", "Mend what is named and send it again.")


class NoReason(SitingError):
    code = "INS108"
    status = 400
    says = Text("Chưa ghi lý do xóa phương án.", "No reason is given for deleting the study.")
    cure = Text(
        "Ghi ngắn gọn vì sao bỏ phương án này; lý do được lưu trong nhật ký.",
        "Say briefly why the study is dropped; the reason is kept in the log.",
    )
