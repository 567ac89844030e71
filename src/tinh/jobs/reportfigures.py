"""The desks deliver their own monthly figures, as any agency does: through the corridor, judged."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tinh.jobs.house import corridor, house
from tinh.jobs.run import nudge

if TYPE_CHECKING:
    from tinh.packs.api import Dataset

STILL_MOVE = 4  # months whose reports may still be answered, rated or opened again


def file_report_figures(months: int = STILL_MOVE) -> int:
    """Deliver the months that still move, with the population that another dataset gives; how many were
    accepted. The same figures again are the same delivery."""
    from tinh.desks import api as desks  # needs Django's settings, which the corridor does not

    dataset = house().catalogue.datasets.get(desks.reports.DATASET)
    if dataset is None:
        return 0
    people = _population(dataset.id)
    return _file(dataset, (desks.reports.monthly(month, people) for month in _still_moving(months)))


def file_directive_figures(months: int = STILL_MOVE) -> int:
    """The same of the desk of directives: by lead agency, for the months whose deadlines may still move."""
    from tinh.desks import api as desks

    dataset = house().catalogue.datasets.get(desks.directives.DATASET)
    if dataset is None:
        return 0
    return _file(dataset, (desks.directives.monthly(month) for month in _still_moving(months)))


def _still_moving(months: int) -> list[str]:
    from tinh.desks import api as desks

    return desks.reports.months(months, house().clock.now().astimezone(desks.reports.zone()).date())


def _file(dataset: Dataset, filings: Iterable[Any]) -> int:
    """Deliver these files as its owner does, empty ones left out; how many."""
    done = 0
    for filing in filings:
        if not filing.rows:
            continue
        corridor().accept(
            io.BytesIO(filing.data), dataset.id, sender=dataset.owner, filename=filing.name,
            simulated=filing.simulated,
        )  # fmt: skip
        done += 1
    nudge()
    return done


def _population(but: str) -> dict[str, int]:
    """People by commune, from the newest period of a report of communes that counts them."""
    found = house().catalogue
    for dataset in found.datasets.values():
        named = {c.name for c in dataset.columns}
        if dataset.id == but or dataset.kind != "report" or "population" not in named:
            continue
        if dataset.place is None or "commune" not in dataset.place.levels:
            continue
        sql = (
            f'select _place, arg_max(population, _period) as people from "{dataset.id}" '
            "where population is not null group by _place"
        )
        rows = corridor().lake.query(sql, {dataset.id: dataset}).iter_rows()
        return {str(place): int(people) for place, people in rows if people}
    return {}
