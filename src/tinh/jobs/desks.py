"""The ground of the desks: what the province declares, its places and its clock, as this process serves
them.
"""

from __future__ import annotations


def open_desks() -> None:
    """Hand the desks what they stand on, and let processes call them."""
    from tinh.desks import api as desks
    from tinh.jobs.agencies import agencies
    from tinh.jobs.house import catalogue, gazetteer, now, official_boundaries

    desks.reports.stand_on(
        desks.reports.Ground(catalogue=catalogue, gazetteer=gazetteer, now=now, official=official_boundaries)
    )
    desks.reports.register()
    desks.directives.stand_on(desks.directives.Ground(agencies=agencies, place=lambda: catalogue().place))
    desks.directives.register()
