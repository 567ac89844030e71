"""The faults a declaration can have, each with a code that never changes its meaning."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from tinh.kit.errors import Finding, Level, Text
from tinh.kit.yamltree import Document
from tinh.packs.process.codes import CODES as PROCESSES

CODES: dict[str, Text] = {
    "PCK010": Text("Khóa không có trong định dạng", "A key the format does not have"),
    "PCK011": Text("Thiếu khóa bắt buộc", "A key that must be there is missing"),
    "PCK012": Text("Giá trị sai kiểu", "A value of the wrong kind"),
    "PCK013": Text("Giá trị không nằm trong các lựa chọn", "A value that is not among the choices"),
    "PCK014": Text("Mã bị đọc thành số", "A code that reads as a number"),
    "PCK015": Text("Mã viết sai dạng", "An id that is not well formed"),
    "PCK016": Text("Giá trị viết sai dạng", "A value that is not well formed"),
    "PCK017": Text("Phiên bản định dạng chưa biết", "An unknown format number"),
    "PCK021": Text("Có mã Python trong gói", "Python in a pack"),
    "PCK022": Text("Không tìm thấy gói", "A pack that is nowhere"),
    "PCK023": Text("Mã gói khác tên thư mục", "A pack's id that is not its folder's name"),
    "PCK024": Text("Một mã dùng hai lần", "One id used twice"),
    "PCK025": Text("Hai gói dùng chung một mã", "Two packs use one id"),
    "PCK026": Text("Thư mục hoặc tệp không ai đọc", "A folder or file nobody reads"),
    "PCK030": Text("Không có cơ quan này", "An agency that is not declared"),
    "PCK031": Text("Không có bộ dữ liệu này", "A dataset that is not declared"),
    "PCK032": Text("Không có cột này", "A column that is not declared"),
    "PCK033": Text("Không có chỉ tiêu này", "An indicator that is not declared"),
    "PCK034": Text("Thiếu lời", "Words are missing"),
    "PCK035": Text("Lời cho thứ không có", "Words for something that is not there"),
    "PCK036": Text("Tệp SQL không dùng được", "A SQL file that cannot be used"),
    "PCK037": Text("Ô trống không có trong câu", "A placeholder the sentence does not have"),
    "PCK040": Text("Không đọc được biểu thức", "An expression that cannot be read"),
    "PCK041": Text("Biểu thức dùng tên không có", "An expression names what is not there"),
    "PCK042": Text("Chỉ tiêu dẫn xuất vòng tròn", "Derived indicators that go round in a circle"),
    "PCK043": Text("Kỳ leo sai bậc", "Grains that do not climb"),
    "PCK077": Text("Phiên bản cũ không ai thay", "An older version that nothing replaces"),
    "PCK078": Text("Không có tệp của phiên bản bị thay", "The replaced version has no file"),
    "PCK081": Text("Không có phiên bản này", "A version that is not declared"),
    "PCK105": Text("Tên đối chiếu với mã chỉ dùng khi địa bàn ghi bằng mã", "A name to compare, but no code"),
    "PCK106": Text("Cột tên địa bàn trùng với cột mã", "The name's column is the code's"),
    "PCK107": Text("Cột tên địa bàn không phải là chữ", "The place's name is no text"),
    "PCK044": Text("Cột không tính toán được", "A column that cannot be computed with"),
    "PCK045": Text("Mức bao phủ cho kỳ không leo qua", "Coverage for a grain that is not climbed"),
    "PCK046": Text("Ngưỡng cảnh báo mâu thuẫn", "Alert thresholds that contradict each other"),
    "PCK047": Text("Thiếu gắn địa bàn hoặc kỳ", "A place or period binding is missing"),
    "PCK050": Text("Hợp đồng lệch chuẩn ODCS", "A contract that leaves the standard"),
    "PCK051": Text("Hợp đồng không có cột", "A contract without columns"),
    "PCK052": Text("Kiểu dữ liệu phải suy ra", "A type that had to be inferred"),
    "PCK053": Text("Quy tắc chất lượng không thực hiện được", "A quality rule that cannot be executed"),
    "PCK054": Text("Quan hệ không dẫn tới đâu", "A relationship that leads nowhere"),
    "PCK055": Text("Tùy chọn không dùng được cho kiểu này", "An option that does not fit the type"),
    "PCK056": Text("Một cột khai báo hai lần", "One column declared twice"),
    "PCK057": Text("Không đọc được mẫu (regex)", "A pattern that cannot be read"),
    "PCK058": Text("Thiếu khóa của dòng", "A dataset that needs a key"),
    "PCK059": Text("Phiên bản ODCS chưa biết", "An unknown version of ODCS"),
    "PCK085": Text("Quy tắc so với bộ dữ liệu không dùng ở đây", "A rule against a dataset not in use here"),
    "PCK086": Text("Thiếu hoặc thừa mức chênh cho phép", "A comparison without its tolerance, or with two"),
    "PCK087": Text("Hai bộ dữ liệu không gặp nhau để so", "Two datasets that never meet to be compared"),
    "PCK088": Text("Thứ tự ưu tiên nơi gửi không có tác dụng", "A preference of senders without effect"),
    "PCK089": Text("Nơi gửi ưu tiên không phải là cơ quan đã khai", "A preferred sender that is no agency"),
    "PCK060": Text("Loại nguồn lệch nhóm khai báo", "A feed's kind that does not fit its groups"),
    "PCK061": Text("Lịch của nguồn mâu thuẫn", "A feed's schedule that contradicts itself"),
    "PCK062": Text("Địa chỉ nguồn không dùng được", "A feed's address that cannot be used"),
    "PCK063": Text("Chỗ điền trong địa chỉ không có nghĩa", "A place in an address that means nothing"),
    "PCK064": Text("Khóa không đi cùng cách lấy này", "A key that does not fit this way of fetching"),
    "PCK065": Text("Bí mật viết trong tệp", "A secret written into a file"),
    "PCK066": Text("Thư mục hoặc mẫu tên không dùng được", "A folder or pattern that cannot be used"),
    "PCK110": Text(
        "Nơi đặt cơ sở dữ liệu hoặc máy chủ khai chưa đúng", "A database or host not well declared"
    ),
    "PCK111": Text("Bảng hoặc câu truy vấn không dùng được", "A table or query that cannot be used"),
    "PCK112": Text("Cột con trỏ, khóa hoặc tên cột mâu thuẫn", "Cursor, key or column names that contradict"),
    "PCK113": Text("Bí mật viết thẳng trong khai báo", "A secret written where its name should stand"),
    "PCK114": Text("Cách đăng nhập SFTP chưa đủ", "An SFTP sign-in that is not complete"),
    "PCK115": Text("Kho đối tượng khai chưa đúng", "A bucket not well declared"),
    "PCK116": Text("Đăng nhập OAuth khai chưa đúng", "An OAuth sign-in not well declared"),
    "PCK117": Text("Nguồn chưa có bộ dữ liệu", "A source without a dataset"),
    "PCK118": Text("Chứng thư khai chưa đúng", "A certificate not well declared"),
    "PCK120": Text("Chủ đề MQTT khai sai", "An MQTT topic not well declared"),
    "PCK121": Text("Cột lấy từ chủ đề khai sai", "A column of the topic not well declared"),
    "PCK122": Text("Mẻ bản tin quá lớn", "A batch of messages too large"),
    "PCK123": Text("Địa chỉ thư khai sai", "A mail address not well declared"),
    "PCK124": Text("Thư mục thư khai sai", "A mail folder not well declared"),
    "PCK125": Text("Thuộc tính sự kiện khai sai", "No attribute of an event"),
    "PCK126": Text("Cột được điền từ hai chỗ", "A column filled from two places"),
    "PCK127": Text("Đường dẫn trong data khai sai", "No path inside data"),
    "PCK128": Text("Tên máy được bắt tay khai sai", "No host name of an origin"),
    "PCK129": Text("Danh sách loại hay nơi phát có dòng trống", "An empty type or source of events"),
    "PCK119": Text("Tên tệp khác mã nguồn", "A file not named after its source"),
    "PCK070": Text("Không có đơn vị này vào ngày đó", "A unit that does not stand on that day"),
    "PCK071": Text("Tỷ phần không cộng lại bằng một", "Shares that do not add up to one"),
    "PCK072": Text("Hiệu lực chồng lên nhau", "Validities that overlap"),
    "PCK073": Text("Loại thay đổi không khớp đơn vị", "A kind of change that does not fit its units"),
    "PCK074": Text("Ngày hoặc tên đơn vị không dùng được", "A day or a name of a unit that cannot be used"),
    "PCK100": Text("Không dùng được mẫu của bố cục", "A pattern of a layout that cannot be used"),
    "PCK095": Text("Giờ của hạn mà hạn không tính bằng ngày", "An hour for a due time that is not in days"),
    "PCK096": Text("Hạn có hai cách tính", "A due time told in two ways"),
    "PCK101": Text("Cột cố định thiếu hoặc thừa đối số", "A fixed column or template without its argument"),
    "PCK102": Text("Không có cột nào để xoay", "Nothing to unpivot"),
    "PCK103": Text("Bố cục nằm sai chỗ", "A layout that stands in the wrong place"),
    "PCK150": Text("Cột dữ liệu cá nhân thiếu mục đích hoặc thời hạn", "A personal column that lacks a word"),
    "PCK151": Text("Loại dữ liệu cá nhân chưa khai", "A kind of personal data that is not declared"),
    "PCK152": Text("Không có mục đích này", "A purpose that is not declared"),
    "PCK153": Text("Không có căn cứ pháp lý này", "A legal basis that is not declared"),
    "PCK170": Text("Quan hệ thiếu hoặc thừa một vế", "A relation that lacks a side or has one too many"),
    "PCK171": Text("Quan hệ giữa chỉ số khác kỳ", "A relation of indicators of different periods"),
    "PCK104": Text("Bố cục điền một cột hai lần", "A layout that fills one column twice"),
    "PCK130": Text(
        "Cơ quan cấp trên không có hoặc đi vòng", "A parent agency that is not there, or a circle"
    ),
    "PCK131": Text("Hai cơ quan dùng chung một mã định danh", "Two agencies with one official identifier"),
    "PCK132": Text("Tên gọi khác trùng với một cơ quan", "An alias that is another agency's"),
    "PCK133": Text("Địa bàn của cơ quan không có", "An agency's place that is no unit"),
    "PCK134": Text("Ngày của cơ quan mâu thuẫn", "An agency's days that contradict each other"),
    "PCK135": Text("Tên tệp khác mã cơ quan", "A file whose name is not the agency's id"),
    "PCK136": Text("Lĩnh vực không phải gói đang dùng", "A sector that is no pack in use"),
    "PCK137": Text("Tên gọi khác không có mã lẫn tên", "An alias with neither an id nor a name"),
    "PCK138": Text("Mã định danh viết sai dạng", "An official identifier that is not well formed"),
    "PCK140": Text("Loại dịch vụ lệch thứ được chia sẻ", "A share's kind that does not fit what it gives"),
    "PCK141": Text("Dữ liệu cá nhân không có quyền nêu tên", "Personal data without a right that names it"),
    "PCK142": Text("Phạm vi dòng không áp được", "A row scope that cannot be applied"),
    "PCK143": Text("Hiệu lực của dịch vụ mâu thuẫn", "A share's validity that contradicts itself"),
    "PCK144": Text("Bên cung cấp hoặc bên nhận ghi sai", "An owner or member of a share that is not clear"),
    "PCK180": Text("Thí điểm thiếu chỉ tiêu kết quả", "A pilot without the indicator of its outcome"),
    "PCK181": Text("Thí điểm không nêu địa bàn", "A pilot that names no place"),
    "PCK182": Text("Một đơn vị đứng ở hai phía của thí điểm", "A unit on two sides of a pilot"),
    "PCK145": Text("Không dùng được tệp OpenAPI", "An OpenAPI file that cannot be used"),
    "PCK146": Text("Đường dẫn không có trong tệp OpenAPI", "A path that the OpenAPI file does not have"),
    "PCK160": Text("Cây của bộ chỉ số không có nhánh", "A tree of an index without branches"),
    "PCK161": Text("Cây không có phần tử này", "An element the tree does not have"),
    "PCK162": Text("Một mã dùng hai lần trong cây", "One id used twice in a tree"),
    "PCK163": Text("Khóa của thành phần đặt ở một nút", "A key of components on a node"),
    "PCK164": Text("Điểm của các nhánh không cộng lại đúng", "Points of branches that do not add up"),
    "PCK165": Text("Cách chấm điểm chưa đủ hoặc mâu thuẫn", "A scoring rule that is not complete"),
    "PCK166": Text("Mốc chuẩn hóa thiếu hoặc ngược", "Posts of a normalisation missing or turned round"),
    "PCK167": Text("Giả định viết sai", "An assumption that is not well formed"),
    "PCK168": Text(
        "Trọng số của chuyên gia hoặc giới hạn trọng số viết sai",
        "Experts' weights, or limits of weights, that cannot be",
    ),
    "PCK190": Text("Bộ dữ liệu không nêu được người theo xã", "A dataset that has no people by commune"),
    "PCK191": Text("Không có vị trí để chọn", "No site to choose from"),
    "PCK192": Text("Mức được mở không rõ", "How much may be opened is not clear"),
    "PCK193": Text("Tầm phục vụ không hợp với mục tiêu", "A radius that does not fit the goal"),
    "PCK147": Text("Đăng ký sự kiện không gửi được", "A subscription that cannot be sent"),
    "PCK148": Text("Không có quy tắc cảnh báo này", "An alert rule that is not declared"),
    "PCK230": Text("Không có nhóm phản ánh này", "A group of reports that is not declared"),
    "PCK231": Text("Chuyên mục không có ai phụ trách", "A category whose owner is nobody"),
    "PCK232": Text("Câu hỏi thiếu hoặc thừa lựa chọn", "A question that lacks choices or has them in vain"),
    "PCK233": Text("Thời hạn của phản ánh mâu thuẫn", "Limits of reports that contradict each other"),
    "PCK234": Text("Không có quy trình này", "A process that is not declared"),
    "PCK235": Text("Từ khóa trống hoặc viết hai lần", "A keyword that is empty or stands twice"),
    "PCK236": Text("Khai hai lần trong một gói", "Declared twice in one pack"),
    "PCK237": Text("Mẫu trả lời có ô trống lạ", "A canned answer with a blank nobody fills"),
}

CODES |= PROCESSES

# Faults of a change, which only a comparison with what is applied can find.
CHANGED: dict[str, Text] = {
    "PCK075": Text("Đổi ý nghĩa mà không tăng phiên bản", "A change of meaning without a new version"),
    "PCK076": Text("Phiên bản lùi lại", "A version that goes back"),
    "PCK079": Text("Phiên bản đã công bố bị viết lại", "A published version is rewritten"),
    "PCK080": Text("Phiên bản cũ không được giữ lại", "The older version is not kept"),
    "PCK082": Text("Chỉ tiêu đã công bố bị bỏ", "A published indicator is taken away"),
    "PCK083": Text("Dữ liệu của chỉ tiêu đã công bố bị đổi", "The data under a published indicator changes"),
}

Keys = tuple[str | int, ...]


class Faults:
    """Collects findings while reading goes on, so that all of them show at once."""

    def __init__(self) -> None:
        self.found: list[Finding] = []

    def add(
        self,
        document: Document,
        path: Keys,
        code: str,
        says: Text,
        cure: Text | None = None,
        level: Level = "error",
    ) -> None:
        if code not in CODES:
            raise KeyError(code)
        self.found.append(
            Finding(document.path, document.line(*path), code, says, cure or Text("", ""), level)
        )

    def take(self, document: Document) -> bool:
        """The reader's own findings; True when the document can be gone on with."""
        self.found += document.findings
        return not document.findings

    def unknown(
        self,
        document: Document,
        path: Keys,
        code: str,
        word: str,
        known: Iterable[str],
        level: Level = "error",
    ) -> None:
        """A name that stands for nothing, with the nearest known one as the cure."""
        vi, en = _NOUNS[code]
        self.add(
            document, path, code,
            Text(f"{vi} “{word}” không có", f'no {en} "{word}"'), nearest(word, known), level,
        )  # fmt: skip

    def soften(self, codes: Collection[str]) -> None:
        """Findings of these codes become warnings."""
        self.found = [replace(f, level="warning") if f.code in codes else f for f in self.found]

    @property
    def stopped(self) -> bool:
        return any(f.level == "error" for f in self.found)

    def sorted(self) -> tuple[Finding, ...]:
        return tuple(sorted(dict.fromkeys(self.found), key=lambda f: (str(f.file), f.line, f.code)))


_NOUNS = {
    "PCK010": ("khóa", "key"),
    "PCK013": ("lựa chọn", "choice"),
    "PCK022": ("gói", "pack"),
    "PCK030": ("cơ quan", "agency"),
    "PCK031": ("bộ dữ liệu", "dataset"),
    "PCK032": ("cột", "column"),
    "PCK033": ("chỉ tiêu", "indicator"),
    "PCK148": ("quy tắc cảnh báo", "alert rule"),
    "PCK230": ("nhóm phản ánh", "group of reports"),
    "PCK234": ("quy trình", "process"),
    "PCK035": ("mục", "entry"),
    "PCK041": ("tên", "name"),
    "PCK136": ("lĩnh vực", "sector"),
    "PCK152": ("mục đích", "purpose"),
    "PCK153": ("căn cứ pháp lý", "legal basis"),
}


def nearest(word: str, known: Iterable[str]) -> Text:
    """“did you mean …”, or the list when it is short, or nothing."""
    choices: Sequence[str] = sorted({str(k) for k in known})
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if close:
        return Text(f"có phải “{close[0]}”?", f'did you mean "{close[0]}"?')
    if 0 < len(choices) <= 12:
        listed = ", ".join(choices)
        return Text(f"dùng một trong: {listed}", f"use one of: {listed}")
    return Text("kiểm tra lại tên", "check the name")
