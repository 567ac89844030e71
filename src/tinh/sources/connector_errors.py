"""Why a database, an SFTP server or a bucket could not be used, and what to do.

ConnectorError   the family (a FeedError)
  signing in     SRC104 DriverMissing · SRC105 SignInRefused · SRC106 SocketRefused · SRC107 KeyUnreadable
  SQL            SRC108 NoSuchTable · SRC109 NoSuchColumn · SRC110 NotReadOnly · SRC111 QueryFailed
                 SRC112 QueryTooSlow · SRC113 CursorUnusable · SRC114 NotInEncoding
  elsewhere      SRC115 HostKeyUnknown · SRC116 HostKeyChanged · SRC117 RemoteUnreadable
                 SRC118 TokenRefused · SRC119 NoTls
  made here      SRC120 NoSuchConnector · SRC121 ConnectorTaken · SRC122 ConnectorFaulty
                 SRC123 ConnectorWaits · SRC124 ConnectorDeclared · SRC125 NothingToSee
                 SRC126 ContractStands · SRC127 FolderClosed · SRC128 SecretInAddress · SRC129 SecretForeign
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.feeds.errors import FeedError


class ConnectorError(FeedError):
    status = 502


class DriverMissing(ConnectorError):
    code = "SRC104"
    says = Text("Chưa cài phần mềm kết nối cho “{engine}”.", "The driver for “{engine}” is not installed.")
    cure = Text(
        "Nhờ người quản trị máy chủ cài gói Python của hệ quản trị này: {reason}",
        "Ask who runs the server to install its Python package: {reason}",
    )


class SignInRefused(ConnectorError):
    code = "SRC105"
    says = Text(
        "“{host}” từ chối tài khoản “{user}”: {reason}", "“{host}” refuses the account “{user}”: {reason}"
    )
    cure = Text(
        "Kiểm tra tên tài khoản và mật khẩu; nhờ chủ nguồn cấp quyền đọc cho tài khoản từ máy chủ này.",
        "Check the account and its password; ask the owner to let it read from this machine.",
    )


class SocketRefused(ConnectorError):
    code = "SRC106"
    says = Text(
        "Không dùng đường nối “{path}” trên máy này.", "The socket “{path}” on this machine is not used."
    )
    cure = Text(
        "Dùng host và cổng. Nếu thật cần, thêm thư mục của nó vào TINH_FEED_ROOTS.",
        "Use host and port. If it must be, add its folder to TINH_FEED_ROOTS.",
    )


class KeyUnreadable(ConnectorError):
    code = "SRC107"
    says = Text(
        "Không đọc được khóa riêng trong bí mật “{name}”.", "The private key in “{name}” cannot be read."
    )
    cure = Text(
        "Dán nguyên văn tệp khóa (OpenSSH hoặc PEM); nếu khóa có mật khẩu, khai passphrase.",
        "Paste the key file's whole text (OpenSSH or PEM); if it has a pass phrase, declare passphrase.",
    )


class NoSuchTable(ConnectorError):
    code = "SRC108"
    says = Text("Không thấy bảng “{table}”.", "The table “{table}” is not seen.")
    cure = Text(
        "Chọn một trong: {known}. Nếu thiếu bảng, nhờ chủ nguồn cấp quyền SELECT.",
        "Choose one of: {known}. If it is not among them, ask its owner for the right to SELECT.",
    )


class NoSuchColumn(ConnectorError):
    code = "SRC109"
    says = Text("Bảng không có cột “{column}”.", "There is no column “{column}”.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class NotReadOnly(ConnectorError):
    code = "SRC110"
    status = 422
    says = Text("Câu truy vấn không được gửi: {why_vi}.", "The query is not sent: {why_en}.")
    cure = Text("Viết đúng một câu SELECT chỉ đọc.", "Write exactly one SELECT that only reads.")


class QueryFailed(ConnectorError):
    code = "SRC111"
    says = Text(
        "Cơ sở dữ liệu không thực hiện được câu hỏi: {reason}", "The database could not answer: {reason}"
    )
    cure = Text(
        "So khai báo (table, query, columns, cursor) với bảng thật; bấm Kiểm tra để xem từng bước.",
        "Compare the declaration (table, query, columns, cursor) with the table; run the check.",
    )


class QueryTooSlow(ConnectorError):
    code = "SRC112"
    retry = True
    says = Text(
        "Câu hỏi chạy quá {seconds} giây và bị dừng.",
        "The query ran longer than {seconds} s and was stopped.",
    )
    cure = Text(
        "Nhờ chủ nguồn đặt chỉ mục trên cột con trỏ và khóa, lấy theo con trỏ, hoặc tăng statement.",
        "Ask for an index on the cursor and key columns, fetch by cursor, or raise statement.",
    )


class CursorUnusable(ConnectorError):
    code = "SRC113"
    says = Text(
        "Không lấy dần theo cột “{column}” được: {why_vi}.", "“{column}” cannot be the cursor: {why_en}."
    )
    cure = Text(
        "Chọn cột thời điểm cập nhật hoặc số tăng dần, luôn có giá trị; hoặc lấy cả bảng.",
        "Choose a column of update times or growing numbers that is never empty; or read the whole table.",
    )


class NotInEncoding(ConnectorError):
    code = "SRC114"
    says = Text(
        "Cột “{column}” có chữ không đọc được theo bảng mã {encoding}.",
        "The column “{column}” holds text that is not {encoding}.",
    )
    cure = Text(
        "Hỏi chủ nguồn bảng mã thật của dữ liệu rồi khai encoding, như cp1258 hoặc cp1252.",
        "Ask which encoding the data really has and declare encoding, such as cp1258 or cp1252.",
    )


class HostKeyUnknown(ConnectorError):
    code = "SRC115"
    says = Text(
        "Chưa xác nhận dấu vân tay của máy chủ “{host}”. Máy chủ trình: {fingerprint}.",
        "The key of “{host}” has not been approved. It shows: {fingerprint}.",
    )
    cure = Text(
        "Gọi chủ nguồn đọc dấu vân tay; nếu khớp, xác nhận (host_key: {fingerprint}).",
        "Ask the owner to read the fingerprint out; if it is the same, approve it (host_key: {fingerprint}).",
    )


class HostKeyChanged(ConnectorError):
    code = "SRC116"
    says = Text(
        "Máy chủ “{host}” trình dấu vân tay {fingerprint}, khác dấu đã xác nhận {known}.",
        "“{host}” shows the fingerprint {fingerprint}; {known} was approved.",
    )
    cure = Text(
        "Có thể có người đứng giữa. Không gửi mật khẩu; gọi chủ nguồn trước khi xác nhận dấu mới.",
        "Somebody may stand in between. No password was sent; ask the owner before approving the new one.",
    )


class RemoteUnreadable(ConnectorError):
    code = "SRC117"
    retry = True
    says = Text("Không đọc được “{path}”: {reason}", "“{path}” cannot be read: {reason}")
    cure = Text(
        "Kiểm tra đường dẫn và quyền đọc của tài khoản; nếu chuyển hoặc xóa tệp thì cần cả quyền ghi.",
        "Check the path and the account's right to read; moving or deleting files needs the right to write.",
    )


class TokenRefused(ConnectorError):
    code = "SRC118"
    says = Text(
        "“{host}” không cấp mã truy cập (HTTP {status}): {reason}",
        "“{host}” gives no token (HTTP {status}): {reason}",
    )
    cure = Text(
        "Kiểm tra client, bí mật và scope với chủ nguồn.",
        "Check client, secret and scope with the source's owner.",
    )


class NoTls(ConnectorError):
    code = "SRC119"
    says = Text("“{host}” không nhận kết nối mã hóa.", "“{host}” takes no encrypted connection.")
    cure = Text(
        "Nhờ chủ nguồn bật TLS. Chỉ trong mạng nội bộ tin cậy mới đặt tls.mode: off.",
        "Ask the owner to switch TLS on. Set tls.mode: off only inside a trusted network.",
    )


class NoSuchConnector(ConnectorError):
    code = "SRC120"
    status = 404
    says = Text("Không có nguồn “{id}” lập trên trang web hay dòng lệnh.", "No source “{id}” was made here.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class ConnectorTaken(ConnectorError):
    code = "SRC121"
    status = 409
    says = Text("Đã có nguồn “{id}”.", "There is a source “{id}” already.")
    cure = Text("Chọn mã khác, hoặc sửa nguồn đó.", "Choose another id, or change that one.")


class ConnectorFaulty(ConnectorError):
    code = "SRC122"
    status = 422
    says = Text(
        "Khai báo nguồn chưa dùng được: {faults_vi}", "The declaration cannot be used yet: {faults_en}"
    )
    cure = Text("Sửa những điểm trên rồi lưu lại.", "Mend these and save again.")


class ConnectorWaits(ConnectorError):
    code = "SRC123"
    status = 409
    says = Text("Nguồn “{id}” chưa có bộ dữ liệu để đưa vào.", "The source “{id}” feeds no dataset yet.")
    cure = Text(
        "Soạn hợp đồng: tinh profile --source {id} --owner CƠ-QUAN --adopt, rồi tinh plan và tinh apply.",
        "Draft a contract: tinh profile --source {id} --owner AGENCY --adopt, then tinh plan and tinh apply.",
    )


class ConnectorDeclared(ConnectorError):
    code = "SRC124"
    status = 409
    says = Text(
        "Nguồn “{id}” khai trong thư mục của tỉnh, không sửa hay xóa ở đây được.",
        "The source “{id}” is declared in the province's folder; it cannot be changed or removed here.",
    )
    cure = Text("Sửa tệp feeds/{id}.yaml rồi tinh apply.", "Change feeds/{id}.yaml, then tinh apply.")


class NothingToSee(ConnectorError):
    code = "SRC125"
    status = 409
    says = Text("Nguồn chưa có gì để xem.", "The source holds nothing to look at yet.")
    cure = Text(
        "Chờ nguồn có dữ liệu, hoặc kiểm tra tên bảng, mẫu tên tệp.",
        "Wait for data, or check table and patterns.",
    )


class ContractStands(ConnectorError):
    code = "SRC126"
    status = 409
    says = Text(
        "Đã có hợp đồng của bộ dữ liệu “{dataset}” ({file}).", "There is a contract of “{dataset}” ({file})."
    )
    cure = Text(
        "Chọn mã bộ dữ liệu khác, hoặc sửa tệp hợp đồng ấy.",
        "Choose another dataset id, or change that file.",
    )


class FolderClosed(ConnectorError):
    code = "SRC127"
    status = 409
    says = Text(
        "Không ghi được vào thư mục của tỉnh “{folder}”: {reason}", "“{folder}” cannot be written: {reason}"
    )
    cure = Text(
        "Nhờ người quản trị cho tài khoản chạy Tỉnh quyền ghi, hoặc chạy tinh profile --out rồi chép tay.",
        "Ask for the right to write there, or run tinh profile --out and copy the contract by hand.",
    )


class SecretInAddress(ConnectorError):
    code = "SRC128"
    status = 422
    says = Text("Địa chỉ chứa mật khẩu.", "The address holds a password.")
    cure = Text(
        "Bỏ mật khẩu khỏi địa chỉ; cất bằng tinh secret set TÊN rồi ghi --password TÊN.",
        "Take it out; keep it with tinh secret set NAME and say --password NAME.",
    )


class SecretForeign(ConnectorError):
    code = "SRC129"
    status = 403
    says = Text(
        "Nguồn này không được dùng bí mật “{name}”: bí mật ấy không phải của nó.",
        "This source may not use the secret “{name}”, which is not its own.",
    )
    cure = Text(
        "Nhập bí mật ngay ở trang của nguồn, hoặc nhờ người quản trị khai nguồn.",
        "Type the secret on the source's own page, or have an administrator declare the source.",
    )
