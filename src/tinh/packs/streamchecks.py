"""What the shape of a broker or a mailbox cannot say; and its compiled form."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from tinh.packs.findings import Keys
from tinh.packs.streamfile import MailEntry, MqttEntry
from tinh.packs.streams import MailWay, MqttWay
from tinh.packs.waychecks import WayChecks
from tinh.packs.wayfile import TlsEntry
from tinh.packs.ways import Tls

_SENDER = re.compile(r"[^\s@<>,;\"]*@[A-Za-z0-9.-]+\.[A-Za-z0-9-]{2,}|[^\s@<>,;\"]+@[A-Za-z0-9.-]+")
_MEMORY = 512 * 1024  # kilobytes
Seconds = Callable[[str], float]


class StreamChecks(WayChecks):
    def mqtt(self, entry: MqttEntry) -> None:
        self.host(("mqtt", "host"), entry.host)
        self.secret(("mqtt", "password"), entry.password)
        self._tls("mqtt", entry.tls)
        deepest = None
        for i, topic in enumerate(entry.topics):
            levels = topic.split("/")
            wild = any(("+" in one and one != "+") or ("#" in one and one != "#") for one in levels)
            if not topic or "\x00" in topic or wild or "#" in levels[:-1] or topic.startswith("$share/"):
                self.add(("mqtt", "topics", i), "PCK120", f"“{topic}” không phải chủ đề MQTT",
                         f'"{topic}" is no MQTT topic',
                         "dấu + đứng thay một cấp, # chỉ ở cuối; nhóm chia sẻ khai ở share",
                         "+ stands for one level, # only at the end; a group goes into share")  # fmt: skip
            if levels[-1] != "#":
                deepest = len(levels) if deepest is None else min(deepest, len(levels))
        if entry.share and re.search(r"[/+#\s\x00]", entry.share):
            self.add(("mqtt", "share"), "PCK120", "share có dấu /, +, # hoặc khoảng trắng",
                     "share holds /, +, # or a blank", "viết một tên, như tinh",
                     "write a name, such as tinh")  # fmt: skip
        for column, level in entry.parts.items():
            if deepest is not None and level > deepest:
                self.add(("mqtt", "parts", column), "PCK121", f"có chủ đề không có cấp {level}",
                         f"a topic has no level {level}", "đếm cấp của chủ đề từ 1",
                         "count the levels of the topic from 1")  # fmt: skip
        named = [*entry.parts, *filter(None, (entry.value, entry.received))]
        for column in {c for c in named if named.count(c) > 1}:
            self.add(("mqtt",), "PCK121", f"cột “{column}” được điền từ hai chỗ",
                     f'the column "{column}" is filled from two places', "bỏ một chỗ",
                     "remove one")  # fmt: skip
        if entry.batch.messages * entry.largest_kb > _MEMORY:
            self.add(("mqtt", "batch", "messages"), "PCK122",
                     "messages × largest_kb vượt 512 MB bộ nhớ", "messages × largest_kb is beyond 512 MB",
                     "giảm một trong hai", "lower one of the two")  # fmt: skip

    def mail(self, entry: MailEntry, agencies: Collection[str]) -> None:
        self.host(("mail", "host"), entry.host)
        self.secret(("mail", "password"), entry.password)
        self._tls("mail", entry.tls)
        self.patterns("mail", entry.patterns)
        for address, agency in entry.senders.items():
            if not _SENDER.fullmatch(address):
                self.add(("mail", "senders", address), "PCK123", f"“{address}” không phải địa chỉ thư",
                         f'"{address}" is no mail address', "viết lan@so.gov.vn hoặc @so.gov.vn",
                         "write lan@example.org or @example.org")  # fmt: skip
            if agency and agency not in agencies:
                self.faults.unknown(self.document, ("mail", "senders", address), "PCK030", agency, agencies)
        if (entry.after == "move") != bool(entry.done):
            self.add(("mail", "after"), "PCK124", "after: move cần done, và done chỉ đi với move",
                     "after: move needs done, and done goes with move only", "khai thư mục done",
                     "name the folder done")  # fmt: skip
        for key in ("folder", "done", "failed", "user"):
            if re.search(r"[\r\n\x00]", getattr(entry, key)):
                self.add(("mail", key), "PCK124", f"{key} có ký tự điều khiển", f"{key} holds control signs",
                         "bỏ các ký tự ấy", "remove them")  # fmt: skip
        if entry.done and entry.folder in (entry.done, entry.failed):
            self.add(("mail", "done"), "PCK124", "thư không thể chuyển về chính thư mục đang đọc",
                     "mails cannot be moved to the folder that is read", "chọn thư mục khác",
                     "choose another folder")  # fmt: skip

    def _tls(self, group: str, tls: TlsEntry) -> None:
        self.secret((group, "tls", "key"), tls.key)
        at: Keys = (group, "tls")
        if bool(tls.certificate) != bool(tls.key):
            self.add(at, "PCK118", "certificate và key phải đi đôi", "certificate and key go together",
                     "khai cả hai hoặc bỏ cả hai", "declare both or neither")  # fmt: skip
        for key in ("authority", "certificate"):
            text = getattr(tls, key)
            if text and "-----BEGIN CERTIFICATE-----" not in text:
                self.add((*at, key), "PCK118", f"{key} không phải chứng thư PEM",
                         f"{key} is no certificate in PEM", "dán nguyên văn tệp .pem",
                         "paste the .pem file's text")  # fmt: skip


def _tls(entry: TlsEntry) -> Tls:
    return Tls(mode=entry.mode, authority=entry.authority, certificate=entry.certificate, key=entry.key)


def mqtt_way(entry: MqttEntry, seconds: Seconds) -> MqttWay:
    return MqttWay(
        host=entry.host.lower(), port=entry.port or 8883, user=entry.user, password=entry.password,
        client=entry.client, topics=tuple(dict.fromkeys(entry.topics)), share=entry.share,
        tls=_tls(entry.tls), allow_private=entry.allow_private, parts=dict(entry.parts), value=entry.value,
        received=entry.received, batch_messages=entry.batch.messages, batch_seconds=entry.batch.seconds,
        session=seconds(entry.session), largest=entry.largest_kb, connect=seconds(entry.connect),
    )  # fmt: skip


def mail_way(entry: MailEntry, seconds: Seconds) -> MailWay:
    return MailWay(
        host=entry.host.lower(), port=entry.port or 993, user=entry.user, password=entry.password,
        folder=entry.folder, tls=_tls(entry.tls), allow_private=entry.allow_private,
        senders={address.lower(): agency for address, agency in entry.senders.items()},
        trust=entry.trust.lower(), subject=entry.subject, patterns=tuple(entry.patterns), after=entry.after,
        done=entry.done, failed=entry.failed or entry.done, answer=entry.answer, largest=entry.largest_mb,
        most=entry.most, connect=seconds(entry.connect), total=seconds(entry.total),
    )  # fmt: skip
