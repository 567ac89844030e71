"""Words that stand in nearly every Vietnamese report and whose marked letters Western alphabets have too:
where a cell could be Unicode or of an old font, they tell which."""

from __future__ import annotations

_SAID = """
tháng quý báo cáo xã và các tính giá toàn công nông lâm hàng bán hành chính thông tin hình kê phòng
thành không trình hồ dân cán bình giáo tài sản nhà máy làm vào năm kỳ ngày số tổng cộng tỉnh huyện
phường đơn vị hộ người tỷ lệ đã chưa có là của theo trong được đến từ tại nước đất đầu tư
"""
USUAL = frozenset(_SAID.split())
