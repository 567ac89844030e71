"""A delivery before it becomes bytes, with the faults planted in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from tinh.sources.simulator.settings import FaultKind, Format

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault. `row` is numbered as a spreadsheet shows it (header 1); 0 means the whole file.

    `holds`: the gate must hold this row, or refuse the file when `row` is 0. Faults that only mark
    (an outlier within the range) or only delay (a late file) do not hold.
    """

    dataset: str
    filename: str
    row: int
    kind: FaultKind | str
    column: str = ""
    place: str = ""
    holds: bool = True


@dataclass(frozen=True, slots=True)
class Delivery:
    """The bytes an agency sends, when they arrive and when they were due (both UTC).

    `channel`: a file answers for its whole window, a push only for what is in it.
    """

    dataset: str
    filename: str
    content: bytes
    sender: str
    sent_at: datetime
    due_at: datetime
    channel: Literal["file", "push"] = "file"


@dataclass(slots=True)
class Sheet:
    filename: str
    sender: str
    sent_at: datetime
    due_at: datetime
    columns: tuple[str, ...]
    headers: tuple[str, ...]
    rows: list[Row]
    places: list[str]  # code behind each row
    form: Format = "csv"
    sheet: str = ""
    channel: Literal["file", "push"] = "file"
    faults: list[Fault] = field(default_factory=list)
    garbled: bool = False

    def of_rows(self, indexes: list[int], filename: str, sent_at: datetime) -> Sheet:
        """The same sheet cut down to some rows, without faults."""
        return replace(
            self,
            filename=filename,
            sent_at=sent_at,
            rows=[dict(self.rows[i]) for i in indexes],
            places=[self.places[i] for i in indexes],
            faults=[],
            garbled=False,
        )
