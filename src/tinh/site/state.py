"""What this process serves: its options, the province's home and where its database is."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from tinh.site.embedded import APP, EmbeddedPostgres
from tinh.site.options import Options, read_options


@dataclass(frozen=True, slots=True)
class Place:
    options: Options
    home: Path

    @property
    def database_url(self) -> str:
        """Where the house asks: as an account that row-level security binds."""
        return self.options.database_url or EmbeddedPostgres(self.home).conninfo(user=APP)

    @property
    def owner_url(self) -> str:
        """Where tables are made and changed; of an external database the same account."""
        return self.options.database_url or EmbeddedPostgres(self.home).conninfo()

    def secret_key(self) -> str:
        """The signing key: given, or made once and readable by this account alone."""
        if self.options.secret_key:
            return self.options.secret_key
        path = self.home / "secret.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            own = path.with_name(f".secret.{os.getpid()}")
            handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(handle)
            try:
                os.link(own, path)  # the first of two starters wins, and nobody reads half a key
            except FileExistsError:
                pass
            finally:
                own.unlink()
        return path.read_text().strip()


_place: Place | None = None


def settle(options: Options, home: Path) -> Place:
    """Fix what this process serves; Django reads it once, so it cannot change afterwards."""
    global _place
    _place = Place(options, home)
    return _place


def here() -> Place:
    """The settled place; for a bare `django-admin`, what the environment and the folder's name say."""
    if _place is not None:
        return _place
    options = read_options()
    return Place(options, options.home / options.province.name)
