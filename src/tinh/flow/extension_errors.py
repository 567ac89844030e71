"""What can be wrong about a longer deadline.

FlowError
├─ NoSuchExtension   FLW080  no request or extension has this number, or it is settled
└─ ExtensionUnfit    FLW081  the deadline asked for cannot be
"""

from __future__ import annotations

from tinh.flow.errors import FlowError
from tinh.kit.errors import Text


class NoSuchExtension(FlowError):
    code = "FLW080"
    status = 404
    says = Text(
        "Không có đề nghị gia hạn số {number}, hoặc đã xử lý xong.",
        "There is no request {number} for more time, or it is settled.",
    )
    cure = Text("Mở trang gia hạn để xem lại.", "Look at the page of extensions.")


class ExtensionUnfit(FlowError):
    code = "FLW081"
    status = 422
    says = Text("Không gia hạn được: {reason_vi}.", "The deadline cannot be moved: {reason_en}.")
    cure = Text(
        "Chọn kỳ phải gửi và một ngày sau hạn cũ, ghi rõ lý do.",
        "Choose a window that is owed and a day after its deadline, and say why.",
    )
