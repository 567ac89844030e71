"""What the running house refuses.

JobsError
└─ NothingInstalled  JOB001  no province has been handed to this process
"""

from __future__ import annotations

from tinh.kit.errors import Text, TinhError


class JobsError(TinhError):
    code = "JOB000"
    status = 503


class NothingInstalled(JobsError):
    code = "JOB001"
    says = Text("Tiến trình này chưa phục vụ tỉnh nào.", "This process serves no province yet.")
    cure = Text("Khởi động bằng tinh up hoặc tinh demo.", "Start it with tinh up or tinh demo.")
