"""Why a source could not be pulled, and what to do.

FeedError              the family; `retry` says whether the clock may mend it
  asked for        SRC065 UnknownFeed · SRC066 FeedBusy · SRC067 FeedPaused · SRC068 SecretMissing
  folders          SRC069 FolderOutside · SRC070 FolderUnreadable · SRC071 FileNotTaken
                   SRC072 UnknownSender
  where it leads   SRC073 AddressRefused · SRC074 HostRefused · SRC075 SchemeRefused · SRC076 Wandering
  on the way       SRC077 NameUnknown · SRC078 NotConnected · SRC079 NotSecure · SRC080 TooSlow
                   SRC081 TooMuch · SRC082 Swelling
  what came        SRC083 ServerTrouble · SRC084 AccessDenied · SRC085 RequestRefused
                   SRC086 PageInstead · SRC087 NotAsDeclared · SRC088 PagingLost · SRC089 DeliveryRefused
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.errors import SourceError


class FeedError(SourceError):
    status = 502


class UnknownFeed(FeedError):
    code = "SRC065"
    status = 404
    says = Text("Không có nguồn dữ liệu “{feed}”.", "There is no feed “{feed}”.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class FeedBusy(FeedError):
    code = "SRC066"
    status = 409
    retry = True
    says = Text("Nguồn “{feed}” đang được lấy ở tiến trình khác.", "Another process is pulling “{feed}” now.")
    cure = Text("Chờ lần đó xong rồi xem lịch sử.", "Wait until it has ended and look at the history.")


class FeedPaused(FeedError):
    code = "SRC067"
    status = 409
    says = Text("Nguồn “{feed}” đang tạm dừng: {reason}", "The feed “{feed}” is paused: {reason}")
    cure = Text("Cho chạy lại trước khi lấy.", "Resume it before pulling.")


class SecretMissing(FeedError):
    code = "SRC068"
    says = Text("Chưa có bí mật “{name}” cho nguồn này.", "The secret “{name}” of this feed is not there.")
    cure = Text(
        "Chạy tinh secret set {name}, hoặc nhập lại ở trang nguồn dữ liệu, hoặc đặt biến TINH_SECRET_{name}.",
        "Run tinh secret set {name}, type it again on the source's page, or set TINH_SECRET_{name}.",
    )


class FolderOutside(FeedError):
    code = "SRC069"
    says = Text(
        "Thư mục “{path}” nằm ngoài những nơi được phép.", "The folder “{path}” lies outside what is allowed."
    )
    cure = Text(
        "Dùng đường dẫn tương đối (nằm trong drop của thư mục dữ liệu), hoặc thêm gốc vào TINH_FEED_ROOTS.",
        "Use a relative path (inside `drop` of the data folder), or add its root to TINH_FEED_ROOTS.",
    )


class FolderUnreadable(FeedError):
    code = "SRC070"
    retry = True
    says = Text("Không đọc được thư mục “{path}”: {reason}", "The folder “{path}” cannot be read: {reason}")
    cure = Text(
        "Kiểm tra ổ đĩa mạng đã gắn chưa và quyền đọc, ghi của tài khoản chạy máy chủ.",
        "Check that the share is mounted and that the server's account may read and write it.",
    )


class FileNotTaken(FeedError):
    code = "SRC071"
    says = Text("Không nhận “{filename}”: {why_vi}.", "“{filename}” is not taken: {why_en}.")
    cure = Text(
        "Đặt chính tệp dữ liệu vào thư mục, không dùng liên kết hay đường tắt.",
        "Put the data file itself into the folder, not a link to it.",
    )


class UnknownSender(FeedError):
    code = "SRC072"
    says = Text(
        "Thư mục con “{folder}” không phải mã cơ quan hay mã xã nào.",
        "The subfolder “{folder}” is no agency's id and no commune's code.",
    )
    cure = Text(
        "Đổi tên thư mục con thành mã cơ quan (như so-khcn) hoặc mã xã năm chữ số.",
        "Rename it to an agency's id (such as so-khcn) or a commune's five-digit code.",
    )


class AddressRefused(FeedError):
    code = "SRC073"
    says = Text(
        "Máy chủ “{host}” dẫn tới địa chỉ {address} không được phép ({why_vi}).",
        "The host “{host}” leads to the address {address}, which is refused ({why_en}).",
    )
    cure = Text(
        "Nếu nguồn nằm trong mạng nội bộ: đặt allow_private: true cho nguồn và thêm máy chủ vào "
        "TINH_PRIVATE_HOSTS. Nếu không, báo cơ quan chủ quản nguồn kiểm tra tên miền.",
        "If the source lies inside the network: set allow_private: true and add the host to "
        "TINH_PRIVATE_HOSTS. Otherwise ask the source's owner to check the domain name.",
    )


class HostRefused(FeedError):
    code = "SRC074"
    says = Text(
        "Nguồn chuyển sang máy chủ “{host}” chưa được khai báo.",
        "The source leads on to the host “{host}”, which is not declared.",
    )
    cure = Text(
        "Nếu máy chủ đó đúng là của cơ quan, thêm vào http.hosts của nguồn.",
        "If that host belongs to the agency, add it to http.hosts of the feed.",
    )


class SchemeRefused(FeedError):
    code = "SRC075"
    says = Text("Không đi theo địa chỉ “{url}”: {why_vi}.", "The address “{url}” is not followed: {why_en}.")
    cure = Text(
        "Sửa địa chỉ trong khai báo nguồn, dùng https.", "Mend the address in the declaration; use https."
    )


class Wandering(FeedError):
    code = "SRC076"
    says = Text(
        "Nguồn chuyển hướng quá {limit} lần hoặc không nói chuyển đi đâu.",
        "The source redirects more than {limit} times, or does not say where to.",
    )
    cure = Text(
        "Mở địa chỉ bằng trình duyệt, ghi địa chỉ cuối cùng vào khai báo.",
        "Open the address in a browser and declare the one it ends at.",
    )


class NameUnknown(FeedError):
    code = "SRC077"
    retry = True
    says = Text(
        "Không tìm được địa chỉ của máy chủ “{host}”: {reason}", "The name “{host}” is not found: {reason}"
    )
    cure = Text(
        "Kiểm tra tên máy chủ và mạng; hệ thống sẽ tự thử lại.",
        "Check the name and the network; it is retried.",
    )


class NotConnected(FeedError):
    code = "SRC078"
    retry = True
    says = Text(
        "Kết nối tới “{host}” không thành hoặc bị ngắt: {reason}",
        "No lasting connection to “{host}”: {reason}",
    )
    cure = Text(
        "Máy chủ nguồn có thể đang tắt; hệ thống sẽ tự thử lại. Nếu kéo dài, báo cơ quan chủ quản.",
        "The source's server may be down; it is retried. If it lasts, tell its owner.",
    )


class NotSecure(FeedError):
    code = "SRC079"
    says = Text(
        "Không thiết lập được kết nối an toàn với “{host}”: {reason}",
        "No secure connection to “{host}”: {reason}",
    )
    cure = Text(
        "Báo chủ nguồn gia hạn hoặc sửa chứng thư. Chứng thư nội bộ: đặt TINH_FEED_CA là tệp chứng thư gốc.",
        "Ask the owner to renew or mend the certificate. For one of your own, set TINH_FEED_CA to its root.",
    )


class TooSlow(FeedError):
    code = "SRC080"
    retry = True
    says = Text(
        "“{host}” trả lời quá lâu, quá {seconds} giây ({phase_vi}).",
        "“{host}” took longer than {seconds} s ({phase_en}).",
    )
    cure = Text(
        "Hệ thống sẽ tự thử lại. Nếu nguồn vốn chậm, tăng http.timeouts.",
        "It is retried. If the source is always slow, raise http.timeouts.",
    )


class TooMuch(FeedError):
    code = "SRC081"
    says = Text("Dữ liệu lớn hơn giới hạn {limit}.", "What comes is larger than the limit of {limit}.")
    cure = Text(
        "Lấy ít hơn mỗi lần (theo kỳ hoặc cursor), hoặc tăng largest_mb của nguồn.",
        "Fetch less at a time (by period or cursor), or raise largest_mb of the feed.",
    )


class Swelling(FeedError):
    code = "SRC082"
    says = Text(
        "Dữ liệu nén phình ra hơn {limit}, hoặc hỏng.",
        "The compressed answer swells beyond {limit}, or is damaged.",
    )
    cure = Text(
        "Báo chủ nguồn kiểm tra; đây có thể là tấn công hoặc máy chủ lỗi.",
        "Ask the owner to look; this may be an attack or a broken server.",
    )


class ServerTrouble(FeedError):
    code = "SRC083"
    retry = True
    says = Text(
        "Máy chủ nguồn đang gặp sự cố (HTTP {status}).", "The source's server is in trouble (HTTP {status})."
    )
    cure = Text(
        "Hệ thống sẽ tự thử lại. Nếu kéo dài, báo cơ quan chủ quản nguồn.",
        "It is retried. If it lasts, tell the source's owner.",
    )


class AccessDenied(FeedError):
    code = "SRC084"
    says = Text("Nguồn từ chối quyền truy cập (HTTP {status}).", "The source denies access (HTTP {status}).")
    cure = Text(
        "Kiểm tra bí mật hoặc mã truy cập còn hạn không, rồi bấm Lấy ngay.",
        "Check whether the secret or token is still valid, then pull again.",
    )


class RequestRefused(FeedError):
    code = "SRC085"
    says = Text(
        "Nguồn không có gì tại địa chỉ này hoặc không nhận yêu cầu (HTTP {status}).",
        "The source has nothing at this address, or does not take the request (HTTP {status}).",
    )
    cure = Text(
        "Kiểm tra url, kỳ và tham số trong khai báo nguồn.",
        "Check the url, the period and the parameters declared.",
    )


class PageInstead(FeedError):
    code = "SRC086"
    retry = True
    says = Text(
        "Nguồn trả về một trang web (“{title}”) thay cho dữ liệu.",
        "The source answered with a web page (“{title}”) instead of data.",
    )
    cure = Text(
        "Thường là trang đăng nhập hoặc trang báo lỗi: mở địa chỉ bằng trình duyệt, rồi sửa url hoặc bí mật.",
        "Often a sign-in or error page: open the address in a browser, then mend the url or the secret.",
    )


class NotAsDeclared(FeedError):
    code = "SRC087"
    says = Text(
        "Nội dung không phải {format} như khai báo: {why_vi}.",
        "The content is not {format} as declared: {why_en}.",
    )
    cure = Text(
        "So khai báo nguồn (format, records, cursor) với nội dung thật của nguồn.",
        "Compare the declaration (format, records, cursor) with what the source really answers.",
    )


class PagingLost(FeedError):
    code = "SRC088"
    says = Text("Không đi hết được các trang: {why_vi}.", "The pages do not come to an end: {why_en}.")
    cure = Text(
        "Kiểm tra cách phân trang (style, param, path, most) trong khai báo nguồn.",
        "Check the paging (style, param, path, most) in the declaration.",
    )


class DeliveryRefused(FeedError):
    code = "SRC089"
    says = Text(
        "Đã lấy được nhưng lần gửi {receipt} bị từ chối khi kiểm tra.",
        "It was fetched, but delivery {receipt} was refused when judged.",
    )
    cure = Text(
        "Mở biên nhận {receipt} để xem lý do. Bản gốc vẫn được giữ và cursor chưa dịch chuyển.",
        "Open receipt {receipt} for the reason. The original is kept and the cursor has not moved.",
    )
