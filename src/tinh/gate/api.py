"""gate: a table of cells and its contract → accepted rows, held rows, four scores, a verdict.

Comes in: `Table` and `Receipt` of sources, the compiled `Dataset`, and `Known`, what the
corridor knows of the world (places, registers, the dataset's past, the time).
Goes out: `Judgement`. Held rows carry every rule they failed and the raw values seen; clean-score
remarks stay on accepted rows as `_flags`. Scores are numerators and denominators.
Refuses: silent repair. What is wrong is held; too much wrong, or a failed row count, refuses
the whole delivery. A rule that cannot be judged is noted (`unjudged:<rule>`), never passed over.
Rule ids that no contract declares: `shape` (a record with more cells than the header, or cut),
`duplicate` (exact repeat; the first stays), `receipt-refused` (good row of a refused delivery),
`cell-error` (an error, or a formula without a result), `other-delivery` (a mended or released row
whose key another delivery bears that it may not replace);
flags `outlier:<column>`, `untidy` and `released` (let through by somebody who may).
"""

from __future__ import annotations

from tinh.gate.casts import dtype_of
from tinh.gate.errors import GateError
from tinh.gate.examples import EXAMPLES, examples
from tinh.gate.judge import CELL_ERROR, DUPLICATE, OTHERS, REFUSED, RELEASED, SHAPE, judge, refusal
from tinh.gate.known import Answering, Known, Past
from tinh.gate.mapping.model import Match, Proposal
from tinh.gate.mapping.propose import Sample, World, propose
from tinh.gate.moments import parse
from tinh.gate.placing import explain_places
from tinh.gate.profile.draft import Loosened, draft
from tinh.gate.profile.model import Candidate, ColumnProfile, Remark, TableProfile
from tinh.gate.profile.parts import with_period
from tinh.gate.profile.table import profile_table, totals_and_notes
from tinh.gate.profile.texts import KIND_NAMES, LEVEL_NAMES, Setting
from tinh.gate.profile.writing import running_number
from tinh.gate.stream import Sink, judge_pieces
from tinh.gate.verdict import Check, Judgement, Outcome, Reason, Score, Scores, Verdict
from tinh.gate.whereabouts import day_of

__all__ = [
    "CELL_ERROR",
    "DUPLICATE",
    "EXAMPLES",
    "KIND_NAMES",
    "LEVEL_NAMES",
    "OTHERS",
    "REFUSED",
    "RELEASED",
    "SHAPE",
    "Answering",
    "Candidate",
    "Check",
    "ColumnProfile",
    "GateError",
    "Judgement",
    "Known",
    "Loosened",
    "Match",
    "Outcome",
    "Past",
    "Proposal",
    "Reason",
    "Remark",
    "Sample",
    "Score",
    "Scores",
    "Setting",
    "Sink",
    "TableProfile",
    "Verdict",
    "World",
    "day_of",
    "draft",
    "dtype_of",
    "examples",
    "explain_places",
    "judge",
    "judge_pieces",
    "parse",
    "profile_table",
    "propose",
    "refusal",
    "running_number",
    "totals_and_notes",
    "with_period",
]
