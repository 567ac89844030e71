"""Quotas shared by all processes: a process takes calls in small lots from the database and spends them.

Never more calls than the quota pass, however many processes serve. What a process has taken and not spent
when the minute or day ends is lost: at most one lot, a twentieth of the quota, a process.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from tinh.axis.shares.errors import QuotaSpent
from tinh.kit.errors import Text
from tinh.packs.api import Share

_UNITS = {"minute": Text("phút", "minute"), "day": Text("ngày", "day")}
_LOT = 20
_TAKE = (
    "INSERT INTO axis_spent AS s (service, client, unit, began, count) VALUES (%s, %s, %s, %s, %s) "
    "ON CONFLICT (service, client, unit) DO UPDATE SET "
    "count = CASE WHEN s.began = EXCLUDED.began THEN s.count + EXCLUDED.count ELSE EXCLUDED.count END, "
    "began = EXCLUDED.began "
    "WHERE s.began < EXCLUDED.began OR (s.began = EXCLUDED.began AND s.count + EXCLUDED.count <= %s) "
    "RETURNING count"
)


@dataclass(slots=True)
class _Lot:
    began: datetime
    left: int


class Quotas:
    """The lots of this process."""

    def __init__(self) -> None:
        self._lots: dict[tuple[str, str, str], _Lot] = {}
        self._lock = threading.Lock()

    def spend(self, share: Share, client: str, now: datetime, zone: ZoneInfo) -> None:
        """Take one call off each quota; QuotaSpent when one has none left."""
        limits: Mapping[str, int] = {"minute": share.quota.minute, "day": share.quota.day}
        for unit, limit in limits.items():
            began, ends = _window(unit, now, zone)
            if not self._one(share.id, client, unit, began, limit):
                said = _UNITS[unit]
                seconds = max(1, int((ends - now).total_seconds()) + 1)
                raise QuotaSpent(limit=limit, unit_vi=said.vi, unit_en=said.en, seconds=seconds)

    def _one(self, service: str, client: str, unit: str, began: datetime, limit: int) -> bool:
        key = (service, client, unit)
        with self._lock:
            if len(self._lots) > 50_000:
                self._lots.clear()
            lot = self._lots.get(key)
            if lot is not None and lot.began == began and lot.left > 0:
                lot.left -= 1
                return True
            for wanted in dict.fromkeys((max(1, limit // _LOT), 1)):
                if _taken(key, began, wanted, limit):
                    self._lots[key] = _Lot(began, wanted - 1)
                    return True
            return False


def _taken(key: tuple[str, str, str], began: datetime, count: int, limit: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [*key, began, count, limit])
        return cursor.fetchone() is not None


def _window(unit: str, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    local = now.astimezone(zone)
    if unit == "minute":
        began = local.replace(second=0, microsecond=0)
        return began, began + timedelta(minutes=1)
    began = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return began, began + timedelta(days=1)
