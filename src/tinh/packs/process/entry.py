"""A declared process in the catalogue, and how its migrations are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen
from tinh.packs.process import bundle
from tinh.packs.process.model import Definition
from tinh.packs.written import Declared


class Migration(Frozen):
    """Running cases of an older definition that may move: waiting step → step of the new one."""

    before: str  # digest of the older definition, or its first 12 digits
    steps: Mapping[str, str] = Field(default_factory=dict)


class DeclaredProcess(Frozen):
    """A process of a pack. `bundle` is what a case keeps, stored once for each digest."""

    id: str
    pack: str
    name: Text
    version: str  # the first 12 digits of the digest, to show
    digest: str
    bundle: str
    migrations: tuple[Migration, ...] = ()
    file: Path

    @property
    def definition(self) -> Definition:
        return bundle.unpack(self.bundle)


class MoveEntry(Declared):
    """Cases of one older definition."""

    before: str = Field(
        alias="from",
        pattern=r"^[0-9a-f]{12,64}$",
        description="digest of the older definition (its first 12 digits at least)",
    )
    steps: dict[str, str] = Field(
        default_factory=dict,
        description="waiting step of the older definition: step of the new one; others keep their id",
    )


class MigrationFile(Declared):
    """Which running cases move to the new definition of a process. docs/reference/processes.md."""

    format: Literal[1] = Field(description="format number, 1")
    process: str = Field(description="id of the process; the file is `<process>.migration.yaml`")
    moves: list[MoveEntry] = Field(min_length=1, description="one entry for each older definition")
