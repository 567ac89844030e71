"""JSON Schemas of the declared formats, for editors."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from tinh.packs.block import ColumnBlock, DatasetBlock
from tinh.packs.feedfile import FeedFile
from tinh.packs.indexfile import IndexFile
from tinh.packs.layouts import LayoutFile
from tinh.packs.personalfile import PersonalFile
from tinh.packs.pilotfile import PilotFile
from tinh.packs.process.entry import MigrationFile
from tinh.packs.provincefile import AgencyFile, ProvinceFile
from tinh.packs.relation import RelationFile
from tinh.packs.reportfile import ReportsFile
from tinh.packs.shape import (
    AlertFile,
    IndicatorFile,
    LocaleFile,
    PackFile,
    SimulationFile,
)
from tinh.packs.sharefile import ShareFile
from tinh.packs.sitingfile import SitingFile
from tinh.packs.subscriptionfile import SubscriptionFile
from tinh.packs.units import PlacesFile

FILES: dict[str, type[BaseModel]] = {
    "province": ProvinceFile,
    "agency": AgencyFile,
    "personal": PersonalFile,
    "places": PlacesFile,
    "pack": PackFile,
    "indicator": IndicatorFile,
    "alert": AlertFile,
    "simulation": SimulationFile,
    "feed": FeedFile,
    "share": ShareFile,
    "index": IndexFile,
    "siting": SitingFile,
    "pilot": PilotFile,
    "relation": RelationFile,
    "subscription": SubscriptionFile,
    "reports": ReportsFile,
    "migration": MigrationFile,
    "locale": LocaleFile,
    "layout": LayoutFile,
    "tinh": DatasetBlock,
    "tinh-column": ColumnBlock,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Name of a format → its JSON Schema (2020-12)."""
    out = {}
    for name, model in FILES.items():
        schema = model.model_json_schema(by_alias=True)
        out[name] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": f"tinh {name}",
            **{k: v for k, v in schema.items() if k != "title"},
        }
    return out
