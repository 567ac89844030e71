"""sources: a delivery as it came in → bytes kept for ever, a receipt, and a table of cells.

Comes in: a file or pushed bytes (CSV, Excel, JSON, NDJSON, Parquet, Arrow, gzipped text).
Goes out: `RawStore.put` stores the bytes under their digest; `read` opens them by content
(then by name) and matches the header to the contract; `clean` applies the contract's declared
repairs and counts each changed value. `mend_letters` makes cells typed in old fonts Unicode.
Refuses: guessing. What cannot be read is a SourceError (SRC001…) with what was found, what was
expected and what to do, in both languages. Cells keep their text; judging is the gate's.
"""

from __future__ import annotations

from tinh.sources.cleaning import clean
from tinh.sources.dates import has_offset, has_time, lenient, strptime
from tinh.sources.errors import SourceError
from tinh.sources.letters import Mended
from tinh.sources.letters import mend as mend_letters
from tinh.sources.letters import mend_rows as mend_header_rows
from tinh.sources.rawstore import RawStore, Stored
from tinh.sources.read import read
from tinh.sources.receipt import Channel, Receipt
from tinh.sources.simulator import Delivery, SimulationFault, deliveries, faults, pulse
from tinh.sources.table import ROW, Cleaning, Table

__all__ = [
    "ROW",
    "Channel",
    "Cleaning",
    "Delivery",
    "Mended",
    "RawStore",
    "Receipt",
    "SimulationFault",
    "SourceError",
    "Stored",
    "Table",
    "clean",
    "deliveries",
    "faults",
    "has_offset",
    "has_time",
    "lenient",
    "mend_header_rows",
    "mend_letters",
    "pulse",
    "read",
    "strptime",
]
