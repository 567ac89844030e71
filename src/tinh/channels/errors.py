"""What can be wrong about a notice.

ChannelError
├─ NoSuchNotice   CHN001  no notice has this number
└─ NotAnAddress   CHN002  what should be an e-mail address is none
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class ChannelError(TinhError):
    code = "CHN000"
    status = 422


class NoSuchNotice(ChannelError):
    code = "CHN001"
    status = 404
    says = Text("Không có thư số {number}.", "There is no notice {number}.")
    cure = Text("Mở danh sách thư để tìm lại.", "Look it up in the list of notices.")


class NotAnAddress(ChannelError):
    code = "CHN002"
    says = Text("“{address}” không phải là địa chỉ thư điện tử.", "“{address}” is no e-mail address.")
    cure = Text("Sửa địa chỉ của người nhận rồi gửi lại.", "Mend the recipient's address and send again.")
