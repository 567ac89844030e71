"""Opening cases: once for each key, with its clock, its process and the first link of its history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from tinh.cases import clock, near, parties, words
from tinh.cases.case_errors import OpeningUnfit
from tinh.cases.codes import LONG, SHORT, new_code
from tinh.cases.ground import ground
from tinh.cases.kinds import covered, kind_of
from tinh.cases.models import Case
from tinh.cases.running import advance, stand, start
from tinh.cases.shapes import SEVERITIES, SOURCES, Opening, Party
from tinh.cases.turn import Link, Turn, mark_into, set_mark, who_of, wind
from tinh.cases.writing import Together
from tinh.people import api as people

_TRIES = 12
Beside = Callable[[Case], Iterable[models.Model | tuple[str, Sequence[Any]]]]
"""What a desk writes with a new case, in the same statement: rows of the case, and updates of its own."""


def open_case(opening: Opening, actor: people.Actor | None, beside: Beside | None = None) -> Case:
    """The case of this key: a new one, or the one it opened before. `actor` None is a stranger at a public
    door, whom the desk has judged. `beside` is asked once the case is known, its number not yet: what it
    gives is there exactly if the case is. Raises OpeningUnfit, NoSuchKind, NoSuchProcess, NotAllowed."""
    kind = kind_of(opening.kind)
    if actor is not None:
        people.require_anywhere(actor, kind.opens)
    _judge(opening)
    with people.through("case"):
        for attempt in range(_TRIES):
            code = new_code(kind.prefix, SHORT if attempt < _TRIES // 2 else LONG)
            made = _open(opening, code, actor, beside)
            if made is None:
                made = Case.objects.filter(key=opening.key).first()
            if made is not None:  # else the code is another's
                return made
    raise OpeningUnfit(why_vi="hết mã", why_en="no code is free")


def _open(opening: Opening, code: str, actor: people.Actor | None, beside: Beside | None) -> Case | None:
    """None, and nothing written, where a case has the key or the code already."""
    now = opening.at or ground().now()
    case = Case(
        code=code, kind=opening.kind, category=opening.category, severity=opening.severity,
        source=opening.source, subject=_line(opening.subject)[:200], body=opening.body.replace("\0", ""),
        place=opening.place, latitude=opening.latitude, longitude=opening.longitude,
        accuracy=opening.accuracy, band=near.band_of(opening.latitude), address=_line(opening.address)[:300],
        facts=dict(opening.facts), agency=opening.agency, person_id=opening.person, opened_at=now, since=now,
        limits=opening.limits.as_json(), process=opening.process, simulated=opening.simulated,
        public=opening.public, key=opening.key, version=1,
    )  # fmt: skip
    sent = (case.subject, case.body, case.address)
    known = opening.party is not None and not opening.party.shown and opening.party.name
    case.subject, case.body, case.address = covered(case.kind, sent, (known,) if known else ())
    times = clock.opened(ground().clock(), opening.limits, now, opening.severity)
    wind(case, times if opening.finish_by is None else replace(times, finish_by=opening.finish_by))
    found = Turn(case, who_of(actor), now, actor)
    personal = {
        "subject": sent[0], "body": sent[1], "address": sent[2], "latitude": case.latitude,
        "longitude": case.longitude, "facts": case.facts,
    }  # fmt: skip
    first = found.chained("open", facts=_public(case), personal=personal)
    outcome = start(found, opening.facts) if opening.process else None
    if outcome is None or not outcome.services:  # one statement, which is a transaction
        return case if _write(case, first, opening.party, now, outcome, sent, beside) else None
    with transaction.atomic(savepoint=False):
        if not _write(case, first, opening.party, now, None, sent, beside):
            return None
        advance(found, outcome, new=True)  # its services need the row
        case.save()
        set_mark(case, now)
    return case


def _write(
    case: Case,
    first: Link,
    party: Party | None,
    now: datetime,
    outcome: Any,
    sent: tuple[str, str, str],
    beside: Beside | None,
) -> bool:
    """The case and all that is new with it, in one statement; whether its key and code were free. `outcome`:
    where its process waits."""
    together = Together()
    together.first(case)
    first.into(together)
    raw = words.line_of(case, sent) if sent != (case.subject, case.body, case.address) else None
    together.row("cases_words", "words, sent", "%s::tsvector, %s::tsvector", [words.line_of(case), raw])
    if raw is not None:
        together.row("cases_sent", "subject, body, address", "%s, %s, %s", sent)
    if party is not None and not party.empty:
        together.of_case(parties.row(case, party, now))
    if outcome is not None:
        stand(together, case, outcome, now)
    if outcome is not None or not case.process:
        mark_into(together, case, now)
    for one in beside(case) if beside is not None else ():
        if isinstance(one, models.Model):
            together.of_case(one)
        else:
            together.once(*one)
    case.pk = together.write()
    if case.pk is None:
        return False
    case._state.adding, case._state.db = False, connection.alias
    return True


def _public(case: Case) -> Mapping[str, Any]:
    said = {
        "kind": case.kind, "category": case.category, "severity": case.severity, "source": case.source,
        "place": case.place, "agency": case.agency, "process": case.process,
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}


def _judge(opening: Opening) -> None:
    def unfit(vi: str, en: str) -> OpeningUnfit:
        return OpeningUnfit(why_vi=vi, why_en=en)

    if not _line(opening.subject):
        raise unfit("chưa có nội dung tóm tắt", "it has no subject")
    if not opening.key or len(opening.key) > 120:
        raise unfit(
            "chưa có khóa chống gửi trùng, hoặc khóa dài quá 120 ký tự", "it has no key, or one too long"
        )
    if opening.severity not in SEVERITIES:
        raise unfit(f"mức độ “{opening.severity}” không có", f"there is no severity “{opening.severity}”")
    if opening.source not in SOURCES:
        raise unfit(f"nguồn “{opening.source}” không có", f"there is no source “{opening.source}”")
    point = (opening.latitude, opening.longitude)
    if (point[0] is None) != (point[1] is None):
        raise unfit("chỉ có một trong hai tọa độ", "only one of two coordinates is given")
    if point[0] is not None and point[1] is not None and not (abs(point[0]) <= 90 and abs(point[1]) <= 180):
        raise unfit("tọa độ nằm ngoài trái đất", "the point lies off the earth")


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
