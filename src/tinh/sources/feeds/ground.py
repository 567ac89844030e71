"""What the machine's owner lets feeds do; a declaration cannot widen it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tinh.sources.feeds.errors import FolderOutside


def private_hosts(environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """The hosts inside the network that the machine's owner lets be asked."""
    said = (os.environ if environ is None else environ).get("TINH_PRIVATE_HOSTS", "")
    return frozenset(h.strip().lower().strip("[]") for h in said.replace(";", ",").split(",") if h.strip())


@dataclass(frozen=True, slots=True)
class Ground:
    """`drop`: where relative folders lie · `roots`: absolute folders allowed · `private_hosts`: hosts
    inside the network that may be asked · `authority`: a root certificate besides the public ones."""

    drop: Path
    roots: tuple[Path, ...] = ()
    private_hosts: frozenset[str] = frozenset()
    authority: str = ""

    @staticmethod
    def of(home: Path, environ: Mapping[str, str] | None = None) -> Ground:
        if environ is None:
            environ = os.environ
        roots = environ.get("TINH_FEED_ROOTS", "").split(os.pathsep)
        return Ground(
            drop=home / "drop",
            roots=tuple(Path(root).expanduser() for root in roots if Path(root).is_absolute()),
            private_hosts=private_hosts(environ),
            authority=environ.get("TINH_FEED_CA", ""),
        )

    def folder(self, declared: str) -> Path:
        """The real folder of a declaration, inside what is allowed; made when it is relative."""
        given = Path(declared)
        if given.is_absolute():
            roots, wanted = self.roots, given
        else:
            roots, wanted = (self.drop,), self.drop / given
            self.drop.mkdir(parents=True, exist_ok=True)
        real = wanted.resolve()
        inside = [root.resolve() for root in roots]
        if not any(real == root or real.is_relative_to(root) for root in inside):
            raise FolderOutside(path=declared)
        if not given.is_absolute():
            real.mkdir(parents=True, exist_ok=True)
        return real
