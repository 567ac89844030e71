"""What the machine's owner lets feeds do; a declaration cannot widen it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tinh.kit.durable import write
from tinh.sources.feeds.errors import FolderOutside


def private_hosts(environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """The hosts inside the network that the machine's owner lets be asked."""
    said = (os.environ if environ is None else environ).get("TINH_PRIVATE_HOSTS", "")
    return frozenset(_spelt(host) for host in said.replace(";", ",").split(",") if host.strip())


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
            private_hosts=private_hosts(environ) | Hosts(home).names(),
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


class Hosts:
    """Hosts inside the network that an administrator let sources reach, besides TINH_PRIVATE_HOSTS."""

    def __init__(self, home: Path) -> None:
        self._file = home / "hosts.json"

    def all(self) -> dict[str, dict[str, Any]]:
        """Each host with who let it and when."""
        try:
            found = json.loads(self._file.read_bytes())["hosts"]
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return {}
        return found if isinstance(found, dict) else {}

    def names(self) -> frozenset[str]:
        return frozenset(self.all())

    def let(self, host: str, by: str, at: datetime) -> None:
        hosts = {**self.all(), _spelt(host): {"by": by, "at": at.isoformat()}}
        write(self._file, json.dumps({"format": 1, "hosts": hosts}, indent=1).encode())

    def close(self, host: str) -> bool:
        hosts = self.all()
        if hosts.pop(_spelt(host), None) is None:
            return False
        write(self._file, json.dumps({"format": 1, "hosts": hosts}, indent=1).encode())
        return True


def _spelt(host: str) -> str:
    return host.strip().lower().strip("[]")
