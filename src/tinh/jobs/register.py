"""The record of processing: what is held of people, where, why, on which basis, how long, seen by whom."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from tinh.jobs.house import house

_PLATFORM = "running-the-platform"


def processing_record() -> list[dict[str, Any]]:
    """One entry for each personal column of each dataset and each personal field of the platform's tables."""
    catalogue = house().catalogue
    known = catalogue.privacy
    out = []
    for dataset in catalogue.datasets.values():
        for column in dataset.columns:
            if column.privacy is None:
                continue
            kind = known.kinds.get(column.privacy.kind)
            level = column.privacy.level or "basic"
            out.append(
                _entry(
                    "dataset",
                    dataset.id,
                    column.name,
                    column.privacy.kind,
                    level,
                    column.privacy.purposes,
                    column.privacy.keep,
                    dataset.owner,
                )
                | {"identifies": bool(kind and kind.identifies)}
            )
    for model in sorted(apps.get_models(), key=lambda m: m.__name__):
        if not model.__module__.startswith("tinh."):
            continue
        for name, said in sorted(getattr(model, "personal", {}).items()):
            if said == "none":
                continue
            word, _, keep = said.partition(";")
            kind = known.kind(word.partition(",")[0])
            purpose = getattr(model, "purpose_of", _PLATFORM)
            out.append(
                _entry(
                    "platform",
                    model.__name__,
                    name,
                    kind.id if kind else "other",
                    kind.level if kind else "basic",
                    (str(purpose),),
                    keep.strip(),
                    "",
                )
                | {"identifies": bool(kind and kind.identifies)}
            )
    return out


def _entry(
    where: str,
    holder: str,
    field: str,
    kind: str,
    level: str,
    purposes: tuple[str, ...],
    keep: str,
    owner: str,
) -> dict[str, Any]:
    known = house().catalogue.privacy
    found = [known.purposes[p] for p in purposes if p in known.purposes]
    return {
        "where": where,
        "holder": holder,
        "field": field,
        "kind": kind,
        "level": level,
        "owner": owner,
        "purposes": [p.id for p in found],
        "bases": list(dict.fromkeys(p.basis for p in found)),
        "keep": keep,
        "seen_by": sorted({role for p in found for role in p.seen_by}),
        "recipients": "; ".join(dict.fromkeys(p.recipients for p in found if p.recipients)),
    }
