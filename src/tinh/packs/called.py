"""Which dataset a person means who writes a name from its contract."""

from __future__ import annotations

from tinh.packs.models import Catalogue, Dataset
from tinh.packs.rules import slug


def dataset_called(catalogue: Catalogue, name: str) -> Dataset | None:
    """The dataset of this id, else the only one whose id or contract says this name; never a guess."""
    if found := catalogue.datasets.get(name):
        return found
    datasets = catalogue.datasets.values()
    said = [d for d in datasets if name in d.also]
    alike = said or [d for d in datasets if slug(name) in {slug(n) for n in (d.id, *d.also)} - {""}]
    return alike[0] if len(alike) == 1 else None
