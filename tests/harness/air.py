"""Air readings to deliver, each time of hours no other test uses."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

import httpx
import polars as pl

PATH = "/api/v1/datasets/air-hourly/receipts"
HEADER = "timestamp,city,aqi,weather_icon,wind_speed,humidity,temperature,pm25,pm10,o3,no2,so2,co"
_year = count(1)


def hours(rows: int = 5, city: str = "Thái Nguyên") -> pl.DataFrame:
    """Readings of hours no other test uses."""
    begin = datetime(2025, 7, 2) + timedelta(days=next(_year))
    stamps = [(begin + timedelta(hours=n)).strftime("%Y-%m-%dT%H:%M:%S+07:00") for n in range(rows)]
    return pl.DataFrame(
        {
            "timestamp": stamps, "city": [city] * rows, "aqi": [str(60 + n) for n in range(rows)],
            "weather_icon": [""] * rows, "wind_speed": ["3.9 km/h"] * rows, "humidity": ["57%"] * rows,
            "temperature": ["25.0°C"] * rows, "pm25": [str(20.5 + n) for n in range(rows)],
            "pm10": ["N/A"] * rows, "o3": ["N/A"] * rows, "no2": ["N/A"] * rows,
            "so2": ["N/A"] * rows, "co": ["N/A"] * rows,
        }
    )  # fmt: skip


def csv(frame: pl.DataFrame) -> bytes:
    return frame.write_csv().encode()


def push(client: httpx.Client, body: bytes, kind: str = "text/csv", **more: Any) -> httpx.Response:
    headers = {"Content-Type": kind, **more.pop("headers", {})}
    return client.post(PATH, content=body, headers=headers, **more)
