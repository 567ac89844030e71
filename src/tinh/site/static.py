"""Static files under names that hold their content's digest, for ever cacheable."""

from __future__ import annotations

from whitenoise.storage import (  # type: ignore[import-untyped]  # it ships no types
    CompressedManifestStaticFilesStorage,
)


class Hashed(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # for the same reason
    """A page that names a file nobody built still opens, without that file."""

    def stored_name(self, name: str) -> str:
        try:
            found: str = super().stored_name(name)
        except ValueError:
            return name
        return found
