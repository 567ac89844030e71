"""How fast photos are stored durably, and how fast their copies are made."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.report import Row

ROOT = Path(__file__).parents[1]


def run(scale: float) -> Iterator[Row]:
    from tinh.packs.api import compile as compile_province
    from tinh.site.api import prepare, read_options

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        prepared = prepare(
            compile_province(ROOT / "provinces" / "thai-nguyen"),
            Path(name) / "home",
            read_options({}, home=Path(name), log="error"),
        )
        try:
            rate = stored(max(100, int(1000 * scale)))
            yield Row(
                "photos stored durably, sealed, each in a draft of its own",
                rate["photos_a_second"],
                "photos/s",
                promised="≥ 200",
                kept=rate["photos_a_second"] >= 200,
                note=f"{rate['megabytes']:.2f} MB each, {rate['threads']:.0f} threads",
            )
            yield Row("copies made of a photo by one child", developed(max(5, int(20 * scale))), "photos/s")
        finally:
            prepared.close()


def picture(width: int = 3000, height: int = 2250) -> bytes:
    """A JPEG of about a megabyte, as a phone sends it after choosing a smaller size."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(1)
    grain = rng.normal(0, 6, (height, width, 3))
    ramp = np.linspace(40, 210, width)[None, :, None] + 20 * np.sin(np.arange(height) / 90)[:, None, None]
    out = io.BytesIO()
    Image.fromarray(np.clip(ramp + grain, 0, 255).astype("uint8")).save(out, "JPEG", quality=82)
    return out.getvalue()


def stored(count: int = 1000, threads: int = 8) -> dict[str, float]:
    """Store `count` photos, each in a draft of its own; photos a second, and megabytes of one."""
    from django.db import connections

    from tinh.desks.api import photos
    from tinh.kit.ids import fresh

    data = picture()

    def one(number: int) -> None:
        photos.store(fresh(26), data + number.to_bytes(4, "big"), key="bench")

    def lane(numbers: range) -> None:
        for number in numbers:
            one(number)
        connections.close_all()

    begun = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lane, [range(n, count, threads) for n in range(threads)]))
    took = time.perf_counter() - begun
    return {"photos_a_second": count / took, "megabytes": len(data) / 1e6, "threads": threads}


def developed(count: int = 20) -> float:
    """Pictures a second that one child makes copies of."""
    from tinh.desks.photos.darkroom import Darkroom

    room, data = Darkroom(), picture()
    room.develop(data)
    begun = time.perf_counter()
    for _ in range(count):
        room.develop(data)
    took = time.perf_counter() - begun
    room.close()
    return count / took
