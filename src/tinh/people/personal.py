"""No model field of ours without a word on whether it is personal."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error

from tinh.packs.api import kernel_privacy


def undeclared(**_: Any) -> list[CheckMessage]:
    """One error per field a model's `personal` does not name, and per name without a field."""
    found: list[CheckMessage] = []
    for model in apps.get_models():
        if not model.__module__.startswith("tinh."):
            continue
        declared = set(getattr(model, "personal", {}))
        fields = {field.name for field in model._meta.get_fields() if field.concrete}
        found += [
            Error(f"{model.__name__}.{name} does not say whether it is personal", obj=model, id="people.E001")
            for name in sorted(fields - declared)
        ]
        found += [
            Error(f"{model.__name__}.{name} does not say what kind it is and how long it is kept",
                  obj=model, id="people.E004")
            for name, said in sorted(getattr(model, "personal", {}).items())
            if said != "none" and not _whole(said)
        ]  # fmt: skip
        found += [
            Error(f"{model.__name__}.personal names {name}, which is no field", obj=model, id="people.E002")
            for name in sorted(declared - fields)
        ]
    return found


def _whole(said: str) -> bool:
    """Whether a field says a kind the register knows, and how long it is kept."""
    word, _, keep = said.partition(";")
    return kernel_privacy().kind(word.partition(",")[0]) is not None and bool(keep.strip())
