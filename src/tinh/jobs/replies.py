"""Word to those whose mailed attachment was refused: through channels, once a mail."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from tinh.channels import api as channels
from tinh.jobs.house import house
from tinh.kit.errors import TinhError


def answer() -> int:
    """Hand on what sources of mail left; how many notices were new."""
    from tinh.flow.api import feeds

    desk = feeds(house().corridor())
    count = 0
    for feed in desk.all():
        if feed.mail is None or not feed.mail.answer:
            continue
        waiting = desk.of(feed).link.get("replies", [])
        for one in waiting:
            with suppress(TinhError):  # an address that no mail can reach
                count += channels.send(_notice(feed.id, one))
        desk.answered(feed.id, [one["about"] for one in waiting])
    return count


def _notice(feed: str, one: dict[str, Any]) -> channels.Notice:
    found = [f"- {error['detail']['vi']} {error['cure']['vi']}" for error in one["errors"]]
    body = (
        f"Thư “{one['subject']}” của anh/chị đã tới nhưng có tệp không được nhận:\n\n"
        + "\n".join(found)
        + "\n\nXin sửa và gửi lại bằng một thư mới. Đây là thư tự động, không cần trả lời."
    )
    subject = f"Không nhận được tệp: {one['subject']}"
    return channels.Notice(to=one["to"], subject=subject, body=body, key=f"mail:{feed}:{one['about']}",
                           about=f"feed:{feed}")  # fmt: skip
