"""What watch refuses.

WatchError
└── BadDuration   WAT001  a `silent_after` that is no ISO 8601 duration
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class WatchError(TinhError):
    code = "WAT000"


class BadDuration(WatchError):
    code = "WAT001"
    says = Text(
        "“{duration}” của cảnh báo “{rule}” không phải là một khoảng thời gian ISO 8601.",
        "“{duration}” of alert “{rule}” is not an ISO 8601 duration.",
    )
    cure = Text(
        "Viết như PT6H (6 giờ), P2D (2 ngày), P1M (1 tháng).",
        "Write it like PT6H (6 hours), P2D (2 days), P1M (1 month).",
    )
