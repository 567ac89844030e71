"""Rules that compare two datasets, and the preference of senders: checked and compiled."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from typing import Any

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.agreement import AddsUpEntry, AgreeEntry
from tinh.packs.block import RuleEntry
from tinh.packs.contract import Draft
from tinh.packs.findings import Faults, Keys, nearest
from tinh.packs.models import Dataset
from tinh.packs.resolve import Register

_NUMERIC = ("number", "integer")
_AWAY = Text("bộ dữ liệu kia không dùng ở tỉnh này", "the other dataset is not in use in this province")


def compared(entry: RuleEntry, path: Keys, draft: Draft, drafts: Register[Draft], faults: Faults) -> None:
    """Adds an `agree` or `adds_up` rule; carried, with a remark, where the other pack is not in use."""
    kind, asked = ("agree", entry.agree) if entry.agree else ("adds_up", entry.adds_up)
    assert asked is not None
    own, document = draft.dataset, draft.document
    path = (*path, kind)
    name, key = (asked.with_, "with") if isinstance(asked, AgreeEntry) else (asked.dataset, "dataset")
    final = drafts.find(own.pack, name)
    if final is None:
        # A pack stands also without the others it compares itself with: only a likely slip is told.
        known = drafts.known(own.pack)
        if difflib.get_close_matches(name, known, n=1, cutoff=0.6):
            found = Text(f"bộ dữ liệu “{name}” không dùng ở đây", f'the dataset "{name}" is not in use here')
            faults.add(document, (*path, key), "PCK085", found, nearest(name, known), "warning")
        draft.book.carry(asked.column or own.id, kind, f"{entry.id} → {name}", _AWAY)
        return
    their = drafts.items[final].dataset
    sides = ((own, asked.column, (*path, "column")), (their, asked.their.column, (*path, "their")))
    sound = [_column(*side, document, faults) for side in sides]
    if not all(sound) or not _meets(asked, own, their, path, document, faults):
        return
    arguments: dict[str, Any] = {
        "how": asked.how, "dataset": final, "column": asked.their.column, "their_how": asked.their.how,
        "tolerance": asked.tolerance, "tolerance_abs": asked.tolerance_abs, "over_time": asked.over_time,
        "trust": asked.trust,
    }  # fmt: skip
    words = {
        "name": their.name,
        "label": drafts.items[final].book.label((asked.their.column,))
        if asked.their.column
        else Text("", ""),
    }
    columns = (asked.column,) if asked.column else ()
    draft.book.add(
        entry.id, (entry.agree and "agree") or "adds_up", columns, arguments,
        holds=False, severity=entry.severity, words=words,
    )  # fmt: skip


def _column(dataset: Dataset, name: str, path: Keys, document: Document, faults: Faults) -> bool:
    if not name:
        return True
    column = next((c for c in dataset.columns if c.name == name), None)
    if column is None:
        faults.unknown(document, path, "PCK032", name, [c.name for c in dataset.columns])
        return False
    return True


def _meets(
    asked: AgreeEntry | AddsUpEntry,
    own: Dataset,
    their: Dataset,
    path: Keys,
    document: Document,
    faults: Faults,
) -> bool:
    """Whether both figures can be made, of the same places and periods."""
    found, cure = None, Text("", "")
    for dataset, name, how in ((own, asked.column, asked.how), (their, asked.their.column, asked.their.how)):
        logical = next((c.logical for c in dataset.columns if c.name == name), "number")
        if how != "count" and logical not in _NUMERIC:
            faults.add(
                document, (*path, "column"), "PCK044",
                Text(f"cột “{name}” không phải số", f'the column "{name}" is not a number'),
                Text("chọn cột số, hoặc dùng how: count", "choose a numeric column, or use how: count"),
            )  # fmt: skip
            return False
    timed = [d for d in (own, their) if d.kind != "register"]
    if not timed or any(d.period is None for d in timed):
        found = Text(
            "không có kỳ để so: báo cáo cần period, và hai sổ đăng ký không so được với nhau",
            "there is no period to compare at: a report needs period, and two registers have none",
        )
        cure = Text("khai period trong khối tinh", "bind a period in the tinh block")
    elif isinstance(asked, AddsUpEntry) and (own.place is None or "commune" not in own.place.levels):
        found = Text(
            "cộng các xã thì dòng phải có địa bàn cấp xã", "adding communes needs rows placed in communes"
        )
        cure = Text("khai place với levels có commune", "bind a place whose levels have commune")
    elif isinstance(asked, AddsUpEntry) and their.place is not None and "province" not in their.place.levels:
        found = Text(f"“{their.id}” không có số của cả tỉnh", f'"{their.id}" holds no figure of the province')
        cure = Text("chọn bộ dữ liệu có dòng của tỉnh", "choose a dataset with rows of the province")
    elif isinstance(asked, AgreeEntry) and own.id == their.id:
        found = Text("bộ dữ liệu so với chính nó", "the dataset is compared with itself")
        cure = Text(
            "dùng expression để so các cột của một dòng", "use expression to compare columns of a row"
        )
    if found is not None:
        faults.add(document, path, "PCK087", found, cure)
    return found is None


def preferred(draft: Draft, agencies: Iterable[str], faults: Faults) -> None:
    """Findings about `prefer`: where it has no effect, and who is not known."""
    senders = draft.dataset.prefer
    path: Keys = (*draft.block_path, "prefer")
    if not senders:
        return
    if draft.dataset.kind == "stream" or not draft.dataset.key:
        faults.add(
            draft.document, path, "PCK088",
            Text(
                "dòng không có khóa, hoặc là luồng, thì không thay nhau",
                "rows of a stream, or without a key, do not replace each other",
            ),
            Text("bỏ prefer, hoặc đổi kind thành report", "drop it, or make it a report or register"),
        )  # fmt: skip
    known = sorted(agencies)
    for i, sender in enumerate(senders):
        at = (*path, "senders", i)
        if sender in senders[:i]:
            faults.add(
                draft.document, at, "PCK024",
                Text(f"nơi gửi “{sender}” ghi hai lần", f'the sender "{sender}" stands twice'),
                Text("xóa một dòng", "remove one of them"),
            )  # fmt: skip
        elif sender not in known and not re.fullmatch(r"\d{2,5}", sender):
            faults.add(
                draft.document, at, "PCK089",
                Text(f"không có cơ quan “{sender}”", f'no agency "{sender}"'), _sender_cure(sender, known),
                "warning",
            )  # fmt: skip


def _sender_cure(sender: str, known: list[str]) -> Text:
    near = nearest(sender, known)
    return Text(
        f"{near.vi}; tài khoản hay hệ thống thì để nguyên", f"{near.en}; an account or system may stay"
    )
