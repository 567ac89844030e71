"""The desks deliver their own monthly figures, as any agency does: through the corridor, judged."""

from __future__ import annotations

import io

from tinh.jobs.house import corridor, house
from tinh.jobs.run import nudge

STILL_MOVE = 4  # months whose reports may still be answered, rated or opened again


def file_report_figures(months: int = STILL_MOVE) -> int:
    """Deliver the months that still move, with the population that another dataset gives; how many were
    accepted. The same figures again are the same delivery."""
    from tinh.desks import api as desks  # needs Django's settings, which the corridor does not

    found = house()
    dataset = found.catalogue.datasets.get(desks.reports.DATASET)
    if dataset is None:
        return 0
    people, done = _population(dataset.id), 0
    for month in desks.reports.months(months, found.clock.now().astimezone(desks.reports.zone()).date()):
        filing = desks.reports.monthly(month, people)
        if not filing.rows:
            continue
        found.corridor().accept(
            io.BytesIO(filing.data), dataset.id, sender=dataset.owner, filename=filing.name,
            simulated=filing.simulated,
        )  # fmt: skip
        done += 1
    nudge()
    return done


def file_directive_figures(months: int = STILL_MOVE) -> int:
    """The same of the desk of directives: by lead agency, for the months whose deadlines may still move."""
    from tinh.desks import api as desks

    found = house()
    dataset = found.catalogue.datasets.get(desks.directives.DATASET)
    if dataset is None:
        return 0
    today, done = found.clock.now().astimezone(desks.reports.zone()).date(), 0
    for month in desks.reports.months(months, today):
        filing = desks.directives.monthly(month)
        if not filing.rows:
            continue
        found.corridor().accept(
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
