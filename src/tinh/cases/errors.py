"""What cases refuse.

ProcessError          a process that cannot go on as asked (CAS001–029)
  NoSuchStep          the step is not waiting (any more)
  NoSuchAction        the step does not offer this action
  FieldWrong          a field of the action is missing or of the wrong kind
  NoWayOut            no condition of a gateway holds
  RunsInCircles       more automatic steps in one go than a process may take
  NoWorkingClock      a working-time timer without a clock
  NothingCatches      an error that no event of the diagram catches
  TimeWrong           a timer whose time cannot be told
  StateForeign        a state of another definition or format
  NoMessageWaits      no step waits for this message
  CannotMove          a token of a running case has no place in the new definition
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class ProcessError(TinhError):
    """Facts: `reason`."""

    code = "CAS001"
    status = 409
    says = Text("Quy trình không đi tiếp được: {reason}", "The process cannot go on: {reason}")
    cure = Text("xem lại quy trình của hồ sơ", "look at the case's process")


class NoSuchStep(ProcessError):
    """Facts: `step`."""

    code = "CAS002"
    says = Text("Bước “{step}” không còn chờ", 'The step "{step}" is not waiting any more')
    cure = Text("tải lại trang: hồ sơ đã chuyển bước", "load the page again: the case has moved on")


class NoSuchAction(ProcessError):
    """Facts: `action`, `step`, `known`."""

    code = "CAS003"
    status = 422
    says = Text("Bước “{step}” không có việc “{action}”", 'The step "{step}" has no action "{action}"')
    cure = Text("chọn một trong: {known}", "choose one of: {known}")


class FieldWrong(ProcessError):
    """Facts: `field`, `wanted`."""

    code = "CAS004"
    status = 422
    says = Text("Ô “{field}” chưa đúng: cần {wanted}", 'The field "{field}" is not right: {wanted} is needed')
    cure = Text("điền lại ô này", "fill it in again")


class NoWayOut(ProcessError):
    """Facts: `node`."""

    code = "CAS005"
    says = Text("Không nhánh nào của “{node}” đúng điều kiện", 'No branch of "{node}" holds')
    cure = Text("thêm nhánh mặc định cho nhánh rẽ này", "give this gateway a default branch")


class RunsInCircles(ProcessError):
    """Facts: `most`."""

    code = "CAS006"
    says = Text(
        "Quy trình chạy quá {most} bước tự động liền nhau",
        "The process takes more than {most} automatic steps in one go",
    )
    cure = Text(
        "đặt một bước chờ (người, hạn giờ, tin nhắn) vào vòng lặp",
        "put a step that waits (a person, a timer, a message) into the loop",
    )


class NoWorkingClock(ProcessError):
    """Facts: `node`."""

    code = "CAS007"
    says = Text(
        "“{node}” tính theo giờ làm việc nhưng không có lịch",
        '"{node}" counts working time, but there is no clock',
    )
    cure = Text("truyền lịch làm việc của tỉnh", "give the province's working clock")


class NothingCatches(ProcessError):
    """Facts: `node`, `error`."""

    code = "CAS008"
    says = Text(
        "“{node}” hỏng (lỗi {error}) và không sự kiện nào đón lỗi",
        '"{node}" failed ({error}) and no event catches it',
    )
    cure = Text(
        "gắn một sự kiện lỗi vào bước này, hoặc chạy lại",
        "attach an error event to the step, or run it again",
    )


class TimeWrong(ProcessError):
    """Facts: `node`, `text`."""

    code = "CAS009"
    says = Text(
        "“{node}” có hạn không tính được: “{text}”", '"{node}" has a time that cannot be told: "{text}"'
    )
    cure = Text(
        "sửa hạn trong quy trình, hoặc ghi dữ kiện mà hạn dựa vào",
        "mend the time in the process, or give the fact it leans on",
    )


class StateForeign(ProcessError):
    """Facts: `found`, `expected`."""

    code = "CAS010"
    says = Text(
        "Trạng thái thuộc quy trình {found}, không phải {expected}",
        "The state belongs to {found}, not to {expected}",
    )
    cure = Text("dùng đúng định nghĩa hồ sơ đã giữ", "use the definition the case has kept")


class NoMessageWaits(ProcessError):
    """Facts: `name`."""

    code = "CAS011"
    says = Text("Không bước nào chờ tin nhắn “{name}”", 'No step waits for the message "{name}"')
    cure = Text("bỏ qua tin nhắn, hoặc xem lại tên", "drop the message, or look at its name")


class CannotMove(ProcessError):
    """Facts: `step`, `why`."""

    code = "CAS012"
    says = Text(
        "Hồ sơ đang ở “{step}” không chuyển được sang quy trình mới: {why}",
        'The case at "{step}" cannot move to the new process: {why}',
    )
    cure = Text(
        "ghi bước tương ứng vào tệp .migration.yaml, hoặc để hồ sơ đi hết bản cũ",
        "name its counterpart in the .migration.yaml file, or let the case finish on the older one",
    )
