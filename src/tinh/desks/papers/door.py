"""What other rooms ask of documents: `from tinh.desks.api import papers`.

`judged` refuses before anything is done, `store` keeps, `file_of` names one for the history, `of_case`,
`paper`, `public` and `bytes_of` give out, `show` and `hide_all` open and close, `erase_case` and
`forget` drop.
"""

from __future__ import annotations

from tinh.desks.papers.errors import (
    NoSuchPaper,
    PaperError,
    PaperLost,
    PaperNotTaken,
    PaperTooLarge,
    TooManyPapers,
)
from tinh.desks.papers.keeping import (
    MOST_BYTES,
    Sent,
    bytes_of,
    erase_case,
    file_of,
    forget,
    hide_all,
    judged,
    of_case,
    paper,
    public,
    show,
    store,
)
from tinh.desks.papers.models import Paper

__all__ = [
    "MOST_BYTES",
    "NoSuchPaper",
    "Paper",
    "PaperError",
    "PaperLost",
    "PaperNotTaken",
    "PaperTooLarge",
    "Sent",
    "TooManyPapers",
    "bytes_of",
    "erase_case",
    "file_of",
    "forget",
    "hide_all",
    "judged",
    "of_case",
    "paper",
    "public",
    "show",
    "store",
]
