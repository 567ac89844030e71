"""What the corridor refuses.

FlowError
├── UnknownDataset  FLW001  the province has no dataset of this id
├── Stumbled        FLW002  a step failed in a way nobody foresaw; the bytes are kept
├── RawLost         FLW003  the bytes of an accepted delivery are gone from the raw store
└── UnknownIndicators FLW004  the province has no indicator of this id
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class FlowError(TinhError):
    code = "FLW000"


class UnknownDataset(FlowError):
    code = "FLW001"
    status = 404
    says = Text(
        "Tỉnh này không có bộ dữ liệu “{dataset}”.",
        "This province has no dataset “{dataset}”.",
    )
    cure = Text("Chọn một trong các bộ dữ liệu: {known}.", "Choose one of: {known}.")


class Stumbled(FlowError):
    code = "FLW002"
    status = 500
    retry = True
    says = Text(
        "Không xử lý xong lần gửi {receipt} ở bước “{step}”: {reason}",
        "Delivery {receipt} could not be finished at step “{step}”: {reason}",
    )
    cure = Text(
        "Dữ liệu đã nhận vẫn còn nguyên và sẽ được xử lý lại khi khởi động. Nếu lỗi lặp lại, gửi nhật ký "
        "của lần chạy cho người quản trị.",
        "What was received is safe and will be tried again at the next start. If it fails again, send the "
        "run's journal to the administrator.",
    )


class RawLost(FlowError):
    code = "FLW003"
    status = 500
    says = Text(
        "Không còn bản gốc của lần gửi {receipt} (mã băm {digest}) trong kho.",
        "The original of delivery {receipt} (digest {digest}) is gone from the store.",
    )
    cure = Text(
        "Khôi phục thư mục raw từ bản sao lưu, hoặc gửi lại tệp.",
        "Restore the raw folder from a backup, or send the file again.",
    )


class UnknownIndicators(FlowError):
    code = "FLW004"
    status = 404
    says = Text("Tỉnh này không có chỉ tiêu “{indicator}”.", "This province has no indicator “{indicator}”.")
    cure = Text("Chọn một trong các chỉ tiêu: {known}.", "Choose one of: {known}.")
