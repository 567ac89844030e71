"""What cases stand on in this process: the province's working hours, processes, agencies and address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinh.jobs.house import catalogue, now

if TYPE_CHECKING:
    from tinh.cases.api import Ground


def case_ground() -> Ground:
    """Asked anew at each use, as the declarations may be applied anew."""
    from django.conf import settings

    from tinh.cases import api as cases

    return cases.Ground(
        clock=lambda: cases.clock_of(catalogue()),
        process=_process,
        now=now,
        agency_name=_agency,
        address=lambda: str(settings.PUBLIC_URL),
        province=lambda: catalogue().name.vi,
    )


def _process(id: str) -> Any:
    from tinh.cases import api as cases

    found = catalogue().processes.get(id)
    if found is None:
        raise cases.NoSuchProcess(process=id)
    return found.definition


def _agency(id: str, language: str) -> str:
    from tinh.jobs.agencies import agencies

    found = agencies().get(id)
    return found.name.in_(language) if found is not None else id
