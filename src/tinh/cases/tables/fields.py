"""Short names for the columns most rows are made of."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    Said = models.CharField[str, str]
    Long = models.TextField[str, str]
    Moment = models.DateTimeField[datetime | None, datetime | None]
else:  # at run time the fields take no types
    Said = Long = Moment = Any
Chars = models.CharField


def moment() -> Moment:
    """A moment that need not have come."""
    return models.DateTimeField(null=True)
