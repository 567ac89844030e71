"""The codes of faults in processes and decision tables, PCK200–229."""

from __future__ import annotations

from tinh.kit.errors import Text

CODES: dict[str, Text] = {
    "PCK200": Text("Không đọc được tệp quy trình", "A process file that cannot be read"),
    "PCK201": Text("Không phải quy trình chạy được", "No process that can be run"),
    "PCK202": Text("Phần tử BPMN không dùng được", "A BPMN element that is not taken"),
    "PCK203": Text("Quy trình đòi chạy mã", "A process that asks to run code"),
    "PCK204": Text("Phần tử thiếu mã hoặc trùng mã", "An element without an id, or with one used twice"),
    "PCK205": Text("Mũi tên không dẫn tới đâu", "An arrow that leads nowhere"),
    "PCK206": Text("Quy trình không có đúng một điểm bắt đầu", "A process without exactly one start"),
    "PCK207": Text("Bước không tới được", "A step that cannot be reached"),
    "PCK208": Text("Bước không dẫn tới kết thúc", "A step with no way to an end"),
    "PCK209": Text("Nhánh rẽ thiếu điều kiện", "A gateway without conditions or a default"),
    "PCK210": Text("Không đọc được điều kiện", "A condition that cannot be read"),
    "PCK211": Text("Điều kiện dùng tên không có", "A condition names a fact nobody gives"),
    "PCK212": Text("Thời hạn không bao giờ tới", "A timer that can never fall due"),
    "PCK213": Text("Việc tự động không có", "A service that is not there"),
    "PCK214": Text("Bước của người không có nút bấm", "A step for people without an action"),
    "PCK215": Text("Thiếu tên tiếng Việt hoặc tiếng Anh", "A name is missing in Vietnamese or in English"),
    "PCK216": Text("Sự kiện không có tên", "An event without its name"),
    "PCK217": Text("Sự kiện gắn sai chỗ", "An event attached where it cannot be"),
    "PCK218": Text("Không có quy trình được gọi", "A called process that is not there"),
    "PCK219": Text("Không có bảng quyết định được gọi", "A decision table that is not there"),
    "PCK220": Text("Bảng quyết định sai", "A decision table at fault"),
    "PCK221": Text("Bước lặp nhiều lần sai", "A multi-instance step at fault"),
    "PCK222": Text("Quy trình không có hình vẽ", "A process without a drawing"),
    "PCK223": Text("Nút bấm hoặc ô nhập sai", "An action or a field at fault"),
    "PCK224": Text("Nhánh chờ sự kiện sai", "An event gateway at fault"),
    "PCK225": Text("Chuyển hồ sơ sang quy trình mới sai", "A migration at fault"),
    "PCK226": Text("Các quy trình gọi nhau vòng tròn", "Processes that call each other in a circle"),
    "PCK227": Text("Phần của công cụ khác không có tác dụng", "Another tool's words, without effect here"),
    "PCK228": Text("Khóa tinh: không có trong định dạng", "A tinh: word the format does not have"),
    "PCK229": Text("Sự kiện không ai gây ra", "An event nobody brings about"),
}
