"""A catalogue as JSON that reads the same on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any


def portable(value: Any, places: Mapping[Path, str]) -> Any:
    if isinstance(value, Mapping):
        return {str(k): portable(v, places) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [portable(v, places) for v in value]
    if isinstance(value, Path):
        for folder, name in places.items():
            if value.is_relative_to(folder):
                return (Path(name) / value.relative_to(folder)).as_posix()
        return value.name
    return value.isoformat() if isinstance(value, date) else value
