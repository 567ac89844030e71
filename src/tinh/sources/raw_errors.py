"""Bytes that were received once and are gone for good.

SourceError
└─ RawErased  SRC170  erased because of the personal data in them
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.sources.family import SourceError


class RawErased(SourceError):
    code = "SRC170"
    status = 410
    says = Text(
        "Tệp gốc {digest}… đã xoá ngày {at}: {reason}.", "The bytes {digest}… were erased on {at}: {reason}."
    )
    cure = Text(
        "Số liệu đã nhận vẫn còn trong kho; xin bản mới không có dữ liệu cá nhân đã xoá nếu cần gửi lại.",
        "What they brought is still in the lake; to deliver again, send a file without the erased data.",
    )
