"""What a serving process keeps running for the axis: the end of the chain and the memory of the registry."""

from __future__ import annotations

import threading

from tinh.axis.ground import ground
from tinh.axis.snapshot import Memory
from tinh.axis.stamps import Stamper
from tinh.axis.writer import Writer

_lock = threading.Lock()
_writer: Writer | None = None
_memory: Memory | None = None
_stamper: Stamper | None = None


def writer() -> Writer:
    """The process's writer, started on first need."""
    global _writer, _stamper
    if _writer is None:
        with _lock:
            if _writer is None:
                _writer = Writer(ground())
                if ground().authority:
                    _stamper = Stamper(ground())
    return _writer


def memory() -> Memory:
    """The process's memory of the registry, started on first need."""
    global _memory
    if _memory is None:
        with _lock:
            if _memory is None:
                _memory = Memory(ground().conninfo)
    return _memory


def stop() -> None:
    """Write what was handed in and let the database go."""
    global _writer, _memory, _stamper
    if _writer is not None:
        from tinh.axis.strangers import HERE  # which writes here

        HERE.tell()
    with _lock:
        if _writer is not None:
            _writer.stop()
        if _memory is not None:
            _memory.stop()
        if _stamper is not None:
            _stamper.stop()
        _writer = _memory = _stamper = None
