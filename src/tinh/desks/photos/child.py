"""The child process that opens strangers' pictures: hard limits of memory and time, no files, no secrets.

It reads requests from its input and writes answers to its output: four bytes of length, a JSON object,
then the bytes it speaks of. Whatever a picture does to it, the server stays.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, BinaryIO

MEMORY = 1_600_000_000  # bytes of address space


def read(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None at the end."""
    size = source.read(4)
    if len(size) < 4:
        return None
    head: dict[str, Any] = json.loads(source.read(int.from_bytes(size, "big")))
    return head, source.read(int(head.get("bytes", 0)))


def message(head: dict[str, Any], data: bytes = b"") -> bytes:
    text = json.dumps(head | {"bytes": len(data)}).encode()
    return len(text).to_bytes(4, "big") + text + data


def answered(head: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    from tinh.desks.photos import faces, picture
    from tinh.desks.photos.errors import PhotoError, PhotoTooHeavy

    try:
        if head["do"] == "propose":
            image, _ = picture.opened(data)
            return {"proposals": faces.proposals(image)}, b""
        boxes = head["boxes"]
        facts: dict[str, Any] = {}
        if head.get("propose"):
            image, _ = picture.opened(data, head["name"])
            facts["proposals"] = faces.proposals(image)
            boxes = [*boxes, *(one["box"] for one in facts["proposals"])]
            del image
        seen, copies = picture.developed(data, head["name"], boxes)
        sizes = {name: len(copy) for name, copy in copies.items()}
        return {"facts": facts | seen, "sizes": sizes}, b"".join(copies.values())
    except PhotoError as error:
        return {"fault": error.code, "about": error.facts}, b""
    except MemoryError:
        return {"fault": PhotoTooHeavy.code, "about": {}}, b""


def _shut() -> None:
    """Give up what opening a picture does not need."""
    try:
        import resource
    except ImportError:  # not on this system; the time limit holds all the same
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def run() -> None:
    os.nice(10)  # copies can wait for whoever is sending, or reading
    source = sys.stdin.buffer
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land among the answers
    _shut()
    while (asked := read(source)) is not None:
        target.write(message(*answered(*asked)))
        target.flush()


if __name__ == "__main__":
    run()
