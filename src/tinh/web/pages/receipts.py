"""One delivery: what the gate said, which rows it held and why, and the bytes as received."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from tinh.flow.api import reasons
from tinh.gate.api import Known, explain_places
from tinh.jobs import api as jobs
from tinh.kit.errors import Text
from tinh.packs.api import Dataset
from tinh.people import api as people
from tinh.sources.api import Receipt
from tinh.web import formats
from tinh.web.pages import mending
from tinh.web.pages.data import TONES, receipt_line
from tinh.web.pages.failing import seen_by_rule, shown_check
from tinh.web.pages.recalls import recall_told
from tinh.web.pages.remarks import remarks
from tinh.web.pages.room import Measure, measures
from tinh.web.sending import sent
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

HELD = 50


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    wrong: bool


@dataclass(frozen=True, slots=True)
class HeldRow:
    row: int | str
    why: tuple[str, ...]
    cells: tuple[Cell, ...]


@signed_in
def receipt(request: HttpRequest, id: str) -> HttpResponse:
    language = language_of(request)
    say = words(language)
    corridor = jobs.corridor()
    stored = corridor.lake.receipt(id)
    if stored is None:
        raise Http404
    verdict: dict[str, Any] = stored.verdict or {}
    found = corridor.catalogue.datasets.get(stored.dataset)
    who = people.require(people.actor_of(request), "read receipts", found)
    may_see = people.may(who, "read held rows", found)
    given = request.GET.get("tu", "")
    start = int(given) if given.isdecimal() and len(given) < 9 else 0
    only = request.GET.get("quy-tac", "")
    seen = jobs.sight(request, who, found)
    frame = corridor.mending.held(stored) if may_see else pl.DataFrame()
    by_rule = mending.by_rule(frame, found, language)
    if only and may_see:
        frame = frame.filter(pl.col("_rules").list.contains(only))
    total = frame.height
    shown = frame.sort("_row").slice(start, HELD) if total else frame
    whys = _placing(shown, found, stored) if total and _place_shown(seen, found) else {}
    shown = seen.frame(shown, id)
    columns, rows = _held(shown, found, language, whys) if may_see else ((), ())
    failing = seen_by_rule(seen.veil.frame(corridor.lake.held(id)), found, language) if may_see else {}
    says = sentences(found, language)
    history = mending.history(corridor, stored, language)
    now = corridor.mending.standing(stored)
    mendable = found is not None and not stored.answers and now.held > 0 and not now.recalled
    labels = {c.name: c.label.in_(language) or c.name for c in found.columns} if found else {}
    outcome = str(verdict.get("verdict", ""))
    problem = verdict.get("problem")
    return page(
        request, "receipt.html", "data", stored.filename or stored.id,
        receipt=receipt_line(corridor, stored, language, now.held - verdict.get("held", 0)),
        digest=stored.digest,
        stone=_stone(corridor.raw.tombstone(stored.digest), language),
        size=formats.number(stored.size, 0, language),
        channel=say(f"channel.{stored.channel}"),
        dataset_id=stored.dataset,
        dataset_name=found.name.in_(language) if found else stored.dataset,
        outcome=say(f"verdict.{outcome.replace(' ', '_')}"),
        tone=TONES.get(outcome, "none"),
        counts=[(say(f"count.{n}"), formats.number(verdict.get(n, 0), 0, language))
                for n in ("received", "accepted", "held")],
        measures=_measures(verdict, language),
        history=history,
        now_counts=[(say(f"count.{n}"), formats.number(getattr(now, n), 0, language))
                    for n in ("accepted", "held")],
        now_measures=measures(now.scores, language),
        answers=stored.answers,
        told=mending.answered(corridor, stored, request.GET.get("sua", ""), language),
        fault=mending.fault_of(request, id),
        may_mend=mendable and people.may(who, "mend", found),
        may_release=mendable and may_see and people.may(who, "release", found),
        may_sheet=mendable and may_see,
        by_rule=by_rule, only=only, only_says=says.get(only) or only,
        query=f"quy-tac={quote(only)}&" if only else "",
        problem={
            "code": problem["code"], "detail": problem["detail"][language], "cure": problem["cure"][language],
        } if problem else None,
        reasons=[(says.get(r["rule"]) or r["rule"], r["rule"], formats.number(r["rows"], 0, language),
                  failing.get(r["rule"], ()))
                 for r in verdict.get("reasons", ()) if r["rows"]],
        flags=[(_flag(f["rule"], says, labels, language), formats.number(f["rows"], 0, language))
               for f in verdict.get("flags", ())],
        checks=[(says.get(c["rule"]) or c["rule"], shown_check(c, language))
                for c in verdict.get("checks", ())],
        cleaning=[_step(c["step"], formats.number(c["values"], 0, language), labels, language)
                  for c in verdict.get("cleaning", ()) if c["values"]],
        untouched=formats.number(sum(not c["values"] for c in verdict.get("cleaning", ())), 0, language),
        remarks=remarks(verdict.get("notes", ()), found, language),
        **mending.leave_of(seen, who, found, language),
        columns=[labels.get(c, c) for c in columns], rows=rows, held_total=total, may_see=may_see,
        in_cells=any("!" in str(row.row) for row in rows),
        first=start + 1, last=start + len(rows),
        following=start + HELD if start + HELD < total else 0,
        preceding=max(0, start - HELD) if start else None,
        may_raw=people.may(who, "read raw", found),
        may_recall=found is not None and now.accepted > 0 and people.may(who, "recall", found),
        out=recall_told(corridor, id, language),
        relayout=_unlaid(problem, who, found),
    )  # fmt: skip


def _stone(found: dict[str, Any] | None, language: str) -> dict[str, str] | None:
    """When and why the bytes as received were erased."""
    if found is None:
        return None
    zone = jobs.catalogue().timezone
    at = formats.minute(datetime.fromisoformat(found["at"]), language, zone)
    return {"at": at, "reason": str(found["reason"])}


_UNLAID = ("SRC002", "SRC003", "SRC004", "SRC005", "SRC006", "SRC019")  # the file does not look as declared


def _unlaid(problem: dict[str, Any] | None, who: people.Actor | None, found: Dataset | None) -> bool:
    """Whether showing the file's layout once would help, and this person may."""
    return (
        problem is not None
        and str(problem["code"]).startswith(_UNLAID)
        and people.may(who, "write layouts", found)
        and people.may(who, "read raw", found)
    )


def sentences(found: Dataset | None, language: str) -> dict[str, str]:
    """Why a row was held, by rule; a row sent twice is held by the gate itself."""
    return reasons(found, language) if found else {}


def _measures(verdict: dict[str, Any], language: str) -> tuple[Measure, ...]:
    from tinh.gate.api import Score, Scores

    scores = verdict.get("scores") or {}
    return measures(
        Scores(
            **{
                n: Score(**scores.get(n, {"num": 0, "den": 0}))
                for n in ("correct", "sufficient", "clean", "alive")
            }
        ),
        language,
    )


def _flag(rule: str, says: dict[str, str], labels: dict[str, str], language: str) -> str:
    """What keeps accepted rows from being clean, in a sentence."""
    kind, _, column = rule.partition(":")
    if kind in {"outlier", "untidy"}:
        say = words(language)
        return (
            say(f"receipt.{kind}", column=labels.get(column, column)) if column else say("receipt.untidy_row")
        )
    return says.get(rule) or rule


def _step(step: str, values: str, labels: dict[str, str], language: str) -> tuple[str, str, str]:
    column, _, do = step.partition(": ")
    try:
        said = words(language)(f"clean.{do}")
    except KeyError:
        said = do
    return labels.get(column, column), said, values


def _placing(held: pl.DataFrame, found: Dataset | None, stored: Receipt) -> dict[int, dict[str, Text]]:
    """What is wrong with the places of these held rows, by row and kind of rule."""
    if found is None or found.place is None:
        return {}
    corridor = jobs.corridor()
    known = Known(
        province=corridor.catalogue.place, gazetteer=corridor.gazetteer, timezone=corridor.catalogue.timezone
    )
    return explain_places(held, found, stored, known)


def sentence(why: Text | None, rule: str, language: str) -> str:
    return f"{rule}: {why.in_(language)}" if why else rule


def _place_shown(seen: jobs.Sight, found: Dataset | None) -> bool:
    """Whether sentences about places may quote them."""
    return found is not None and found.place is not None and (
        not seen.veil.drawn or not {found.place.column, found.place.name_column} & set(seen.veil.names)
    )  # fmt: skip


def _held(
    frame: pl.DataFrame, found: Dataset | None, language: str, whys: dict[int, dict[str, Text]]
) -> tuple[tuple[str, ...], tuple[HeldRow, ...]]:
    """One page of held rows; the cells a failing rule looked at are marked."""
    says = sentences(found, language)
    looked = {rule.id: rule.columns for rule in found.rules} if found else {}
    kinds = {rule.id: str(rule.kind) for rule in found.rules} if found else {}
    columns = tuple(c for c in frame.columns if not c.startswith("_"))
    rows = []
    for row in frame.iter_rows(named=True):
        seen = json.loads(row["_values"]) if row.get("_values") else {}
        wrong = set(seen) or {c for rule in row["_rules"] for c in looked.get(rule, ())}
        rows.append(
            HeldRow(
                row.get("_at") or row["_row"],
                tuple(
                    sentence(
                        whys.get(row["_row"], {}).get(kinds.get(rule, "")), says.get(rule) or rule, language
                    )
                    for rule in row["_rules"]
                ),
                tuple(Cell("" if row[c] is None else str(row[c]), c in wrong) for c in columns),
            )
        )
    return columns, tuple(rows)


@signed_in
def raw(request: HttpRequest, id: str) -> HttpResponseBase:
    corridor = jobs.corridor()
    stored = corridor.lake.receipt(id)
    if stored is None:
        raise Http404
    found = corridor.catalogue.datasets.get(stored.dataset)
    who = people.require(people.actor_of(request), "read raw", found)
    if found is not None:
        jobs.clear(request, who, found).record_whole(id)
    people.note(who.name, "read raw", id, allowed=True, address=people.address_of(request))
    return sent(jobs.raw(stored.digest), stored.size, PurePath(stored.filename or stored.id).name)
