"""Streams of which a receipt was recalled, and what shares keys with given receipts.

A stream keeps the first row of each key; what later receipts send again is skipped. When the first
one is recalled, the skipped rows stand again: they are read from the raw bytes into `spare`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import polars as pl

from tinh.lake.columns import SYSTEM, literal
from tinh.lake.engine import Engine, scan
from tinh.lake.tables import Snapshot


def names(receipts: Collection[str]) -> str:
    return ", ".join(literal(r) for r in sorted(receipts)) or "NULL"


def system(tables: Sequence[Snapshot | None]) -> str:
    """A SELECT of the system columns of every row of some tables."""
    found = [scan(now.paths(), SYSTEM, now.schema) for now in tables if now is not None]
    return " UNION ALL ".join(found) or scan([], SYSTEM, {})


def first(rows: str, spare: str, every: str, ever: Collection[str], span: tuple[str, str] | None) -> str:
    """Of the keys that receipts once out bear, the first row that is not out stands, be it stored or
    spare; no other key stands twice. With a `span` those keys lie within two periods, and rows
    outside it are read as if nothing had been recalled."""
    inside = f"_period BETWEEN {literal(span[0])} AND {literal(span[1])}" if span else "true"
    outside = f"SELECT * FROM rows_ WHERE NOT ({inside}) OR _period IS NULL UNION ALL " if span else ""
    mine = f"SELECT * FROM rows_ WHERE {inside}"
    return (
        f"WITH rows_ AS NOT MATERIALIZED ({rows}), keys_ AS MATERIALIZED (SELECT DISTINCT _key "
        f"FROM ({every}) WHERE _receipt IN ({names(ever)}) AND _key IS NOT NULL AND {inside}) "
        f"{outside}SELECT * FROM ({mine}) ANTI JOIN keys_ USING (_key) UNION ALL SELECT * FROM ("
        f"SELECT * FROM ({mine}) SEMI JOIN keys_ USING (_key) UNION ALL "
        f"SELECT * FROM ({spare}) SEMI JOIN keys_ USING (_key)) "
        "QUALIFY row_number() OVER (PARTITION BY _key ORDER BY _received_at, _receipt, _row) = 1"
    )


def span(engine: Engine, every: str, receipts: Collection[str]) -> tuple[str, str] | None:
    """The first and the last period of the rows of these receipts; None when one of them has none."""
    found = engine.frame(
        "SELECT min(_period) AS first, max(_period) AS last, count(*) = count(_period) AS whole "
        f"FROM ({every}) WHERE _receipt IN ({names(receipts)})"
    ).row(0, named=True)
    return (found["first"], found["last"]) if found["whole"] and found["first"] else None


def reached(engine: Engine, every: str, receipts: Collection[str]) -> pl.DataFrame:
    """The places and periods of all rows, standing or not, that share a key with these receipts."""
    mine = f"_receipt IN ({names(receipts)})"
    return engine.frame(
        f"WITH every_ AS ({every}), keys_ AS (SELECT DISTINCT _key FROM every_ WHERE {mine}) "
        f"SELECT DISTINCT _place, _period FROM every_ WHERE {mine} "
        "OR _key IN (SELECT _key FROM keys_ WHERE _key IS NOT NULL)"
    )


def bare(engine: Engine, every: str, current: str, receipts: Collection[str]) -> frozenset[str]:
    """The keys of these receipts that no standing row bears."""
    found = engine.frame(
        f"SELECT DISTINCT _key FROM ({every}) WHERE _receipt IN ({names(receipts)}) AND _key IS NOT NULL "
        "AND _key NOT IN (SELECT _key FROM current_ WHERE _key IS NOT NULL)",
        views={"current_": current},
    )
    return frozenset(found.get_column("_key").to_list())


def exchange(engine: Engine, before: str, after: str, gone: Collection[str]) -> tuple[int, dict[str, int]]:
    """How many rows of `gone` stop standing, and how many of each other receipt take their places."""
    views = {"before_": before, "after_": after}
    left = engine.frame(f"SELECT count(*) AS n FROM before_ WHERE _receipt IN ({names(gone)})", views=views)
    came = engine.frame(
        f"SELECT _receipt, count(*) AS n FROM after_ WHERE _key IN (SELECT _key FROM before_ "
        f"WHERE _receipt IN ({names(gone)}) AND _key IS NOT NULL) GROUP BY 1 ORDER BY 2 DESC, 1",
        views=views,
    )
    return int(left.item()), dict(came.iter_rows())
