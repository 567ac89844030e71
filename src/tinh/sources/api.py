"""sources: a delivery as it came in → bytes kept for ever, a receipt, and a table of cells.

Comes in: a file or pushed bytes (CSV, Excel, OpenDocument, JSON, NDJSON, Parquet, Arrow, gzip).
Goes out: `RawStore.put` stores the bytes under their digest; `read` opens them by content
(then by name), lays them out by the contract's layout or a learned one and matches the header;
`clean` applies the contract's declared repairs and counts each changed value; `pieces` reads a
large text part by part; `mend_letters` makes cells typed in old fonts Unicode. For proposals of
layouts: `sheets_of` (every sheet with its merges and what is hidden), `find_header`,
`column_kinds` (what a column holds), `unpivoted`. `Feeds` pulls folders and web addresses by the clock.
`ask` is one guarded request.
Refuses: guessing. What cannot be read is a SourceError (SRC001…) with what was found, what was
expected and what to do, in both languages. Cells keep their text; judging is the gate's.
"""

from __future__ import annotations

from tinh.sources.asking import Said, ask
from tinh.sources.cleaning import clean
from tinh.sources.cloudevents.door import EventDoor
from tinh.sources.cloudevents.signature import sign as sign_events
from tinh.sources.cloudevents.signature import signed as signed_events
from tinh.sources.connector_errors import (
    ConnectorDeclared,
    ConnectorFaulty,
    ConnectorTaken,
    ConnectorWaits,
    ContractStands,
    FolderClosed,
    NoSuchConnector,
    SecretForeign,
    SecretInAddress,
)
from tinh.sources.dates import has_offset, has_time, lenient, strptime
from tinh.sources.errors import SourceError
from tinh.sources.feeds.desk import Condition, Feeds, Health
from tinh.sources.feeds.errors import FeedBusy, FeedError, FeedPaused, FolderOutside, UnknownFeed
from tinh.sources.feeds.ground import Hosts, private_hosts
from tinh.sources.feeds.job import Look, Step, Taken, Thing
from tinh.sources.feeds.network import Deadline, Guarded, Resolve, Stopped, said_plainly, system_resolve
from tinh.sources.feeds.pulling import Pulling
from tinh.sources.feeds.secrets import Secrets
from tinh.sources.feeds.state import Try
from tinh.sources.grids import TextGrid, grids
from tinh.sources.headers import bare, folded
from tinh.sources.heading import JOINED, LOOK, Grid, Header, find_header, unpivoted
from tinh.sources.heading import nameless as nameless_column
from tinh.sources.heads import Head, head_of, headers_of
from tinh.sources.kinds import ColumnKind, column_kinds
from tinh.sources.letters import Mended
from tinh.sources.letters import mend as mend_letters
from tinh.sources.letters import mend_rows as mend_header_rows
from tinh.sources.paged import ahead
from tinh.sources.pieces import Indivisible, NewNames, Piece, Pieces, pieces
from tinh.sources.plaintext import may_be_large
from tinh.sources.raw_errors import RawErased
from tinh.sources.rawstore import RawStore, Stored
from tinh.sources.read import read
from tinh.sources.receipt import Channel, Receipt
from tinh.sources.sheet import Merge, Sheet
from tinh.sources.simulator import Delivery, SimulationFault, deliveries, faults, pulse
from tinh.sources.spreadsheet import sheets_of
from tinh.sources.table import AT, ROW, Cleaning, Table
from tinh.sources.tiles import Tile, TileBounds, Tiles
from tinh.sources.titles import told_of_part
from tinh.sources.vault import Kept, Vault

__all__ = [
    "AT",
    "JOINED",
    "LOOK",
    "ROW",
    "Channel",
    "Cleaning",
    "ColumnKind",
    "Condition",
    "ConnectorDeclared",
    "ConnectorFaulty",
    "ConnectorTaken",
    "ConnectorWaits",
    "ContractStands",
    "Deadline",
    "Delivery",
    "EventDoor",
    "FeedBusy",
    "FeedError",
    "FeedPaused",
    "Feeds",
    "FolderClosed",
    "FolderOutside",
    "Grid",
    "Guarded",
    "Head",
    "Header",
    "Health",
    "Hosts",
    "Indivisible",
    "Kept",
    "Look",
    "Mended",
    "Merge",
    "NewNames",
    "NoSuchConnector",
    "Piece",
    "Pieces",
    "Pulling",
    "RawErased",
    "RawStore",
    "Receipt",
    "Resolve",
    "Said",
    "SecretForeign",
    "SecretInAddress",
    "Secrets",
    "Sheet",
    "SimulationFault",
    "SourceError",
    "Step",
    "Stopped",
    "Stored",
    "Table",
    "Taken",
    "TextGrid",
    "Thing",
    "Tile",
    "TileBounds",
    "Tiles",
    "Try",
    "UnknownFeed",
    "Vault",
    "ahead",
    "ask",
    "bare",
    "clean",
    "column_kinds",
    "deliveries",
    "faults",
    "find_header",
    "folded",
    "grids",
    "has_offset",
    "has_time",
    "head_of",
    "headers_of",
    "lenient",
    "may_be_large",
    "mend_header_rows",
    "mend_letters",
    "nameless_column",
    "pieces",
    "private_hosts",
    "pulse",
    "read",
    "said_plainly",
    "sheets_of",
    "sign_events",
    "signed_events",
    "strptime",
    "system_resolve",
    "told_of_part",
    "unpivoted",
]
