"""Personal data: what cannot be shown, agreed to or asked for, and why.

PeopleError
├─ ReasonTooShort     PPL070  a reason that says nothing
├─ UnmaskFirst        PPL071  clear values are asked for without a reason given
├─ NothingPersonal    PPL072  the dataset holds no personal data
├─ NoSuchPurpose      PPL073  the purpose is not declared
├─ NoConsentText      PPL074  no text of this purpose is in force
├─ NotAgreed          PPL075  consent without an act of the person
├─ NothingToWithdraw  PPL076  there is no consent that holds
├─ IdentityFirst      PPL077  a decision before anybody checked who asks
├─ WrongStep          PPL078  the request is not at this step
├─ ExtendedOnce       PPL079  the time was extended before
├─ NoSuchKind         PPL080  subjects cannot ask for this
├─ NoSuchRequest      PPL081  no such request
├─ NoIdentifier       PPL082  a person without an identifier
└─ NoSuchColumn       PPL083  a correction of a column that is not there
"""

from __future__ import annotations

from tinh.kit.errors import Text
from tinh.people.errors import PeopleError


class ReasonTooShort(PeopleError):
    code = "PPL070"
    status = 422
    says = Text("Lý do “{reason}” quá ngắn.", "The reason “{reason}” is too short.")
    cure = Text(
        "Viết rõ việc đang làm, ít nhất {least} ký tự.", "Say what it is for, in at least {least} characters."
    )


class UnmaskFirst(PeopleError):
    code = "PPL071"
    status = 403
    says = Text(
        "{dataset} có dữ liệu cá nhân: phải nêu lý do trước khi xem giá trị rõ.",
        "{dataset} holds personal data: clear values need a reason first.",
    )
    cure = Text(
        "Nêu mục đích và lý do ở trang Xem rõ; qua API: POST /api/v1/datasets/{dataset}/unmask.",
        "Give purpose and reason on the page for clear views; or POST /api/v1/datasets/{dataset}/unmask.",
    )


class NothingPersonal(PeopleError):
    code = "PPL072"
    status = 422
    says = Text("{dataset} không có cột dữ liệu cá nhân.", "{dataset} has no personal columns.")
    cure = Text("Xem thẳng, không cần lý do.", "Look at it; no reason is needed.")


class NoSuchPurpose(PeopleError):
    code = "PPL073"
    status = 422
    says = Text("Mục đích “{purpose}” không dùng được ở đây.", "The purpose “{purpose}” does not fit here.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class NoConsentText(PeopleError):
    code = "PPL074"
    status = 422
    says = Text(
        "Chưa có văn bản đồng ý đang áp dụng cho mục đích “{purpose}”.",
        "No text of consent is in force for the purpose “{purpose}”.",
    )
    cure = Text(
        "Khai trong consent_texts của personal.yaml.", "Declare it in consent_texts of personal.yaml."
    )


class NotAgreed(PeopleError):
    code = "PPL075"
    status = 422
    says = Text("Chưa có hành động đồng ý rõ ràng.", "There is no clear act of consent.")
    cure = Text(
        "Người đồng ý tự đánh dấu vào ô; không có đồng ý mặc định.",
        "The person ticks the box; nothing is agreed to by default.",
    )


class NothingToWithdraw(PeopleError):
    code = "PPL076"
    status = 409
    says = Text(
        "Không có sự đồng ý nào đang có hiệu lực cho mục đích này.", "No consent to this purpose is in force."
    )
    cure = Text("Xem lịch sử đồng ý.", "Look at the history of consents.")


class IdentityFirst(PeopleError):
    code = "PPL077"
    status = 409
    says = Text("Chưa ghi việc xác minh danh tính người yêu cầu.", "Nobody recorded a check of who asks.")
    cure = Text("Ghi cách đã xác minh rồi quyết định.", "Record how it was checked, then decide.")


class WrongStep(PeopleError):
    code = "PPL078"
    status = 409
    says = Text("Yêu cầu số {id} đang ở bước “{state}”.", "Request {id} is at the step “{state}”.")
    cure = Text("Tải lại trang để xem bước kế tiếp.", "Load the page again for its next step.")


class ExtendedOnce(PeopleError):
    code = "PPL079"
    status = 409
    says = Text("Yêu cầu số {id} đã gia hạn một lần.", "The time of request {id} was extended before.")
    cure = Text("Trả lời trong hạn đã gia hạn.", "Answer within the extended time.")


class NoSuchKind(PeopleError):
    code = "PPL080"
    status = 422
    says = Text("Không có loại yêu cầu “{kind}”.", "Subjects cannot ask for “{kind}”.")
    cure = Text("Chọn một trong: {known}.", "Choose one of: {known}.")


class NoSuchRequest(PeopleError):
    code = "PPL081"
    status = 404
    says = Text("Không có yêu cầu số {id}.", "There is no request {id}.")
    cure = Text("Xem danh sách yêu cầu.", "Look at the list of requests.")


class NoIdentifier(PeopleError):
    code = "PPL082"
    status = 422
    says = Text("Chưa có thông tin nhận biết người.", "Nothing says who the person is.")
    cure = Text(
        "Nhập số căn cước, số điện thoại hoặc thư điện tử, ít nhất 4 ký tự.",
        "Enter a citizen id, phone number or e-mail address of at least 4 characters.",
    )


class NoSuchColumn(PeopleError):
    code = "PPL083"
    status = 422
    says = Text(
        "Bộ dữ liệu “{dataset}” không có cột dữ liệu cá nhân “{column}”.",
        "The dataset “{dataset}” has no personal column “{column}”.",
    )
    cure = Text("Chọn cột trong danh sách.", "Choose a column of the list.")
