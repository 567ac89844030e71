"""Simulated directives for demonstrations, on simulated hot spots and open reports; all marked as such.

Each gets the clock, the history and, where it still runs, the process a real one would have; the same seed
and count over the same reports give the same directives.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from tinh.cases import api as cases
from tinh.cases.api import clock
from tinh.desks.directives.ground import ground
from tinh.desks.directives.issuing import KIND, PROCESS, limits
from tinh.desks.directives.models import Directive
from tinh.desks.reports import door as reports
from tinh.people import api as people

ACTOR = "mô phỏng"  # stands as the author in every line of a simulated history
WINDOW, MOST_TIED, LEAST_SPOT = 60, 6, 4  # days looked back for spots; cases tied; reports of a spot
_RESULTS = ("fixed", "fixed", "fixed", "planned", "answered")
_DONE = (
    "Đã kiểm tra thực địa, xử lý xong các điểm được nêu; giao địa bàn theo dõi thường xuyên.",
    "Đã huy động lực lượng khắc phục; các phản ánh còn lại đã có kế hoạch, thời hạn cụ thể.",
    "Đã làm việc với đơn vị quản lý, xác định nguyên nhân và thực hiện biện pháp lâu dài.",
)
_WORK = ("Đã khảo sát hiện trường.", "Đã xử lý một phần các điểm.", "Đang phối hợp với UBND xã, phường.")
_WHY = "Thời tiết mưa kéo dài, cần thêm thời gian thi công."
_AGAIN = "Chưa nêu rõ biện pháp để không tái diễn; đề nghị bổ sung."


@dataclass(slots=True)
class _Story:
    """One directive on its way: its clock, what happened, and the moves its process goes through."""

    at: datetime
    times: Any
    subject: str
    content: str
    agency: str
    place: str
    tied: tuple[str, ...]
    happened: list[cases.Happened] = field(default_factory=list)
    moves: list[tuple[str, dict[str, Any], datetime]] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    over: bool = False

    def act(self, at: datetime, action: str, role: str, reason: str = "", **data: Any) -> None:
        self.happened.append(cases.Happened(at, action, role, ACTOR, reason, {}))
        self.moves.append((action, data, at))


def simulate(count: int = 36, seed: int = 19, *, end: datetime | None = None, days: int = 240) -> int:
    """Load `count` simulated directives issued in the `days` before `end`, fewer where there are not as many
    hot spots; how many are new. What is there already is left alone."""
    moment = (end or cases.ground().now()).astimezone(UTC)
    key = f"simulated/directives/{seed}/{count}"
    with people.through("case"):
        if cases.Case.objects.filter(key__startswith=f"{key}/").exists():
            return 0
    rng = Random(f"directives/{seed}")
    stories = _imagined(count, rng, moment, days)
    definition = cases.ground().process(PROCESS)
    pasts = [_past(one, f"{key}/{n}", definition) for n, one in enumerate(stories)]
    with people.through("case"), transaction.atomic():
        numbers = cases.open_past(pasts)
        rows = list(zip(stories, pasts, strict=True))
        Directive.objects.bulk_create(
            Directive(case_id=numbers[past.opening.key], issued_by=ACTOR, **one.row) for one, past in rows
        )
        wanted = {code for one in stories for code in one.tied}
        known = dict(cases.Case.objects.filter(code__in=wanted).values_list("code", "pk"))
        cases.Link.objects.bulk_create(
            cases.Link(
                case_id=numbers[past.opening.key], kind="caused_by", to_id=known[code], at=one.at,
                author=ACTOR,
            )
            for one, past in rows for code in one.tied if code in known
        )  # fmt: skip
    return len(stories)


def _imagined(count: int, rng: Random, end: datetime, days: int) -> list[_Story]:
    """So many directives, the nearer to the end the denser, each on a hot spot of the weeks before that none
    has yet, or else on what an agency has open."""
    out: list[_Story] = []
    taken: set[str] = set()
    spots: dict[int, list[Any]] = {}
    wound = cases.ground().clock()
    standing = _standing()
    for number in range(count):
        back = days * ((count - number - rng.uniform(0, 0.9)) / count) ** 2
        at = wound.next_open(end - timedelta(days=back))
        at += timedelta(minutes=rng.randrange(5, 90))
        if at > end:  # nobody issues one at night
            at = wound.add_working(end, hours=-rng.uniform(0.5, 6))
        week = int(back // 15)
        if week not in spots:
            until = end - timedelta(days=week * 15)
            spots[week] = reports.hot_spots(
                until - timedelta(days=WINDOW), until, least=LEAST_SPOT, shown_only=False, most=20
            )
        fresh = [s for s in spots[week] if s.first < at and not taken & set(s.codes)]
        if fresh:
            taken.update(fresh[0].codes)
            out.append(_live(_on_spot(fresh[0], number, rng, at), rng, end))
        elif standing:
            agency, held = standing.pop(rng.randrange(len(standing)))
            out.append(_live(_on_agency(agency, held, number, rng, at), rng, end))
    return out


def _standing() -> list[tuple[str, list[str]]]:
    """Agencies with simulated reports not answered yet, and those reports, the earliest due first."""
    with people.through("case"):
        found = cases.Case.objects.filter(
            kind="report", simulated=True, state__in=("assigned", "working")
        ).exclude(agency="")  # fmt: skip
        rows = list(found.order_by("due_at", "pk").values_list("agency", "code"))
    held: dict[str, list[str]] = {}
    for agency, code in rows:
        held.setdefault(agency, []).append(code)
    return sorted(held.items())


def _on_spot(spot: Any, number: int, rng: Random, at: datetime) -> _Story:
    with people.through("case"):
        held = list(
            cases.Case.objects.filter(code__in=spot.codes, opened_at__lt=at, simulated=True)
            .order_by("-opened_at").values_list("code", "agency", "address")[:MOST_TIED]
        )  # fmt: skip
    category = reports.category(spot.categories[0][0])
    agency = next((one[1] for one in held if one[1]), "vp-ubnd")
    where = next((one[2] for one in held if one[2]), "")
    story = _Story(
        at, _promised(at, rng), f"Xử lý dứt điểm điểm nóng: {category.name.vi}"[:200],
        f"Qua tổng hợp, {spot.reports} phản ánh về {category.name.vi} tập trung trong bán kính "
        f"{max(round(spot.reach), 50)} m{f' tại {where}' if where else ''}. Giao cơ quan chủ trì kiểm tra, "
        "xử lý dứt điểm, báo cáo kết quả đúng hạn.",
        agency, spot.place, tuple(one[0] for one in held),
    )  # fmt: skip
    helps = f"ubnd-{spot.place}"
    _issued(story, number, rng, [helps] if helps != agency else [], {
        "kind": "spot", "id": f"{spot.latitude:.4f},{spot.longitude:.4f}", "link": "/vu-viec/diem-nong",
        "vi": f"Điểm nóng: {spot.reports} phản ánh, {category.name.vi}",
        "en": f"Hot spot: {spot.reports} reports, {category.name.en}",
    })  # fmt: skip
    return story


def _on_agency(agency: str, held: list[str], number: int, rng: Random, at: datetime) -> _Story:
    known = ground().agencies().get(agency)
    vi, en = (known.name.vi, known.name.en) if known is not None else (agency, agency)
    story = _Story(
        at, _promised(at, rng), "Giải quyết dứt điểm phản ánh tồn đọng",
        f"{vi} còn {len(held)} phản ánh chưa trả lời. Yêu cầu giải quyết đúng hạn, trả lời người gửi, nêu rõ "
        "vướng mắc và biện pháp tháo gỡ.",
        agency, "", tuple(held[:MOST_TIED]),
    )  # fmt: skip
    _issued(story, number, rng, ["vp-ubnd"] if agency != "vp-ubnd" else [], {
        "kind": "agency", "id": agency, "link": f"/vu-viec/giam-sat?co-quan={agency}",
        "vi": f"Phản ánh chưa trả lời của {vi}", "en": f"Unanswered reports of {en}",
    })  # fmt: skip
    return story


def _promised(at: datetime, rng: Random) -> Any:
    wound = cases.ground().clock()
    until = wound.day_end(wound.add_working(at, days=rng.choice((3, 5, 5, 7, 10, 15))).date())
    return replace(clock.opened(wound, limits(at, until), at), finish_by=until)


def _issued(story: _Story, number: int, rng: Random, cooperating: list[str], cause: dict[str, str]) -> None:
    zone = cases.ground().clock().zone
    story.row = {"cooperating": cooperating, "number": "", "causes": [cause]}
    if rng.random() < 0.6:
        story.row |= {"number": f"{100 + number}/UBND-TH", "signed_on": story.at.astimezone(zone).date()}
    facts = {"kind": KIND, "agency": story.agency, "source": "staff"}
    story.happened.append(cases.Happened(story.at, "open", "leader", ACTOR, "", facts))
    story.fields = {"state": "new"}


def _live(story: _Story, rng: Random, end: datetime) -> _Story:
    """From acknowledging to the confirmed result, as far as the present goes."""
    wound = cases.ground().clock()
    at = wound.add_working(story.at, hours=rng.uniform(0.5, 7) if rng.random() < 0.9 else rng.uniform(9, 20))
    if at > end:
        return story
    story.times = replace(story.times, accepted_at=at)
    story.act(at, "accept", "case_officer")
    story.fields["state"] = "working"
    whole = max(wound.working_between(at, story.times.finish_by), 3600.0)
    if rng.random() < 0.6:
        noted = wound.add_working(at, whole * rng.uniform(0.2, 0.45))
        if noted > end:
            return story
        done, said = rng.choice((20, 30, 50, 60)), rng.choice(_WORK)
        story.act(noted, "progress", "case_officer", done=done, progress=said)
        story.row |= {"done": done, "progress": said, "progress_at": noted}
    if rng.random() < 0.25 and not _more_time(story, rng, end, wound, at, whole):
        return story
    whole = max(wound.working_between(at, story.times.finish_by), 3600.0)
    late = rng.random() < 0.28
    reported = wound.add_working(at, whole * (rng.uniform(1.05, 2.4) if late else rng.uniform(0.6, 0.98)))
    _report(story, rng, end, wound, reported)
    return story


def _more_time(story: _Story, rng: Random, end: datetime, wound: Any, at: datetime, whole: float) -> bool:
    asked = wound.add_working(at, whole * rng.uniform(0.5, 0.7))
    if asked > end:
        return False
    until: date = wound.add_working(story.times.finish_by, days=rng.choice((2, 3, 5))).astimezone(
        wound.zone
    ).date()  # fmt: skip
    story.act(asked, "ask_more", "case_officer", _WHY, until=until.isoformat())
    story.row |= {"asked_until": until, "asked_why": _WHY}
    decided = wound.add_working(asked, hours=rng.uniform(1, 6))
    if decided > end:
        return False
    story.row |= {"asked_until": None, "asked_why": ""}
    if rng.random() < 0.75:
        story.times = replace(story.times, finish_by=wound.day_end(until), extended=True)
        story.act(decided, "grant", "leader", "Đồng ý; không gia hạn thêm.", until=until.isoformat())
    else:
        story.act(decided, "deny", "leader", "Việc cấp bách, giữ nguyên thời hạn.")
    return True


def _report(story: _Story, rng: Random, end: datetime, wound: Any, at: datetime) -> None:
    if at > end:
        return
    result, said = rng.choice(_RESULTS), rng.choice(_DONE)
    story.act(at, "answer", "case_officer", result=result, answer=said)
    story.row |= {"result": result, "answer": said, "reported_at": at}
    story.fields |= {"state": "answered", "answered_at": at}
    decided = wound.add_working(at, hours=rng.uniform(1, 14))
    if decided > end:
        return
    if not story.row.get("returned") and rng.random() < 0.12:
        story.act(decided, "return", "leader", _AGAIN)
        story.row |= {"returned": 1, "reported_at": None}
        story.fields |= {"state": "working", "answered_at": None}
        _report(story, rng, end, wound, wound.add_working(decided, days=rng.choice((1, 2, 3))))
        return
    story.act(decided, "confirm", "leader")
    story.times = replace(story.times, closed_at=decided)
    story.fields |= {"state": "closed", "outcome": result}
    story.over = True


def _past(story: _Story, key: str, definition: Any) -> cases.Past:
    until = story.times.finish_by
    opening = cases.Opening(
        KIND, story.subject, key, body=story.content, source="staff", place=story.place, agency=story.agency,
        limits=limits(story.at, until), process=PROCESS, at=story.at, simulated=True,
    )  # fmt: skip
    running = None if story.over else _run(story, definition)
    return cases.Past(opening, story.times, story.happened, story.fields, running)


def _run(story: _Story, definition: Any) -> Any:
    """The process of a directive that still runs, gone through move by move."""
    process, wound = cases.process, cases.ground().clock()

    def facts() -> Mapping[str, Any]:
        times = story.times
        return {
            "agency": story.agency,
            "accept_by": times.accept_by.isoformat() if times.accept_by else None,
            "finish_by": times.finish_by.isoformat() if times.finish_by else None,
        }

    def serve(found: Any, at: datetime) -> Any:
        while found.services:
            given = {"finish_by": facts()["finish_by"]} if found.services[0].name == "extend" else {}
            step = found.services[0].step
            found = process.complete(definition, found.state, step, "", given, at, wound, facts())
        return found

    found = serve(process.start(definition, facts(), story.at, wound), story.at)
    for action, data, at in story.moves:
        step = next(s.id for s in found.waiting if action in {a.id for a in s.actions})
        given = {**data, "action": action}
        found = serve(process.complete(definition, found.state, step, action, given, at, wound, facts()), at)
    return found
