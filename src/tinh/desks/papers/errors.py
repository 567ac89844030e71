"""What can be wrong about a document sent with an answer or a contribution (DSK130–139).

PaperError
├─ PaperNotTaken   DSK131  the bytes are no document of a kind that is taken
├─ PaperTooLarge   DSK132  more bytes than a document may have
├─ NoSuchPaper     DSK133  no document has this name, or it is not this reader's
├─ TooManyPapers   DSK134  a case has as many documents as it may
└─ PaperLost       DSK135  the stored bytes are gone or do not open
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class PaperError(TinhError):
    code = "DSK130"
    status = 422
    says = Text("Không nhận được tệp.", "The file was not taken.")
    cure = Text("Chọn tệp khác.", "Choose another file.")


class PaperNotTaken(PaperError):
    """Facts: `name`, `found`."""

    code = "DSK131"
    status = 415
    says = Text(
        "Tệp “{name}” không thuộc loại được nhận ({found}).",
        "“{name}” is not of a kind that is taken ({found}).",
    )
    cure = Text(
        "Lưu thành PDF, DOCX, XLSX, PPTX, ODT, ODS, ODP không có macro, hoặc ảnh JPEG, PNG rồi gửi lại.",
        "Save it as PDF, DOCX, XLSX, PPTX, ODT, ODS or ODP without macros, or as a JPEG or PNG picture.",
    )


class PaperTooLarge(PaperError):
    """Facts: `name`, `size`, `most` (MB)."""

    code = "DSK132"
    status = 413
    says = Text(
        "Tệp “{name}” nặng {size} MB, mỗi tệp được tối đa {most} MB.",
        "“{name}” has {size} MB; one may have {most} MB.",
    )
    cure = Text("Giảm dung lượng hoặc chia thành nhiều tệp.", "Make it smaller, or send it in parts.")


class NoSuchPaper(PaperError):
    code = "DSK133"
    status = 404
    says = Text("Không có tệp này.", "There is no such file.")
    cure = Text("Mở lại trang vụ việc.", "Open the case's page again.")


class TooManyPapers(PaperError):
    """Facts: `most`."""

    code = "DSK134"
    says = Text("Mỗi vụ việc nhận tối đa {most} tệp.", "A case has at most {most} files.")
    cure = Text("Gộp các tệp lại rồi gửi.", "Put the files together.")


class PaperLost(PaperError):
    code = "DSK135"
    status = 500
    says = Text("Tệp đã lưu không mở được.", "The stored file does not open.")
    cure = Text("Khôi phục thư mục dữ liệu từ bản sao lưu.", "Restore the data folder from its copy.")
