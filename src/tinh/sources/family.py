"""The root of this room's refusals; see errors.py for the tree."""

from __future__ import annotations

from tinh.kit.errors import TinhError


class SourceError(TinhError):
    code = "SRC000"
    status = 422
