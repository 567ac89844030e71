"""Held rows on the way back: the spreadsheet to mend in, answers, proposals, releases."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from tinh.flow.api import Corridor, Mended, MendingError, Proposal, WasRecalled, reasons, spelt, write_sheet
from tinh.jobs import api as jobs
from tinh.lake.api import Standing, StoredReceipt
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_GROUPS = 200  # groups of proposals on one page
_SCORES = ("correct", "sufficient", "clean", "alive")


@dataclass(frozen=True, slots=True)
class Group:
    """Rivals for one wrong value; `sole` when there is only one."""

    id: str
    column: str
    seen: str
    count: str
    rows: str
    options: tuple[tuple[str, str, str], ...]  # id, offer, sentence
    sole: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a receipt's history."""

    when: str
    what: str
    tone: str
    actor: str
    reason: str
    rows: str
    other: str
    moved: tuple[tuple[str, str, str], ...]  # score, before, after


@signed_in
def sheet(request: HttpRequest, id: str) -> HttpResponse:
    corridor, stored, found = _of(id)
    who = people.require(people.actor_of(request), "read receipts", found)
    people.require(who, "read held rows", found)
    with tempfile.TemporaryDirectory(prefix="tinh-held-") as folder:
        path = Path(folder) / "held.xlsx"
        left = corridor.mending.left(id)
        left = replace(left, frame=jobs.sight(request, who, found).frame(left.frame, id))
        write_sheet(path, left, corridor.catalogue, corridor.gazetteer, language_of(request))
        response = HttpResponse(path.read_bytes(), content_type=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="bi-giu-{stored.id}.xlsx"'
    return response


@require_http_methods(["GET", "POST"])
@signed_in
def mend(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor, stored, found = _of(id)
    who = people.require(people.actor_of(request), "mend", found)
    left = corridor.mending.left(id)
    fault = ""
    if request.method == "POST":
        try:
            done = _taken(request, corridor, id, who)
        except (MendingError, WasRecalled) as error:
            fault = f"{error.told().in_(language)} ({error.code})"
        else:
            if done is not None:
                people.note(who.name, "mend", id, allowed=True, address=people.address_of(request))
                return redirect(f"/du-lieu/nhan/{id}?sua={done.outcome.receipt.id}#lich-su")
            fault = say("mend.choose")
    seen = jobs.sight(request, who, found)
    offered = seen.proposals(corridor.mending.proposals(id)) if left.frame.height else []
    groups = _groups(offered, left.dataset, language)
    return page(
        request, "mend.html", "data", say("mend.title"), status=400 if fault else 200,
        id=id, file=stored.filename or id, **leave_of(seen, who, found, language),
        dataset_id=stored.dataset, dataset_name=left.dataset.name.in_(language),
        fault=fault, held=left.frame.height, held_words=formats.number(left.frame.height, 0, language),
        rules=by_rule(left.frame, left.dataset, language),
        groups=groups[:_GROUPS], more=max(0, len(groups) - _GROUPS),
        certain=sum(len(p.rows) for p in offered if p.alone),
    )  # fmt: skip


@require_POST
@signed_in
def release(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    corridor, _, found = _of(id)
    who = people.require(people.actor_of(request), "release", found)
    rows = {int(r) for r in request.POST.getlist("row") if r.isdecimal() and len(r) < 10}
    try:
        done = corridor.mending.release(
            id, rows, actor=who.name, reason=request.POST.get("reason", ""), sender=who.agency or who.name
        )
    except (MendingError, WasRecalled) as error:
        request.session["mend.fault"] = [
            id,
            error.code,
            error.detail().in_(language),
            error.remedy().in_(language),
        ]
        return redirect(f"/du-lieu/nhan/{id}#cho-qua")
    people.note(who.name, "release", id, allowed=True, address=people.address_of(request))
    return redirect(f"/du-lieu/nhan/{id}?sua={done.outcome.receipt.id}#lich-su")


def _taken(request: HttpRequest, corridor: Corridor, id: str, who: people.Actor) -> Mended | None:
    """What the form asks for: proposals taken over, or a file sent back; None when neither is there."""
    sender = who.agency or who.name
    if "accept" in request.POST:
        chosen = [str(v) for k, v in request.POST.items() if k.startswith("p-") and v]
        ids = None if request.POST["accept"] == "all" else chosen
        return corridor.mending.accept(id, ids, actor=who.name, sender=sender)
    sent = request.FILES.get("file")
    if sent is None:
        return None
    return corridor.mending.answer(sent.chunks(), id, actor=who.name, sender=sender, filename=sent.name or "")


def by_rule(frame: Any, dataset: Dataset | None, language: str) -> list[tuple[str, str, str, str]]:
    """Each rule that held rows fail: its words, its id, how many rows and which."""
    if frame.is_empty():
        return []
    says = reasons(dataset, language) if dataset else {}
    found: dict[str, list[int]] = {}
    cells = dict(frame.select("_row", "_at").iter_rows()) if "_at" in frame.columns else {}
    for row, rules in frame.select("_row", "_rules").iter_rows():
        for rule in rules or ():
            found.setdefault(rule, []).append(row)
    ranked = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        (says.get(r) or r, r, formats.number(len(rows), 0, language), _found_at(rows, cells))
        for r, rows in ranked
    ]


def _found_at(rows: list[int], cells: dict[int, str | None]) -> str:
    """Where the officer finds them in the file: its own cells where a wide table was turned, else rows."""
    named = [cell for row in sorted(rows) if (cell := cells.get(row))]
    return ", ".join(named[:8]) + (" …" if len(named) > 8 else "") if named else spelt(rows)


def history(corridor: Corridor, stored: StoredReceipt, language: str) -> list[Told]:
    """What happened to a receipt since its verdict, newest first."""
    say, zone = words(language), corridor.catalogue.timezone
    out = []
    for step in reversed(corridor.mending.history(stored)):
        event = step.event
        refused = event.detail.get("refused", "")
        kind = "refused" if refused else event.kind
        out.append(
            Told(
                when=formats.minute(event.at, language, zone),
                what=say(
                    f"mend.kind.{kind}", count=formats.number(len(event.rows), 0, language), code=refused
                ),
                tone="bad" if refused or event.kind == "recalled" else "good" if event.rows else "watch",
                actor=event.actor,
                reason=event.reason,
                rows=spelt(event.rows),
                other=event.other,
                moved=_moved(step.before, step.after, language),
            )
        )
    return out


def _moved(before: Standing, after: Standing, language: str) -> tuple[tuple[str, str, str], ...]:
    say = words(language)

    def share(standing: Standing, name: str) -> str:
        score = getattr(standing.scores, name)
        return f"{formats.number(score.num, 0, language)}/{formats.number(score.den, 0, language)}"

    return tuple((say(f"score.{name}"), share(before, name), share(after, name)) for name in _SCORES)


def answered(corridor: Corridor, stored: StoredReceipt, answer: str, language: str) -> dict[str, Any] | None:
    """What to say of an answer that has just been sent to a receipt."""
    found = corridor.lake.receipt(answer) if answer.isalnum() else None
    if found is None or found.answers != stored.id:
        return None
    say, verdict = words(language), found.verdict or {}
    problem = verdict.get("problem")
    told: dict[str, Any] = {"id": found.id, "tone": "bad" if problem else "good", "code": "", "lines": []}
    if problem:
        return told | {
            "code": problem["code"], "lines": [problem["detail"][language], problem["cure"][language]],
        }  # fmt: skip
    lines = [say("mend.brought", count=formats.number(len(found.mended), 0, language))]
    if verdict.get("held"):
        lines.append(say("mend.again", count=formats.number(verdict["held"], 0, language)))
    for note in verdict.get("notes", ()):
        name, _, rows = note.partition(":")
        if name in ("mended-before", "copies-left", "other-delivery"):
            lines.append(say(f"mend.{name.replace('-', '_')}", rows=rows))
    return told | {"tone": "good" if found.mended else "watch", "lines": lines}


def _groups(offered: list[Proposal], dataset: Dataset, language: str) -> list[Group]:
    labels = {c.name: c.label.in_(language) or next(iter(c.headers[1:]), c.name) for c in dataset.columns}
    by: dict[str, list[Proposal]] = {}
    for each in offered:
        by.setdefault(each.group, []).append(each)
    return [
        Group(
            id, labels.get(rivals[0].column, rivals[0].column), rivals[0].seen,
            formats.number(len(rivals[0].rows), 0, language), spelt(rivals[0].rows),
            tuple((p.id, p.offer, p.says.in_(language)) for p in rivals), len(rivals) == 1,
        )
        for id, rivals in by.items()
    ]  # fmt: skip


def _of(id: str) -> tuple[Corridor, StoredReceipt, Dataset | None]:
    corridor = jobs.corridor()
    stored = corridor.lake.receipt(id)
    if stored is None:
        raise Http404
    return corridor, stored, corridor.catalogue.datasets.get(stored.dataset)


def leave_of(
    seen: jobs.Sight, who: people.Actor | None, found: Dataset | None, language: str
) -> dict[str, Any]:
    """What a page says of masked columns: which, until when they are clear, and whether they may be."""
    labels = {c.name: c.label.in_(language) or c.name for c in found.columns} if found else {}
    zone = jobs.catalogue().timezone
    return {
        "masked": sorted(labels.get(n, n) for n in seen.veil.names),
        "may_unmask": found is not None and people.may(who, "unmask", found),
        "leave_until": formats.minute(seen.leave.until, language, zone) if seen.leave else "",
    }


def fault_of(request: HttpRequest, id: str) -> dict[str, str] | None:
    """The refusal of a release that has just been asked for, told once."""
    kept = request.session.pop("mend.fault", None)
    if not kept or kept[0] != id:
        return None
    return {"code": kept[1], "detail": kept[2], "cure": kept[3]}
