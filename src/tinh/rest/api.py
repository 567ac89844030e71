"""The REST door, `/api/v1`.

Comes in: HTTP. Goes out: JSON, CSV, Parquet, problem documents. Refuses: whoever `people`
does not let in, and bodies of a type it cannot read.
"""

from __future__ import annotations

from tinh.rest.idempotency import forget
from tinh.rest.problems import document, problem
from tinh.rest.shaping import ErrorsAreProblems

__all__ = ["ErrorsAreProblems", "document", "forget", "problem"]
