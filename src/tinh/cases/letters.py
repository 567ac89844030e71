"""Notices in words: templates by id, from `letters.yaml` and from the desks that registered theirs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tinh.cases.ground import ground
from tinh.cases.kinds import veils
from tinh.cases.models import Case, Event, Notice
from tinh.kit.yamltree import load

_FILE = Path(__file__).with_name("letters.yaml")
_own: dict[str, Mapping[str, Any]] = {}
_links: dict[str, str] = {"": "/vu-viec/{code}/"}  # by kind, for citizens; "" for the staff


def register_letters(file: Path) -> None:
    """Templates of a desk: `<id>: {vi: {subject, body}, en: {subject, body}}`; places as in
    `letters.yaml`."""
    _own.update(load(file).value)


def register_link(kind: str, path: str) -> None:
    """Where citizens open a case of a kind: a path with `{code}`."""
    _links[kind] = path


def templates() -> frozenset[str]:
    return frozenset({*_house(), *_own})


@cache
def _house() -> Mapping[str, Any]:
    found: Mapping[str, Any] = load(_FILE).value
    return found


def written(one: Notice, name: str, language: str, *, citizen: bool) -> tuple[str, str, str]:
    """Subject, body and path of a notice in the recipient's language."""
    case = one.case
    all_ = {**_house(), **_own}
    words = all_.get(one.template) or all_["changed"]
    said = words["en" if language == "en" else "vi"]
    path = _links.get(case.kind, "") if citizen else _links[""]
    page = path.format(code=case.code)
    link = ground().address() + page if page and ground().address() else ""
    for cover in (veils().get(case.kind),):  # followers and agencies do not learn who sent it
        if cover is not None:
            case.subject = cover([case]).get(case.pk, (case.subject, "", ""))[0]
    event = Event.objects.filter(case=case, seq=one.seq).first()
    facts = {
        **facts_of(case, language), **{k: str(v) for k, v in one.data.items()}, "link": link,
        "name": name, "reason": event.reason if event is not None else "",
        "actor": event.actor if event is not None and not citizen else "", "province": ground().province(),
    }  # fmt: skip
    body = said["body"].format_map(_Blank(facts)).strip()
    lines = [line for line in body.splitlines() if line.strip() != "{-}"]
    return said["subject"].format_map(_Blank(facts))[:300], "\n".join(lines) + "\n", page


def facts_of(case: Case, language: str) -> dict[str, str]:
    zone = ground().clock().zone
    shape = "%H:%M %d/%m/%Y"
    due = case.due_at.astimezone(zone).strftime(shape) if case.due_at else "–"
    return {
        "code": case.code, "subject": case.subject, "due": due,
        "opened": case.opened_at.astimezone(zone).strftime(shape),
        "agency": ground().agency_name(case.agency, language) if case.agency else "–",
    }  # fmt: skip


class _Blank(dict[str, str]):
    """A place nobody fills stays empty."""

    def __missing__(self, key: str) -> str:
        return ""
