"""What the desk of directives refuses (DSK120–129).

DirectiveError       the root
  DirectiveUnfit     a directive that lacks something, field by field
  NoSuchDirective    none of this code that the person may see
"""

from __future__ import annotations

from typing import Any

from tinh.kit.errors import Text, TinhError


class DirectiveError(TinhError):
    """Facts: `reason`."""

    code = "DSK120"
    says = Text("Bàn chỉ đạo không nhận: {reason}", "The desk of directives refuses: {reason}")


class DirectiveUnfit(DirectiveError):
    """Facts: `first_vi`, `first_en`, `faults`: field → Text."""

    code = "DSK121"
    status = 422
    says = Text("Chỉ đạo chưa ban hành được: {first_vi}", "The directive cannot be issued yet: {first_en}")
    cure = Text("sửa những mục được nêu rồi ban hành lại", "mend what is named and issue it again")

    def __init__(self, faults: dict[str, Text]) -> None:
        first = next(iter(faults.values()))
        self.faults = faults
        super().__init__(first_vi=first.vi, first_en=first.en, fields=sorted(faults))

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "fields": {k: t.as_dict() for k, t in self.faults.items()}}


class NoSuchDirective(DirectiveError):
    """Facts: `directive`."""

    code = "DSK122"
    status = 404
    says = Text("Không có chỉ đạo “{directive}”", 'There is no directive "{directive}"')
    cure = Text("kiểm tra lại mã, hoặc hỏi cơ quan chủ trì", "check the code, or ask the lead agency")
