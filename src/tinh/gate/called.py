"""Names that stand where the codes of places are asked: each counts as the code of the one place it denotes.

An office that knows its communes by name sends names. What a name means is asked as a column of names
would be (`places.naming`): of the province, on the day its row speaks of, and only a single answer counts.
A name without one stays as it is, and the rules of its column hold the row.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from tinh.gate.cells import Cells
from tinh.gate.whereabouts import Whereabouts, day_of, local_now
from tinh.sources.api import Cleaning

STEP = "place_code"
_NAME = r"\p{L}{2}"


def coded(cells: Cells, where: Whereabouts) -> bool:
    """Put codes for names in the column of the place, and count them as cleaned; whether there were any."""
    binding, book = cells.dataset.place, cells.known.gazetteer
    if binding is None or book is None or binding.by != "code" or where.bad_place is None:
        return False
    column = cells.typed[binding.column]
    if column.dtype != pl.String:
        return False
    named = where.bad_place & column.str.contains(_NAME).fill_null(False)
    at = named.arg_true()
    if not len(at):
        return False
    today = local_now(cells).date()
    asked = pl.DataFrame({"at": at, "name": column.gather(at), "period": where.period.gather(at)})
    periods = asked["period"].unique()
    days = pl.DataFrame({"period": periods, "day": [day_of(period, today) for period in periods.to_list()]})
    asked = asked.join(days, on="period", nulls_equal=True)  # many hours speak of one day
    each = asked.select("name", "day").unique()
    names = each["name"].to_list()
    found = book.resolve_many(names, each["day"].to_list(), cells.known.province or None, binding.levels)
    codes = each.with_columns(pl.Series("code", found, pl.String)).drop_nulls("code")
    told = asked.join(codes, on=["name", "day"])
    if not told.height:
        return False
    cells.typed = cells.typed.with_columns(column.scatter(told["at"], told["code"]))
    step = Cleaning(f"{binding.column}: {STEP}", told.height)
    cells.table = replace(cells.table, cleaning=(*cells.table.cleaning, step))
    return True
