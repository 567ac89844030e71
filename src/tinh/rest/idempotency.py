"""An Idempotency-Key stands for one content, for one sender, for a week.

Receipts are named by dataset and digest, so a repeat is harmless by itself; the key only has
to catch a sender who uses it for something else.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tinh.rest.errors import KeyReused
from tinh.rest.incoming import Readable, digest_and_rewind
from tinh.rest.models import IdempotencyKey
from tinh.sources.api import Receipt

KEPT = timedelta(days=7)


def hold(sender: str, key: str, dataset: str, stream: Readable) -> None:
    """Bind `key` to these bytes; raises KeyReused when it stands for others."""
    found = digest_and_rewind(stream)
    held, _ = IdempotencyKey.objects.get_or_create(
        sender=sender, key=key, defaults={"dataset": dataset, "digest": found}
    )
    if (held.dataset, held.digest) != (dataset, found):
        raise KeyReused(key=key, receipt=Receipt.id_for(held.dataset, held.digest))


def forget() -> int:
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
