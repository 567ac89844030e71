"""What this room refuses.

PackError         the family
  PackFaults      a province or pack with findings that stop it (`.findings`)
  NoSuchProvince  the folder holds no province.yaml
  NotAnId         an id that cannot be one
  FolderTaken     a place to write that already holds something
  NoSuchPack      a pack that no folder holds
  NotAProvince    a code or name of no province of today
"""

from __future__ import annotations

from collections.abc import Sequence

from tinh.kit.errors import Finding, Text, TinhError


class PackError(TinhError):
    code = "PCK000"


class PackFaults(PackError):
    code = "PCK001"
    status = 422
    says = Text("khai báo có {count} lỗi; lỗi đầu tiên: {first}", "{count} faults; the first: {first_en}")
    cure = Text(
        "chạy “tinh check” để xem tất cả và cách sửa", 'run "tinh check" to see all of them and the cures'
    )

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f for f in findings if f.level == "error"] or list(findings)
        super().__init__(
            count=len(errors),
            first=errors[0].render("vi") if errors else "",
            first_en=errors[0].render("en") if errors else "",
        )


class NoSuchProvince(PackError):
    code = "PCK002"
    status = 404
    says = Text("thư mục {folder} không có province.yaml", "the folder {folder} holds no province.yaml")
    cure = Text(
        "chỉ đúng thư mục tỉnh, hoặc tạo mới bằng “tinh new province MÃ THƯ_MỤC”",
        'name the province\'s folder, or make one with "tinh new province CODE DIR"',
    )


class NotAnId(PackError):
    code = "PCK003"
    says = Text("“{id}” không dùng làm mã được", '"{id}" cannot be an id')
    cure = Text(
        "dùng chữ thường không dấu, số và gạch nối, ví dụ “giao-thong”",
        'use lower-case letters, digits and hyphens, like "air-quality"',
    )


class FolderTaken(PackError):
    code = "PCK004"
    says = Text("thư mục {folder} đã có nội dung", "the folder {folder} already holds something")
    cure = Text("chọn thư mục khác hoặc dọn thư mục này", "choose another folder, or empty this one")


class NoSuchPack(PackError):
    code = "PCK005"
    status = 404
    says = Text(
        "không tìm thấy gói “{pack}” (có: {known})", 'no pack "{pack}" was found (there are: {known})'
    )
    cure = Text(
        "kiểm tra tên, hoặc thêm thư mục vào biến TINH_PACKS",
        "check the name, or add its folder to TINH_PACKS",
    )


class NotAProvince(PackError):
    code = "PCK006"
    status = 404
    says = Text("“{code}” không phải mã tỉnh hiện nay", '"{code}" is not the code of a province of today')
    cure = Text("dùng một trong 34 mã tỉnh, ví dụ 19", "use one of the 34 province codes, such as 19")
