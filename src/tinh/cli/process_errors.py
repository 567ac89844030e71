"""What the verbs over processes refuse (CLI370–379)."""

from __future__ import annotations

from typing import ClassVar

from tinh.cli.errors import CommandError
from tinh.kit.errors import Text


class NoSoundProcess(CommandError):
    """Facts: `path`."""

    code = "CLI370"
    says: ClassVar[Text] = Text("{path} chưa phải là quy trình dùng được.", "{path} is no sound process.")
    cure: ClassVar[Text] = Text(
        "Chạy tinh process lint {path} và sửa các lỗi.", "Run tinh process lint {path} and mend its faults."
    )


class NotAWalk(CommandError):
    """Facts: `text`."""

    code = "CLI371"
    says: ClassVar[Text] = Text(
        "Không làm được “{text}” ở bước này.", "“{text}” cannot be done at this step."
    )
    cure: ClassVar[Text] = Text(
        "Viết VIỆC, BƯỚC=VIỆC, fire BƯỚC, wait hoặc message TÊN; dữ kiện là JSON.",
        "Write ACTION, STEP=ACTION, fire STEP, wait or message NAME; facts are JSON.",
    )


class NotAMoment(CommandError):
    """Facts: `text`."""

    code = "CLI372"
    says: ClassVar[Text] = Text("“{text}” không phải là thời điểm.", "“{text}” is no moment.")
    cure: ClassVar[Text] = Text("Viết như 2026-01-31T08:00.", "Write it like 2026-01-31T08:00.")


class NoSuchVersion(CommandError):
    """Facts: `said`, `known`."""

    code = "CLI373"
    says: ClassVar[Text] = Text("Không có quy trình nào là “{said}”.", "No process is “{said}”.")
    cure: ClassVar[Text] = Text(
        "Dùng mã quy trình hoặc 12 chữ số đầu của bản đang có hồ sơ: {known}.",
        "Use the id of a process, or the first 12 digits of a version cases have: {known}.",
    )


class NoMigration(CommandError):
    """Facts: `before`, `process`."""

    code = "CLI374"
    says: ClassVar[Text] = Text(
        "Chưa khai việc chuyển hồ sơ từ bản {before} sang “{process}”.",
        "No migration is declared from version {before} to “{process}”.",
    )
    cure: ClassVar[Text] = Text(
        "Ghi một mục from: {before} vào {process}.migration.yaml rồi áp dụng; --dry-run cho biết bước nào "
        "cần bước tương ứng.",
        "Write an entry from: {before} into {process}.migration.yaml and apply; --dry-run says which steps "
        "need a counterpart.",
    )
