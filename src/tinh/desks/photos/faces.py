"""Proposals of what to blur: faces and number plates, by the cascades of OpenCV. Runs in the child.

They miss some and see some where there are none: a person looks before anything is shown. Source: P. Viola,
M. Jones, "Rapid Object Detection using a Boosted Cascade of Simple Features" (2001).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL import Image

_SIDE = 1280
_CASCADES = (
    ("face", "haarcascade_frontalface_alt2.xml", 1.1, 4),
    ("face", "haarcascade_profileface.xml", 1.1, 6),
    ("plate", "haarcascade_russian_plate_number.xml", 1.08, 4),
)


def proposals(image: Image.Image) -> list[dict[str, Any]]:
    """`[{kind: face | plate, box: [left, top, width, height]}]`, parts of the picture's width and height."""
    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    small = image.convert("L")
    small.thumbnail((_SIDE, _SIDE))
    grey = cv2.equalizeHist(np.asarray(small, dtype=np.uint8))
    height, width = grey.shape
    least = max(18, min(width, height) // 40)
    found: list[tuple[str, tuple[int, int, int, int]]] = []
    for kind, file, step, neighbours in _CASCADES:
        cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / file))
        for seen in cascade.detectMultiScale(grey, step, neighbours, minSize=(least, max(8, least // 2))):
            box = (int(seen[0]), int(seen[1]), int(seen[2]), int(seen[3]))
            if not any(_same(box, other) for _, other in found):
                found.append((kind, box))
    return [
        {
            "kind": kind,
            "box": [round(x / width, 4), round(y / height, 4), round(w / width, 4), round(h / height, 4)],
        }
        for kind, (x, y, w, h) in sorted(found, key=lambda one: one[1])
    ]


def _same(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> bool:
    """Whether two boxes share more than half of the smaller one."""
    wide = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    high = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return wide > 0 and high > 0 and wide * high > 0.5 * min(a[2] * a[3], b[2] * b[3])
