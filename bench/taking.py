"""Whole reports taken in through the door that pages use, each with a photo of its own: by threads of one
process, then by several worker processes, as `--serving` starts them, while one of them makes the copies."""

# ruff: noqa: E501  # statements and rows, written as they are
from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.report import Row, p95

ROOT = Path(__file__).parents[1]
THREADS = 8
_WORDS = [
    "đường",
    "hỏng",
    "ổ",
    "gà",
    "rác",
    "thải",
    "cống",
    "tắc",
    "nước",
    "ngập",
    "đèn",
    "tối",
    "cây",
    "đổ",
    "ồn",
    "ào",
    "khói",
    "bụi",
    "chó",
    "thả",
    "rông",
    "vỉa",
    "hè",
]
_WORKER = """
import json, sys
from bench.taking import work
work(**json.loads(sys.stdin.readline()))
"""


def picture() -> bytes:
    """What a phone sends: a JPEG of 12 megapixels, about 2 MB, that says where it was taken."""
    import io

    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(1)
    wide, high = 4000, 3000
    ramp = np.linspace(40, 210, wide)[None, :, None] + 20 * np.sin(np.arange(high) / 90)[:, None, None]
    told = Image.Exif()
    told.get_ifd(0x8825).update({1: "N", 2: (21.0, 35.0, 33.0), 3: "E", 4: (105.0, 50.0, 42.0)})
    out = io.BytesIO()
    grain = rng.normal(0, 7.5, (high, wide, 3))
    Image.fromarray(np.clip(ramp + grain, 0, 255).astype("uint8")).save(out, "JPEG", quality=85, exif=told)
    return out.getvalue()


def spots() -> tuple[list[str], list[tuple[float, float]]]:
    """Categories that ask nothing that must be answered, and a point in each commune."""
    from tinh.desks.reports.ground import ground, outlines

    declared = ground().catalogue().report_categories
    plain = [id for id, one in declared.items() if not any(q.required for q in one.questions)]
    shapes = outlines(ground().now().date()).shapes.values()
    return plain, [(s.representative_point().y, s.representative_point().x) for s in shapes]


def run(home: Path, count: int, most: int = 0) -> Iterator[Row]:
    """Rates of one process, and of two workers to `most` of them, or to one for each processor."""
    from tinh.jobs.photos import Photographer

    for number in range(20):
        _one(number, spots(), picture())
    photographer = Photographer()
    photographer.start()
    try:
        yield _row(f"{THREADS} threads of one process", [_taken(range(count))], count)
        yield from _by_workers(home, count, most or max(2, os.cpu_count() or 2))
    finally:
        photographer.stop()


def _by_workers(home: Path, count: int, most: int) -> Iterator[Row]:
    from tinh.site.state import here

    photo = home / "photo-of-workers.jpg"
    photo.write_bytes(picture())
    for workers in range(2, most + 1):
        asked = {"home": str(home), "database": here().database_url, "photo": str(photo)}
        running = [_started({**asked, "first": 2_000_000 + at * count}) for at in range(workers)]
        for one in running:
            assert one.stdout is not None and one.stdout.readline() == "ready\n"
        share = count // workers
        for one in running:
            one.stdin.write(f"{share}\n")  # type: ignore[union-attr]  # it was opened as a pipe
            one.stdin.flush()  # type: ignore[union-attr]  # as above
        told = [json.loads(one.stdout.readline()) for one in running]  # type: ignore[union-attr]  # as above
        for one in running:
            one.communicate("\n", timeout=60)
        yield _row(f"{workers} worker processes of {THREADS} threads", told, share * workers)


def _started(asked: dict[str, Any]) -> subprocess.Popen[str]:
    one = subprocess.Popen([sys.executable, "-c", _WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                           env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"})  # fmt: skip
    assert one.stdin is not None
    one.stdin.write(json.dumps(asked) + "\n")
    one.stdin.flush()
    return one


def work(home: str, database: str, photo: str, first: int) -> None:
    """A worker: made ready, told how many to take in, and what came of them."""
    from tinh.packs.api import compile as compile_province
    from tinh.site.api import prepare, read_options

    declared = compile_province(ROOT / "provinces" / "thai-nguyen")
    options = read_options({}, home=Path(home), log="error", database_url=database)
    prepare(declared, Path(home) / declared.id, options, beside=True)
    where, data = spots(), Path(photo).read_bytes()
    for number in range(8):
        _one(first - 1 - number, where, data)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    count = int(sys.stdin.readline())
    sys.stdout.write(json.dumps(_taken(range(first, first + count), where, data)) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _taken(numbers: range, where: Any = None, data: bytes = b"") -> dict[str, Any]:
    """Seconds in all and of each, the process's own time, and the codes of the reports."""
    from django.db import connections

    where, data = where or spots(), data or picture()
    spent: list[float] = []
    codes: list[str] = []

    def lane(first: int) -> None:
        for number in numbers[first::THREADS]:
            begun = time.perf_counter()
            codes.append(_one(number, where, data))
            spent.append((time.perf_counter() - begun) * 1000)
        connections.close_all()

    threads = [threading.Thread(target=lane, args=(first,)) for first in range(THREADS)]
    begun, used = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "took": time.perf_counter() - begun,
        "used": time.process_time() - used,
        "spent": spent,
        "codes": codes,
    }


def _one(number: int, where: Any, data: bytes) -> str:
    from tinh.desks.api import photos, reports
    from tinh.kit.ids import fresh

    plain, points = where
    secret = fresh(26)
    photos.store(secret, data + number.to_bytes(4, "big"))
    latitude, longitude = random.choice(points)
    return reports.submit(
        reports.Draft(
            category=random.choice(plain), text=" ".join(random.choices(_WORDS, k=40)), key=uuid.uuid4().hex,
            latitude=latitude, longitude=longitude, name="Nguyễn Văn A", phone="0912345678", photos=secret,
            photo_count=1,
        ),
        reports.Caller(address=f"2001:db8:{number >> 16 & 65535:x}:{number & 65535:x}::1", device=fresh(26)),
    ).code  # fmt: skip


def _row(by: str, told: list[dict[str, Any]], count: int) -> Row:
    from tinh.desks.api import photos

    codes = [code for one in told for code in one["codes"]]
    views = [view for code in codes for view in photos.of_case(code, public=False)]
    assert len(views) == len(codes) == count, "every report has its photo"
    took = max(one["took"] for one in told)
    spent = [each for one in told for each in one["spent"]]
    used = sum(one["used"] for one in told)
    return Row(
        f"whole reports taken in, a photo of 2.0 MB each, {by}", count / took, "/s", promised="≥ 200/s",
        kept=count / took >= 200,
        note=f"p95 {p95(spent):.0f} ms; {used / count * 1000:.1f} ms of the processes' own time each; "
        f"copies made meanwhile: {sum(view.state == 'ready' for view in views)}",
    )  # fmt: skip
