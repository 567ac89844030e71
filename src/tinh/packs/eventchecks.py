"""What the shape of a source that sends CloudEvents cannot say; and its compiled form."""

from __future__ import annotations

import re

from tinh.packs.eventfile import EventEntry
from tinh.packs.eventway import EventWay
from tinh.packs.streamchecks import StreamChecks

ATTRIBUTE = re.compile(r"[a-z0-9]{1,64}")
_ORIGIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


class EventChecks(StreamChecks):
    def events(self, entry: EventEntry) -> None:
        at = "cloudevents"
        self.secret((at, "secret"), entry.secret)
        for column, attribute in entry.attributes.items():
            if not ATTRIBUTE.fullmatch(attribute) or attribute == "data" or not column:
                self.add((at, "attributes", column), "PCK125", f"“{attribute}” không phải thuộc tính sự kiện",
                         f'"{attribute}" is no attribute of an event',
                         "viết tên cột: thuộc tính, như thoi_diem: time",
                         "write column: attribute, such as observed_at: time")  # fmt: skip
        named = [*entry.columns.values(), *entry.attributes]
        for column in sorted({c for c in named if named.count(c) > 1}):
            self.add((at, "columns"), "PCK126", f"cột “{column}” được điền từ hai chỗ",
                     f'the column "{column}" is filled from two places', "bỏ một chỗ",
                     "remove one")  # fmt: skip
        paths = [("records", entry.records)] if entry.records else []
        for key, path in [*paths, *(("columns", path) for path in entry.columns)]:
            if not all(part.strip() for part in path.split(".")):
                self.add((at, key), "PCK127", f"“{path}” không phải đường dẫn trong data",
                         f'"{path}" is no path inside data', "viết các tên cách nhau bằng dấu chấm",
                         "write names parted by dots")  # fmt: skip
        for i, origin in enumerate(entry.origins):
            if not _ORIGIN.fullmatch(origin):
                self.add((at, "origins", i), "PCK128", f"“{origin}” không phải tên máy",
                         f'"{origin}" is no host name', "viết như su-kien.so.gov.vn, không có https://",
                         "write it as events.example.org, without https://")  # fmt: skip
        for key in ("types", "sources"):
            if not all(one.strip() for one in getattr(entry, key)):
                self.add((at, key), "PCK129", f"{key} có dòng trống", f"{key} holds an empty line",
                         "bỏ dòng ấy; bỏ cả danh sách để nhận mọi loại",
                         "remove it; leave the whole list out to take any")  # fmt: skip


def event_way(entry: EventEntry) -> EventWay:
    return EventWay(
        secret=entry.secret, types=tuple(entry.types), sources=tuple(entry.sources), records=entry.records,
        columns=dict(entry.columns), attributes=dict(entry.attributes),
        origins=tuple(one.lower() for one in entry.origins), rate=entry.rate, most=entry.most,
        largest=entry.largest_kb,
    )  # fmt: skip
