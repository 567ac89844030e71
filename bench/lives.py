"""A million reports with a past, of real shapes, in minutes: some thousand lives of the simulator, copied.

Every table of a case goes along (events, what of them is personal, parties, processes and their waiting steps,
words, links, the desk's row), moved by up to forty days and half a kilometre. Copies keep the digests of what
they were copied from, so their histories do not verify; what is measured does not ask that of them.
"""

# ruff: noqa: E501  # statements and rows, written as they are
from __future__ import annotations

from typing import Any

SEEDS = 5000
_OWN = {"cases_case": "id"}  # else case_id
_MOMENTS = {
    "cases_case": "opened_at since accepted_at answered_at closed_at accept_by finish_by due_at soon_at grave_at "
    "paused_at",
    "cases_event": "at", "cases_payload": "", "cases_party": "at", "cases_instance": "",
    "cases_step": "at due_at", "cases_words": "", "cases_link": "at",
    "desks_report": "shown_at refuse_by asked_at ask_by published_at publish_by rated_at check_at",
}  # fmt: skip
_COPIES = """
create temp table copies as
select id as old, k, id + k * {top} as new, (random() - 0.5) * 0.01 as dlat, (random() - 0.5) * 0.01 as dlon,
  random() * interval '-1 day' * (case when closed_at is null then 0.1 else 40 end) as dt
from cases_case, generate_series(1, {times}) k order by new
"""
_PHOTOS = """
insert into desks_photo (draft, key, name, length, state, kind, digest, place, created_at, "case", role, fault,
  about, width, height, copies, boxes, blur, bands, shown, attempts)
select md5(code), 'bench', md5(code), 2000000, 'ready', 'jpeg', '', 0, opened_at, code, 'report', '', '{}', 4000,
  3000, 1, '[]', true, '{}', public = 'shown', 1 from cases_case where id % 5 <> 0
"""


def fill(owner_url: str, size: int) -> int:
    """Simulate lives and copy them until about `size` reports are there; how many are."""
    import psycopg

    from tinh.cases import words
    from tinh.desks.api import reports
    from tinh.people import api as people

    seeds = min(SEEDS, size)
    reports.simulate(seeds, days=730)
    with psycopg.connect(owner_url) as owner:
        people.tell(owner, "work")
        for line in (
            "session_replication_role = replica", "synchronous_commit = off", "maintenance_work_mem = '512MB'",
            "work_mem = '256MB'",
        ):  # fmt: skip
            owner.execute(f"set {line}")
        top = owner.execute("select max(id) from cases_case").fetchone()[0]  # type: ignore[index]
        last = owner.execute("select max(id) from cases_event").fetchone()[0]  # type: ignore[index]
        owner.execute("select setseed(0.766)")
        owner.execute(_COPIES.format(top=top, times=size // seeds - 1))
        owner.execute("create index on copies (old)")
        owner.execute("analyze copies")
        for table, moments in _MOMENTS.items():
            _copy(owner, table, moments.split(), top, last)
        with owner.cursor() as cursor:
            words.remark(cursor)  # copies came in at other months
        owner.execute(_PHOTOS)
        owner.commit()
        owner.autocommit = True
        for table in (*_MOMENTS, "desks_photo"):
            owner.execute(f"vacuum (analyze) {table}")
        return int(owner.execute("select count(*) from cases_case").fetchone()[0])  # type: ignore[index]


def _copy(owner: Any, table: str, moments: list[str], top: int, last: int) -> None:
    """One table; its indexes are made anew afterwards, which is faster than keeping them."""
    columns = [
        name for (name,) in owner.execute(
            "select column_name::text from information_schema.columns where table_name = %s "
            "and table_schema = current_schema() order by ordinal_position", [table],
        )
    ]  # fmt: skip
    own = _OWN.get(table, "case_id")
    own_top = (
        owner.execute(f"select coalesce(max(id), 0) from {table}").fetchone()[0] if "id" in columns else 0
    )
    said = {
        **{name: f"t.{name} + m.dt" for name in moments},
        "id": f"t.id + m.k * {own_top}", "event_id": f"t.event_id + m.k * {last}",
        "to_id": f"t.to_id + m.k * {top}", "code": "t.code || '-' || m.k", "key": "t.key || '/' || m.k",
        "latitude": "t.latitude + m.dlat", "longitude": "t.longitude + m.dlon",
        "band": "floor((t.latitude + m.dlat) / 0.002)::int",
        **{n: f"case t.{n} when '' then '' else md5(t.{n} || m.k) end" for n in ("token", "phone_mark", "email_mark")},
        own: "m.new",
    }  # fmt: skip
    indexes = owner.execute(
        "select indexname, indexdef from pg_indexes where tablename = %s and schemaname = current_schema() "
        "and indexname not in (select conname from pg_constraint)", [table],
    ).fetchall()  # fmt: skip
    for name, _ in indexes:
        owner.execute(f"drop index {name}")
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(said.get(name, f't."{name}"') for name in columns)
    owner.execute(
        f"insert into {table} ({names}) select {values} from {table} t join copies m on m.old = t.{own} order by m.new"
    )
    for _, made in indexes:
        owner.execute(made)
    if "id" in columns:
        owner.execute(
            f"select setval(pg_get_serial_sequence('{table}', 'id'), (select max(id) from {table}))"
        )
    owner.commit()
