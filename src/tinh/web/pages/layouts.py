"""The mapping assistant: a first file of a new shape is read once by hand, every next one by itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.flow.api import (
    WIDE,
    Choices,
    Corridor,
    LayoutBook,
    TrialGone,
    Waiting,
    WaitingRoom,
    headers_needed,
    last_parts,
    layout_of,
    name_for,
    proposed,
    proposed_choices,
    sheet_names,
    tried,
    written,
)
from tinh.gate.api import Proposal
from tinh.jobs import api as jobs
from tinh.kit.errors import TinhError
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.picking import choices_from
from tinh.web.pages.receipts import sentences
from tinh.web.pages.remarks import remarks as told
from tinh.web.sheets import named
from tinh.web.shell import language_of, page, refused, signed_in
from tinh.web.words import words

HOME = "/du-lieu/bo-cuc/"


@require_http_methods(["GET", "POST"])
@signed_in
def listing(request: HttpRequest) -> HttpResponseBase:
    """Saved layouts, and the beginning of a new one: a dataset and a first file."""
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    who = people.actor_of(request)
    mine = [d for d in corridor.catalogue.datasets.values() if people.may(who, "write layouts", d)]
    if not mine:
        try:
            people.require(who, "write layouts", None)
        except people.NotAllowed as error:
            return refused(request, error)
    chosen = (
        request.POST.get("dataset") or request.GET.get("dataset") or (mine[0].id if len(mine) == 1 else "")
    )
    again = request.POST.get("nhan") or request.GET.get("nhan") or ""
    fault: Any = ""
    if request.method == "POST":
        found = next((d for d in mine if d.id == chosen), None)
        sent = request.FILES.get("file")
        if found is None:
            fault = say("upload.choose_dataset")
        elif sent is None and not again:
            fault = say("upload.choose_file")
        else:
            filename, source = _received(corridor, request, who, found, sent, again)
            one = WaitingRoom(corridor.home).put(_owner(who), found.id, filename, source)
            try:
                _proposal(corridor, found, one)
            except TinhError as error:
                WaitingRoom(corridor.home).drop(one.token)
                fault = error.told().in_(language)
            else:
                return redirect(f"{HOME}thu/{one.token}")
    book = LayoutBook(corridor.catalogue, corridor.home)
    saved = [
        {
            "kept": kept,
            "dataset": d.name.in_(language),
            "when": kept.made_at[:16].replace("T", " "),
            "headers": ", ".join(kept.headers[:4]) + ("…" if len(kept.headers) > 4 else ""),
        }
        for d in mine
        for kept in book.of(d)
    ]
    return page(
        request,
        "layouts.html",
        "data",
        say("layouts.title"),
        status=400 if fault else 200,
        datasets=[(d.id, d.name.in_(language)) for d in mine],
        chosen=chosen,
        fault=fault,
        saved=saved,
        again=again,
        again_file=_file_of(corridor, again),
        faults=[
            (d.name.in_(language), f.says.in_(language), f.cure.in_(language))
            for d in mine
            for f in book.faults(d)
        ],
    )


def _received(
    corridor: Corridor, request: HttpRequest, who: people.Actor | None, found: Dataset, sent: Any, again: str
) -> tuple[str, Iterable[bytes]]:
    """The bytes of an upload, or of a delivery that was refused for its layout."""
    if sent is not None:
        return sent.name or "", sent.chunks()
    stored = corridor.lake.receipt(again)
    if stored is None or stored.dataset != found.id:
        raise TrialGone(hours=24)
    actor = people.require(who, "read raw", found)
    people.note(actor.name, "read raw", again, allowed=True, address=people.address_of(request))
    with jobs.raw(stored.digest) as stream:
        return stored.filename, [stream.read()]


def _owner(who: people.Actor | None) -> str:
    return f"{who.name}@{who.agency}" if who else ""


@require_http_methods(["GET", "POST"])
@signed_in
def trial(request: HttpRequest, token: str) -> HttpResponseBase:
    """One waiting file: choices, what they would give, and saving."""
    corridor = jobs.corridor()
    room = WaitingRoom(corridor.home)
    who = people.actor_of(request)
    if not any(people.may(who, "write layouts", d) for d in corridor.catalogue.datasets.values()):
        people.require(who, "write layouts")
    one = room.get(token, _owner(who))
    found = corridor.catalogue.datasets.get(one.dataset)
    actor = people.require(who, "write layouts", found)
    if found is None:
        raise Http404
    fault: TinhError | None = None
    if request.method == "POST":
        if "drop" in request.POST:
            room.drop(token)
            return redirect(HOME)
        before = _choices(corridor, found, one)
        chosen = choices_from(request.POST, before[0], before[1])
        if (chosen.sheet, chosen.depth) != (before[0].sheet, before[0].depth):
            name = chosen.name
            fresh = proposed(
                one.path,
                one.filename,
                found,
                corridor.catalogue,
                corridor.clock.now(),
                corridor.lake,
                chosen.sheet,
                chosen.depth,
            )
            chosen = proposed_choices(fresh, chosen.depth)
            chosen.name = name
        one.choices = chosen.as_dict()
        room.keep(one)
        if "save" not in request.POST:
            return redirect(f"{HOME}thu/{token}#xem-truoc")
        try:
            return _saved(request, corridor, found, one, actor)
        except TinhError as error:
            fault = error
    return _show(request, corridor, found, one, fault)


def _proposal(corridor: Corridor, found: Dataset, one: Waiting, sheet: str = "", depth: int = 0) -> Proposal:
    return proposed(
        one.path, one.filename, found, corridor.catalogue, corridor.clock.now(), corridor.lake, sheet, depth
    )


def _choices(corridor: Corridor, found: Dataset, one: Waiting) -> tuple[Choices, Proposal]:
    """The choices so far with the proposal they change."""
    if not one.choices:
        proposal = _proposal(corridor, found, one)
        return proposed_choices(proposal), proposal
    chosen = Choices.of(one.choices)
    return chosen, _proposal(corridor, found, one, "" if chosen.all_sheets else chosen.sheet, chosen.depth)


def _saved(
    request: HttpRequest, corridor: Corridor, found: Dataset, one: Waiting, actor: people.Actor
) -> HttpResponseBase:
    """Keep the layout, send the file, go to its receipt."""
    chosen, proposal = _choices(corridor, found, one)
    headers = [m.header for m in proposal.matches]
    layout = layout_of(chosen, headers, proposal)
    name = name_for(chosen.name or _named(one.filename))
    now = corridor.moment()
    text = written(found.id, name, headers_needed(layout, headers), layout, actor.name, now)
    LayoutBook(corridor.catalogue, corridor.home).save(found, name, text, actor.name, now)
    people.note(
        actor.name, "write layouts", f"{found.id}/{name}", allowed=True, address=people.address_of(request)
    )
    if "send" not in request.POST or not people.may(actor, "push", found):
        return redirect(HOME)
    people.note(actor.name, "push", found.id, allowed=True, address=people.address_of(request))
    outcome = corridor.load(
        one.path, found.id, sender=actor.agency or found.owner, channel="web", filename=one.filename
    )
    WaitingRoom(corridor.home).drop(one.token)
    return redirect(f"/du-lieu/nhan/{outcome.receipt.id}{'?lai=1' if outcome.repeated else ''}")


def _named(filename: str) -> str:
    return filename.rsplit(".", 1)[0] or "bo-cuc"


def _show(
    request: HttpRequest, corridor: Corridor, found: Dataset, one: Waiting, fault: TinhError | None
) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    chosen, proposal = _choices(corridor, found, one)
    headers = [m.header for m in proposal.matches]
    layout = layout_of(chosen, headers, proposal)
    result = tried(one.path, one.filename, found, layout, corridor.catalogue, corridor.clock.now())
    labels = {c.name: c.label.in_(language) or c.name for c in found.columns}
    name = chosen.name or name_for(_named(one.filename))
    verdict = result.verdict or {}
    says = sentences(found, language)
    gone = sorted({c for c in proposal.open if c not in _given(layout, chosen)})
    return page(
        request,
        "layout.html",
        "data",
        say("layouts.one", name=one.filename),
        status=422 if fault else 200,
        token=one.token,
        filename=one.filename,
        dataset=found,
        dataset_name=found.name.in_(language),
        sheets=sheet_names(one.path, one.filename),
        choices=chosen,
        wide=WIDE,
        columns=[(c.name, labels[c.name], c.required or c.name in found.key) for c in found.columns],
        rows=[
            {
                "match": m,
                "pick": chosen.picks.get(m.position, ""),
                "sure": _sure(m.confidence),
                "why": [w.in_(language) for w in m.why],
                "percent": f"{m.confidence * 100:.0f}",
                "tone": "good" if m.confidence >= 0.85 else "watch" if m.column or m.wide else "none",
                "others": [labels.get(c, c) for c, _ in m.others],
            }
            for m in proposal.matches
            if m.header.strip() or m.examples
        ],
        fixed=[(at, _beside(entry, headers)) for at, entry in enumerate([*chosen.fixed, {}])],
        parts_of_rows=[(f"@{m.position}", m.header) for m in proposal.matches if m.header.strip()],
        parts=[(at, part, chosen.inner.get(part, "")) for at, part in enumerate(last_parts(chosen, headers))],
        remarks=[r.in_(language) for r in proposal.remarks],
        titles=proposal.titles,
        lacking=[labels[c] for c in gone],
        preview_columns=[labels.get(c, c) for c in result.columns],
        preview=result.rows,
        total=formats.number(result.total, 0, language),
        trial=result,
        outcome=say(f"verdict.{str(verdict.get('verdict', 'refused')).replace(' ', '_')}"),
        tone={"accepted": "good", "in part": "watch"}.get(str(verdict.get("verdict")), "bad"),
        counts=[
            (say(f"count.{n}"), formats.number(verdict.get(n, 0), 0, language))
            for n in ("received", "accepted", "held")
        ],
        reasons=[
            (says.get(r["rule"]) or r["rule"], formats.number(r["rows"], 0, language))
            for r in verdict.get("reasons", ())
            if r["rows"]
        ],
        notes=[
            *told(verdict.get("notes", ()), found, language),
            *_taken(verdict.get("cleaning", ()), labels, language),
        ],
        problem={
            "detail": result.problem["detail"][language],
            "cure": result.problem["cure"][language],
            "code": result.problem["code"],
        }
        if result.problem
        else None,
        yaml=written(found.id, name, headers_needed(layout, headers), layout, "", None),
        name=name,
        may_send=people.may(people.actor_of(request), "push", found),
        fault=fault.told().in_(language) if fault else "",
    )


def _file_of(corridor: Corridor, receipt: str) -> str:
    stored = corridor.lake.receipt(receipt) if receipt else None
    return (stored.filename if stored else "") or receipt


_TOLD = ("footnote_mark", "own_unit", "read_thousands", "read_fractions", "place_code")


def _taken(cleaning: Iterable[Mapping[str, Any]], labels: Mapping[str, str], language: str) -> list[str]:
    """How figures were read where the file alone does not say it: `Số hộ: dấu chú thích … (3)`."""
    out = []
    for step in cleaning:
        column, _, do = str(step["step"]).partition(": ")
        if step["values"] and do in _TOLD:
            count = formats.number(step["values"], 0, language)
            out.append(f"{labels.get(column, column)}: {words(language)(f'clean.{do}')} ({count})")
    return out


def _beside(entry: dict[str, Any], headers: list[str]) -> dict[str, str]:
    """One value beside the table, or made of another column, as its four fields show it."""
    said = entry.get("value") or entry.get("cell") or entry.get("pattern") or ""
    header = entry.get("header", "")
    source = f"@{headers.index(header)}" if header in headers else entry.get("from", "")
    return {"column": entry.get("column", ""), "from": source, "said": said,
            "template": entry.get("template", "")}  # fmt: skip


def _given(layout: dict[str, Any], chosen: Choices) -> set[str]:
    unpivot = layout.get("unpivot") or {}
    return {
        *(layout.get("columns") or {}),
        *(f["column"] for f in layout.get("fixed", ())),
        *(v for v in (unpivot.get("names_to"), unpivot.get("values_to")) if v),
        *(chosen.picks.values()),
    }


def _sure(confidence: float) -> str:
    return "sure" if confidence >= 0.85 else "likely" if confidence >= 0.56 else "open"


@require_http_methods(["GET", "POST"])
@signed_in
def saved(request: HttpRequest, dataset: str, name: str) -> HttpResponseBase:
    """A saved layout: download, rename, delete."""
    corridor = jobs.corridor()
    found = corridor.catalogue.datasets.get(dataset)
    who = people.require(people.actor_of(request), "write layouts", found)
    if found is None:
        raise Http404
    book = LayoutBook(corridor.catalogue, corridor.home)
    if request.method == "GET":
        response = HttpResponse(book.text(found, name), content_type="application/yaml; charset=utf-8")
        response.headers["Content-Disposition"] = named(f"{name}.yaml")
        return response
    now = corridor.clock.now()
    if "delete" in request.POST:
        book.delete(found, name, now)
    else:
        book.rename(found, name, request.POST.get("name", ""), who.name, now)
    people.note(
        who.name, "write layouts", f"{found.id}/{name}", allowed=True, address=people.address_of(request)
    )
    return redirect(HOME)
