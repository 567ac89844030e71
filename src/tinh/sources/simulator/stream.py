"""Streams: a reading an hour and station, collected into a file a month, a day or a moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tinh.kit import periods
from tinh.sources.simulator.air import Air, air
from tinh.sources.simulator.faults import plant
from tinh.sources.simulator.ground import Ground
from tinh.sources.simulator.sheet import Row, Sheet

_LAG = timedelta(minutes=20)  # from a reading's hour, or a file's last one, to its arrival


def sheets(ground: Ground, until: datetime) -> Iterator[Sheet]:
    """A file for each month that has ended; for the month in progress a file a day and, today, an hour.

    What came day by day comes again in the month's file, as it does from real collectors: the gate
    knows those rows by their key.
    """
    here = air(ground)
    now = ground.local(until)
    period, turn = ground.settings.start, 0
    while periods.end(period) + _LAG <= now:
        sheet = _collected(here, period)
        yield from (s for s in plant(ground, sheet, 0, turn, (period,)) if s.sent_at <= until)
        period, turn = periods.shift(period, 1), turn + 1
    day = periods.of(periods.start(period), "day")
    while periods.end(day) + _LAG <= now:
        yield _collected(here, day)
        day = periods.shift(day, 1)
    hour = periods.of(periods.start(day), "hour")
    while periods.start(hour) + _LAG <= now:
        sheet = _collected(here, hour)
        if sheet.rows:
            yield sheet
        hour = periods.shift(hour, 1)


def moments(ground: Ground, after: datetime, until: datetime, minutes: int) -> Iterator[Sheet]:
    """One small file every few minutes between two moments: each station as it reads just then.

    Of a long gap only the last hour comes so finely; the hours before it come as their own files.
    """
    here = air(ground)
    begin, now = ground.local(after), ground.local(until)
    fine = max(begin, now - timedelta(hours=1))
    hour = periods.of(begin - timedelta(hours=1), "hour")
    while periods.start(hour) + _LAG <= fine:
        sheet = _collected(here, hour)
        if periods.start(hour) + _LAG > begin and sheet.rows:
            yield sheet
        hour = periods.shift(hour, 1)
    midnight = datetime(fine.year, fine.month, fine.day)
    step = int((fine - midnight).total_seconds() // (60 * minutes)) + 1
    moment = midnight + timedelta(minutes=step * minutes)
    while moment <= now:
        rows = [here.rows(unit, [moment])[0] for unit in here.stations]
        codes = [unit.code for unit in here.stations]
        yield _sheet(here, f"{moment:%Y-%m-%dT%H%M}", rows, codes, moment)
        moment += timedelta(minutes=minutes)


def _collected(here: Air, period: str) -> Sheet:
    first, after = periods.start(period), periods.end(period)
    hours = [first + timedelta(hours=n) for n in range(periods.count_within(period, "hour"))]
    rows, codes = here.hourly(hours)
    sent = (first if periods.grain_of(period) == "hour" else after) + _LAG
    return _sheet(here, period, rows, codes, sent)


def _sheet(here: Air, period: str, rows: list[Row], codes: list[str], sent: datetime) -> Sheet:
    ground = here.ground
    sender = ground.settings.senders[0]
    return Sheet(
        filename=sender.filename.format(period=period, code="", ending="csv"),
        sender=sender.sender,
        sent_at=ground.utc(sent),
        due_at=ground.utc(sent),
        columns=ground.columns,
        headers=ground.headers(sender),
        rows=rows,
        places=codes,
        form=sender.formats[0],
        channel="file" if len(period) == len("2025-07") else "push",
    )
