"""What can be wrong about a case.

CaseError
├─ NoSuchCase        CAS030  no case has this code, or none that one may see
├─ StaleCase         CAS031  somebody else changed the case meanwhile
├─ NotOffered        CAS032  the case waits for nothing of that name
├─ ReasonMissing     CAS033  a step that needs a reason came without one
├─ FieldMissing      CAS034  a field an action needs is missing or unfit
├─ NoSuchKind        CAS035  no kind of case has this name
├─ OpeningUnfit      CAS036  what is to be opened lacks something
├─ CaseClosed        CAS037  the case is closed
├─ CaseOpen          CAS038  the case is not closed
├─ LinkUnfit         CAS039  two cases cannot be tied so
├─ NoSuchService     CAS040  a process asks for a service nobody offers
├─ NoSuchDead        CAS041  no dead letter has this number, or it was freed
├─ NoSuchPerson      CAS042  the person cannot take a case
├─ NoSuchProcess     CAS043  the process of a case is not declared
├─ BadCursor         CAS044  a cursor that no list gave
├─ BadFilter         CAS045  a filter that cannot be read
├─ AnswerMissing     CAS046  no canned answer has this number
├─ Restless          CAS047  a process that never comes to rest
├─ ServiceFailed     CAS048  a service of the process failed
├─ ServiceDeclined   CAS049  a service came back with an error the diagram may catch
└─ NobodyChosen      CAS050  to be given to whoever has it
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class CaseError(TinhError):
    code = "CAS000"
    status = 422


class NoSuchCase(CaseError):
    code = "CAS030"
    status = 404
    says = Text("Không có vụ việc “{case}”.", "There is no case “{case}”.")
    cure = Text(
        "Xem lại mã trên phiếu, hoặc tìm trong danh sách vụ việc của cơ quan mình.",
        "Check the code on the slip, or look for it in the list of your own agency.",
    )


class StaleCase(CaseError):
    code = "CAS031"
    status = 409
    says = Text(
        "Vụ việc {case} đã được {who} thay đổi lúc {at}; bạn đang xem bản {seen}, bản mới là {version}.",
        "{who} changed case {case} at {at}; you saw version {seen}, the newest is {version}.",
    )
    cure = Text("Mở lại vụ việc, xem thay đổi rồi làm tiếp.", "Open it again, read the change, then go on.")


class NotOffered(CaseError):
    code = "CAS032"
    status = 409
    says = Text(
        "Vụ việc {case} lúc này không có bước “{action}”; đang có: {known}.",
        "Case {case} offers no “{action}” now; it offers: {known}.",
    )
    cure = Text("Mở lại vụ việc để xem các bước đang chờ.", "Open the case again to see what it waits for.")


class ReasonMissing(CaseError):
    code = "CAS033"
    says = Text("Bước “{action}” cần nêu lý do.", "“{action}” needs a reason.")
    cure = Text("Viết lý do để người gửi đọc hiểu được.", "Write a reason that the citizen can understand.")


class FieldMissing(CaseError):
    code = "CAS034"
    says = Text("Ô “{field_vi}” {why_vi}.", "The field “{field_en}” {why_en}.")
    cure = Text("Điền lại ô đó rồi gửi lại.", "Fill it in and send again.")


class NoSuchKind(CaseError):
    code = "CAS035"
    says = Text("Không có loại vụ việc “{kind}”.", "There is no kind of case “{kind}”.")
    cure = Text("Các loại đang có: {known}.", "The kinds are: {known}.")


class OpeningUnfit(CaseError):
    code = "CAS036"
    says = Text("Chưa mở được vụ việc: {why_vi}.", "The case cannot be opened: {why_en}.")
    cure = Text("Sửa phần đã nêu rồi gửi lại.", "Mend what is named and send again.")


class CaseClosed(CaseError):
    code = "CAS037"
    status = 409
    says = Text("Vụ việc {case} đã kết thúc.", "Case {case} is closed.")
    cure = Text("Muốn xử lý tiếp thì mở lại vụ việc.", "Reopen it to go on.")


class CaseOpen(CaseError):
    code = "CAS038"
    status = 409
    says = Text("Vụ việc {case} chưa kết thúc.", "Case {case} is not closed.")
    cure = Text(
        "Chỉ mở lại được vụ việc đã kết thúc; hãy làm tiếp bước đang chờ.",
        "Only a closed case is reopened; go on with the step it waits for.",
    )


class LinkUnfit(CaseError):
    code = "CAS039"
    says = Text("Không nối được {case} với {to}: {why_vi}.", "{case} cannot be tied to {to}: {why_en}.")
    cure = Text("Chọn vụ việc khác hoặc kiểu nối khác.", "Choose another case or another kind of link.")


class NoSuchService(CaseError):
    code = "CAS040"
    status = 500
    says = Text(
        "Quy trình gọi việc tự động “{service}” không có.", "A process calls “{service}”, which is not there."
    )
    cure = Text(
        "Người quản trị sửa quy trình: tên có thể dùng: {known}.", "Mend the process; there are: {known}."
    )


class NoSuchDead(CaseError):
    code = "CAS041"
    status = 404
    says = Text(
        "Không có việc kẹt số {number}, hoặc đã được gỡ.", "No dead letter {number}, or it was freed."
    )
    cure = Text("Tải lại danh sách việc kẹt.", "Open the list of dead letters again.")


class NoSuchPerson(CaseError):
    code = "CAS042"
    says = Text(
        "“{person}” không nhận được vụ việc của {agency}.", "“{person}” cannot take a case of {agency}."
    )
    cure = Text(
        "Chọn một người đang làm việc ở cơ quan giữ vụ việc.",
        "Choose somebody of the agency that has the case.",
    )


class NoSuchProcess(CaseError):
    code = "CAS043"
    says = Text("Không có quy trình “{process}”.", "There is no process “{process}”.")
    cure = Text(
        "Khai quy trình trong packs/<lĩnh vực>/processes/ rồi áp dụng.",
        "Declare it in packs/<sector>/processes/ and apply.",
    )


class BadCursor(CaseError):
    code = "CAS044"
    status = 400
    says = Text("Con trỏ trang không dùng được.", "The cursor cannot be read.")
    cure = Text("Bắt đầu lại từ trang đầu.", "Start again from the first page.")


class BadFilter(CaseError):
    code = "CAS045"
    says = Text("Bộ lọc “{name}” có giá trị lạ “{value}”.", "The filter “{name}” has an odd value “{value}”.")
    cure = Text("Dùng một trong: {known}.", "Use one of: {known}.")


class AnswerMissing(CaseError):
    code = "CAS046"
    status = 404
    says = Text("Không có mẫu trả lời số {number}.", "There is no canned answer {number}.")
    cure = Text("Chọn lại trong danh sách mẫu.", "Choose from the list again.")


class Restless(CaseError):
    code = "CAS047"
    status = 500
    says = Text(
        "Quy trình của {case} chạy vòng mãi không dừng ở bước nào.",
        "The process of {case} runs in a circle without coming to rest.",
    )
    cure = Text("Người quản trị sửa quy trình.", "The administrator mends the process.")


class ServiceFailed(CaseError):
    code = "CAS048"
    status = 500
    retry = True
    says = Text("Việc tự động “{service}” không xong: {why}.", "The service “{service}” failed: {why}.")
    cure = Text(
        "Hệ thống tự thử lại; hết lượt thì vào danh sách việc kẹt.",
        "It is tried again by itself, then listed as dead.",
    )


class ServiceDeclined(CaseError):
    """Raised by a service to say `error`, a code the diagram may catch by an error event attached to the
    step. It is not tried again: what declined once declines again. Facts: `error`, `why`."""

    code = "CAS049"
    status = 409
    says = Text("Việc tự động không nhận: {error} ({why}).", "The service declined: {error} ({why}).")
    cure = Text(
        "Gắn sự kiện lỗi mã {error} vào bước này, hoặc gỡ việc kẹt bằng tay.",
        "Attach an error event with the code {error} to the step, or free the dead letter by hand.",
    )


class NobodyChosen(CaseError):
    code = "CAS050"
    status = 422
    says = Text("Chưa chọn ai để giao: cơ quan vẫn như cũ.", "Nobody is chosen: the agency stays the same.")
    cure = Text("Chọn cơ quan khác, hoặc chọn người xử lý.", "Choose another agency, or a person.")
