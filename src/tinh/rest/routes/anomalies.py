"""What is unusual, and what people make of it."""

# ruff: noqa: ARG001  # the router hands every view its request, used or not
from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from tinh.jobs import api as jobs
from tinh.jobs.api import Anomaly
from tinh.people import api as people
from tinh.rest import anomaly_shapes
from tinh.rest.entry import actor
from tinh.rest.paging import limit_of, link, pack, unpack
from tinh.rest.render import answer

router = Router(tags=["anomalies"])


class Mark(Schema):
    """What somebody makes of an anomaly; `open` takes an earlier mark back."""

    mark: Literal["real", "data_error", "known", "open"]
    note: str


@router.get("/anomalies", response=anomaly_shapes.Anomalies, summary="What is unusual, most surprising first")
def listing(
    request: HttpRequest,
    state: Literal["open", "real", "data_error", "known", "quiet", "gone", "all"] = "open",
    kind: str = "", indicator: str = "", place: str = "", limit: int = 50, cursor: str = "",
) -> HttpResponse:  # fmt: skip
    """Ordered by surprise times weight. `quiet` was found but not raised, `because` says why."""
    size, skipped = limit_of(limit), max(0, unpack(cursor, int)[0]) if cursor else 0
    found = [
        one
        for one in jobs.anomalies()
        if (state == "all" or one.standing == state)
        and (not kind or one.row["kind"] == kind)
        and (not indicator or one.row["indicator"] == indicator)
        and (not place or one.row["place"] == place)
    ]
    following = pack(skipped + size) if len(found) > skipped + size else None
    body = {"items": [_told(one) for one in found[skipped : skipped + size]], "next": following}
    return answer(body, headers=link(request, following))


@router.get("/anomalies/{id}", response=anomaly_shapes.AnomalyWhole, summary="One anomaly with its series")
def one(request: HttpRequest, id: str) -> HttpResponse:
    found = jobs.anomaly(id)
    series = jobs.anomaly_series(found).to_dicts()
    return answer({**_told(found), "marks": [_mark(m) for m in jobs.marks_of(id)], "series": series})


@router.post("/anomalies/{id}/marks", response=anomaly_shapes.Anomaly, summary="Mark an anomaly")
def mark(request: HttpRequest, id: str, body: Mark) -> HttpResponse:
    """Marks are kept with who made them; the newest counts, and what it changes shows at the next look."""
    who = actor(request)
    people.require_anywhere(who, "mark anomalies")
    people.require(who, "mark anomalies", jobs.answers_for(jobs.anomaly(id).row))
    jobs.mark_anomaly(id, body.mark, body.note, who.name)
    return answer(_told(jobs.anomaly(id)), status=201)


def _told(one: Anomaly) -> dict[str, Any]:
    row = one.row
    plain = (
        "id", "subject", "indicator", "version", "place", "kind", "first", "last", "length", "grain", "value",
        "expected", "low", "high", "score", "weight", "group", "simulated",
    )  # fmt: skip
    return {
        **{name: row[name] for name in plain},
        "relation": row["relation"] or None,
        "cause": row["cause"] or None,
        "receipt": row["receipt"] or None,
        "because": row["because"] or None,
        "why": {"vi": row["why_vi"], "en": row["why_en"]},
        "state": one.standing,
        "raised_at": row["raised_at"],
        "seen_at": row["seen_at"],
        "mark": _mark(one.mark) if one.mark else None,
        "trace": f"/api/v1/indicators/{row['indicator']}/trace?place={row['place']}&period={row['last']}"
        if row["subject"] != "dataset"
        else None,
    }


def _mark(mark: Any) -> dict[str, Any]:
    return {name: mark[name] for name in ("mark", "note", "by", "at")}
