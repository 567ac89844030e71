"""CloudEvents that others send to us, compiled."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from pydantic import Field

from tinh.packs.frozen import Frozen


class EventWay(Frozen):
    secret: str = ""  # the secret's name; empty: no signature is taken
    types: tuple[str, ...] = ()  # patterns; empty: any
    sources: tuple[str, ...] = ()
    records: str = ""  # path inside `data`
    columns: Mapping[str, str] = Field(default_factory=dict)  # path inside a record → column; empty: all
    attributes: Mapping[str, str] = Field(default_factory=dict)  # column → attribute
    origins: tuple[str, ...] = ()
    rate: int = 0  # requests a minute told to origins; 0: as many as they like
    most: int = 1000  # events of one request
    largest: int = 1024  # kilobytes of one request

    def wants(self, kind: str, source: str) -> bool:
        """Whether events of this type and source are taken."""
        pairs = ((self.types, kind), (self.sources, source))
        return all(not known or any(fnmatchcase(text, one) for one in known) for known, text in pairs)
