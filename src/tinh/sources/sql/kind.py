"""The kind `sql`: a table or a SELECT, read in one snapshot, kept as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

from tinh.packs.api import SqlWay
from tinh.sources.connector_errors import CursorUnusable
from tinh.sources.feeds.errors import TooMuch
from tinh.sources.feeds.job import ROWS, Done, Job, Look, Thing, Walk
from tinh.sources.feeds.state import State
from tinh.sources.limits import MB, size_text
from tinh.sources.sql.cells import Lines
from tinh.sources.sql.opening import opened
from tinh.sources.sql.reading import Mark, Question, behind
from tinh.sources.sql.session import Row, Session
from tinh.sources.sql.vanished import Remembered

SUFFIX = ".sql.ndjson"
_WINDOW = 200_000  # rows of the overlap that are remembered
_WIDE = 1 << 256


def _way(job: Job) -> SqlWay:
    assert job.feed.sql is not None
    return job.feed.sql


def pull(job: Job) -> Done:
    way = _way(job)
    deadline = job.deadline(way.total)
    with opened(job, way, deadline) as session:
        question = Question(way, session)
        question.describe()
        question.fit()
        return _changes(job, way, session, question) if way.cursor else _whole(job, way, session, question)


class _Out:
    """The delivery as it grows, bounded; and a digest of its rows that does not know their order."""

    def __init__(self, into: BinaryIO, largest: int) -> None:
        self._into, self._largest = into, largest * MB
        self.rows = self.size = 0
        self._sum = 0

    def put(self, line: str) -> bytes:
        data = line.encode()
        self.size += len(data)
        if self.size > self._largest:
            raise TooMuch(limit=size_text(self._largest))
        self._into.write(data)
        self.rows += 1
        mark = blake2b(data, digest_size=32).digest()
        self._sum = (self._sum + int.from_bytes(mark, "big")) % _WIDE
        return mark

    @property
    def digest(self) -> str:
        return f"{self.rows}:{self._sum:064x}"


def _each(batches: Iterator[Sequence[Row]]) -> Iterator[Row]:
    for batch in batches:
        yield from batch


def _whole(job: Job, way: SqlWay, session: Session, question: Question) -> Done:
    """The whole table: taken in only when it is another than last time; rows that vanished are closed."""
    statement, values = question.whole()
    found = session.rows(statement, values)
    lines = Lines(question.fields, question.shown, question.table, question.places(way.key), way.encoding)
    remembered = Remembered(job.home / "feeds" / f"{job.feed.id}.rows", way.gone) if way.gone else None
    try:
        with job.spool.body.open("wb") as into:
            out = _Out(into, way.largest)
            for row in _each(found.batches):
                line = lines.line(row)
                out.put(line)
                if remembered is not None:
                    remembered.see(lines.key(row), line)
            asked, gone = out.digest, 0
            if remembered is not None:
                today = job.blank.at.astimezone(ZoneInfo(job.catalogue.timezone)).date()
                for line in remembered.vanished(f"{today:%Y-%m-%d}"):
                    out.put(line)
                    gone += 1
        done = replace(job.blank, bytes=out.size, records=out.rows, refused=0)

        def keep(state: State) -> None:
            state.etag, state.asked = asked, way.table or way.query

        same = asked == job.state.etag and job.state.asked == (way.table or way.query) and not gone
        if not out.rows or same:
            return replace(done, outcome="nothing", bytes=0), job.kept(keep, changed=False)
        if job.dry:
            return replace(done, outcome="new"), job.success(False)
        result = job.delivered(job.spool.body, job.feed.id + SUFFIX, done, keep)
        if remembered is not None and result[0].outcome != "refused":
            remembered.keep()
        return result
    finally:
        if remembered is not None:
            remembered.close()


def _changes(job: Job, way: SqlWay, session: Session, question: Question) -> Done:
    """What is new behind the cursor; rows of the overlap only when they are new or changed."""
    cursor = way.cursor
    assert cursor is not None
    before = Mark.of(job.state.cursor)
    start = Mark(cursor.start, (), (cursor.start.lstrip("-").replace(".", "", 1).isdecimal(),))
    statement, values = question.after(before or (start if cursor.start else None), way.rows)
    found = session.rows(statement, values)
    at, keys = question.places([cursor.column])[0], question.places(cursor.key)
    lines = Lines(question.fields, question.shown, question.table, keys, way.encoding)
    known, seen = job.state.window, dict[str, list[str]]()
    last: Row | None = None
    with job.spool.body.open("wb") as into:
        out = _Out(into, way.largest)
        for row in _each(found.batches):
            line = lines.line(row)
            last = row
            if cursor.overlap:
                key, mark = lines.key(row), blake2b(line.encode(), digest_size=12).hexdigest()
                seen[key] = [lines.value(row, at), mark]
                if len(seen) > _WINDOW:
                    del seen[next(iter(seen))]
                if known.get(key, ["", ""])[1] == mark:
                    continue
            out.put(line)
            if out.rows >= way.rows:
                break
    ended = before
    if last is not None:
        ended = _mark(lines, question, last, at, keys, before)
    low = behind(ended.value, cursor.overlap, ended.numeric[0]) if ended and cursor.overlap else ""
    window = {k: v for k, v in seen.items() if _not_before(v[0], low, bool(ended and ended.numeric[0]))}
    text = ended.text() if ended else ""
    done = replace(job.blank, bytes=out.size, records=out.rows, cursor=text if out.rows else "")

    def keep(state: State) -> None:
        state.cursor, state.window = text or state.cursor, window if cursor.overlap else {}

    if not out.rows:
        return replace(done, outcome="nothing"), job.kept(keep, changed=False)
    if job.dry:
        return replace(done, outcome="new"), job.success(False)
    return job.delivered(job.spool.body, job.feed.id + SUFFIX, done, keep)


def _mark(
    lines: Lines, question: Question, row: Row, at: int, keys: Sequence[int], before: Mark | None
) -> Mark:
    """Where this pull ended; never before where the last one did."""
    forms = [(question.fields[n].form, row[n]) for n in (at, *keys)]
    if any(value is None for _, value in forms):
        column = question.fields[at].name
        raise CursorUnusable(column=column, why_vi="khóa có ô trống", why_en="its key holds NULL")
    numeric = tuple(
        form == "number" or (form == "any" and isinstance(v, int | float) and not isinstance(v, bool))
        for form, v in forms
    )
    found = Mark(_bare(lines.value(row, at)), tuple(lines.value(row, n) for n in keys), numeric)
    if before is not None and not _not_before(found.value, before.value, numeric[0]):
        return before
    return found


def _bare(text: str) -> str:
    """A moment as databases read it back: `2026-01-01 07:00:00+00:00`."""
    return text.replace("T", " ", 1) if len(text) > 10 and text[10:11] == "T" else text


def _not_before(value: str, low: str, numeric: bool) -> bool:
    if not low:
        return True
    if numeric:
        from decimal import Decimal

        return Decimal(value) >= Decimal(low)
    return _bare(value) >= low


def check(job: Job, walk: Walk) -> None:
    way = _way(job)
    deadline = job.deadline(max(way.connect, 10.0) + 60.0)
    if way.host:
        with walk.step("Tìm máy chủ", "Find the host") as say:
            found = job.addresses(way.host, way.port, way.allow_private, deadline)
            say(", ".join(found), ", ".join(found))
    if way.password:
        with walk.step("Lấy mật khẩu trong kho bí mật", "Take the password from the vault"):
            job.secrets.get(way.password)
    with walk.step("Kết nối và đăng nhập, chỉ đọc", "Connect and sign in, read only") as say:
        context = opened(job, way, deadline)
        session = context.__enter__()
        say(way.shown, way.shown)
    try:
        _see(way, session, walk)
    finally:
        context.__exit__(None, None, None)


def _see(way: SqlWay, session: Session, walk: Walk) -> None:
    if not way.table and not way.query:
        with walk.step("Xem các bảng", "See the tables") as say:
            count = len(session.tables())
            say(f"{count} bảng", f"{count} tables")
        return
    question = Question(way, session)
    with walk.step("Thấy bảng và các cột", "See the table and its columns") as say:
        fields = question.describe()
        question.fit()
        say(f"{len(fields)} cột", f"{len(fields)} columns")
    if way.cursor is not None:
        with walk.step("Xem cột con trỏ", "Look at the cursor") as say:
            empty = question.empty_cursors()
            if empty:
                say(f"{empty} dòng trống cột {way.cursor.column} sẽ không bao giờ được lấy",
                    f"{empty} rows without {way.cursor.column} will never be fetched")  # fmt: skip
    with walk.step("Đọc thử", "Read some rows") as say:
        count = len(_first(question, session, ROWS))
        say(f"{count} dòng đầu đọc được", f"the first {count} rows can be read")


def _first(question: Question, session: Session, rows: int) -> list[Row]:
    statement, values = question.whole(rows)
    found = session.rows(statement, values, most=min(rows, 2000))
    out: list[Row] = []
    for row in _each(found.batches):
        out.append(row)
        if len(out) >= rows:
            break
    return out


def look(job: Job) -> Look:
    way = _way(job)
    with opened(job, way, job.deadline(120.0)) as session:
        things = tuple(Thing(name, kind) for name, kind in session.tables())
        if not way.table and not way.query:
            return Look(things=things)
        question = Question(way, session)
        fields = question.describe()
        keys = session.keys(way.table) if way.table else ()
        lines = Lines(fields, question.shown, question.table, (), way.encoding)
        rows = _first(question, session, ROWS)
        return Look(
            things=things, columns=tuple(name for name, _ in question.shown),
            types=tuple(fields[at].type for _, at in question.shown), keys=keys,
            rows=tuple(tuple(lines.value(row, at)[:200] for _, at in question.shown) for row in rows),
        )  # fmt: skip


def sample(job: Job, rows: int) -> tuple[Path, str]:
    way = _way(job)
    with opened(job, way, job.deadline(way.total)) as session:
        question = Question(way, session)
        fields = question.describe()
        lines = Lines(fields, question.shown, question.table, (), way.encoding, places=False)
        with job.spool.body.open("wb") as into:
            out = _Out(into, way.largest)
            for row in _first(question, session, rows):
                out.put(lines.line(row))
    from tinh.sources.connector_errors import NothingToSee

    if not out.rows:
        raise NothingToSee
    return job.spool.body, f"{(way.table or job.feed.id).rpartition('.')[2]}.ndjson"
