"""What keeps a server from starting.

SiteError
├─ SettingRefused     SIT001  a TINH_ variable holds something it may not
├─ DatabaseNotStarted SIT002  the embedded PostgreSQL did not come up
├─ DatabaseNotReached SIT003  the PostgreSQL of TINH_DATABASE_URL does not answer
├─ DatabaseUserMissing SIT004 running as root and no ordinary account can be had for PostgreSQL
├─ DatabaseTooOld     SIT005  PostgreSQL below 15
├─ PortTaken          SIT006  another program listens there
└─ ServingNotStarted  SIT007  one of several serving processes did not begin
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class SiteError(TinhError):
    code = "SIT000"
    status = 503


class SettingRefused(SiteError):
    code = "SIT001"
    says = Text(
        "Giá trị “{value}” của {name} không dùng được: {reason}", "{name} cannot be “{value}”: {reason}"
    )
    cure = Text(
        "Sửa hoặc xoá biến môi trường {name} rồi chạy lại.", "Correct or unset {name}, then start again."
    )


class DatabaseNotStarted(SiteError):
    code = "SIT002"
    retry = True
    says = Text(
        "PostgreSQL nhúng trong {folder} không khởi động được: {reason}",
        "The embedded PostgreSQL in {folder} did not start: {reason}",
    )
    cure = Text(
        "Xem nhật ký {log}. Kiểm tra dung lượng đĩa và quyền ghi của thư mục, hoặc đặt TINH_DATABASE_URL "
        "để dùng PostgreSQL khác.",
        "Read the log {log}. Check free disk space and write permission, or set TINH_DATABASE_URL to use "
        "another PostgreSQL.",
    )


class DatabaseNotReached(SiteError):
    code = "SIT003"
    retry = True
    says = Text(
        "Không kết nối được PostgreSQL tại {where}: {reason}",
        "PostgreSQL at {where} does not answer: {reason}",
    )
    cure = Text(
        "Kiểm tra TINH_DATABASE_URL, mạng và tài khoản; bỏ trống biến này để dùng PostgreSQL nhúng.",
        "Check TINH_DATABASE_URL, the network and the account; leave it empty for the embedded PostgreSQL.",
    )


class DatabaseUserMissing(SiteError):
    code = "SIT004"
    says = Text(
        "Đang chạy bằng root nhưng không tạo được tài khoản hệ thống cho PostgreSQL: {reason}",
        "Running as root, and no system account for PostgreSQL could be made: {reason}",
    )
    cure = Text(
        "Chạy bằng tài khoản thường, hoặc tạo tài khoản hệ thống tên {name}.",
        "Run as an ordinary user, or create a system account called {name}.",
    )


class DatabaseTooOld(SiteError):
    code = "SIT005"
    says = Text(
        "PostgreSQL {found} quá cũ, cần từ 15 trở lên.",
        "PostgreSQL {found} is too old; 15 or newer is needed.",
    )
    cure = Text(
        "Nâng cấp máy chủ cơ sở dữ liệu hoặc dùng PostgreSQL nhúng.",
        "Upgrade it, or use the embedded PostgreSQL.",
    )


class PortTaken(SiteError):
    code = "SIT006"
    says = Text(
        "Cổng {port} trên {host} đang có chương trình khác dùng.",
        "Port {port} on {host} is taken by another program.",
    )
    cure = Text("Chọn cổng khác bằng TINH_PORT hoặc --port.", "Choose another with TINH_PORT or --port.")


class ServingNotStarted(SiteError):
    code = "SIT007"
    retry = True
    says = Text(
        "Một trong {count} tiến trình phục vụ không khởi động được ({reason}).",
        "One of {count} serving processes did not start ({reason}).",
    )
    cure = Text(
        "Xem nhật ký ngay phía trên. Thiếu bộ nhớ hoặc kết nối cơ sở dữ liệu thì đặt TINH_SERVING nhỏ hơn.",
        "Read the log just above. If memory or database connections are short, set a smaller TINH_SERVING.",
    )
