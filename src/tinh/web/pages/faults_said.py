"""An error in the two lines a form shows over its fields."""

from __future__ import annotations

from tinh.kit.errors import TinhError


def said(fault: TinhError | None, language: str) -> dict[str, str]:
    """`fault` and `cure` for a template; both empty where nothing failed."""
    if fault is None:
        return {"fault": "", "cure": ""}
    return {"fault": fault.detail().in_(language), "cure": fault.remedy().in_(language)}
