"""Which datasets of a pack a seeded generator may play, and by which settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tinh.kit.yamltree import Document
from tinh.packs.check import shape
from tinh.packs.findings import Faults
from tinh.packs.models import Dataset, Simulation
from tinh.packs.resolve import Register
from tinh.packs.shape import SimulationFile


def gather(
    documents: Iterable[Document], pack: str, datasets: Register[Dataset], faults: Faults
) -> Iterator[Simulation]:
    """The simulations a pack declares; those of a dataset that is not there are findings."""
    for document in documents:
        entry = shape(document, SimulationFile, faults)
        if entry is None:
            continue
        final = datasets.find(pack, entry.dataset)
        if final is None:
            faults.unknown(document, ("dataset",), "PCK031", entry.dataset, datasets.known(pack))
            continue
        settings = {k: v for k, v in document.value.items() if k not in ("format", "dataset")}
        yield Simulation(dataset=final, pack=pack, settings=settings, file=document.path)
