"""What was seen where a rule failed: a few rows of each rule, as they stand among the held ones."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from tinh.packs.api import Dataset

EXAMPLES = 5


def examples(
    held: pl.DataFrame, dataset: Dataset | None, most: int = EXAMPLES
) -> dict[str, list[dict[str, Any]]]:
    """By rule, the first held rows that failed it: `row`, `at` and the raw `values` the rule looked at."""
    if held.is_empty():
        return {}
    looked = {rule.id: rule.columns for rule in dataset.rules} if dataset else {}
    place = pl.col("_at") if "_at" in held.columns else pl.lit(None, pl.String).alias("_at")
    few = (
        held.lazy()
        .select("_row", place, "_rules", "_values")
        .sort("_row")
        .explode("_rules")
        .group_by("_rules", maintain_order=True)
        .head(most)
        .collect()
    )
    out: dict[str, list[dict[str, Any]]] = {}
    for rule, row, at, values in few.select("_rules", "_row", "_at", "_values").iter_rows():
        seen = json.loads(values) if values else {}
        own = {c: seen[c] for c in looked.get(rule, ()) if c in seen}
        implied = rule.rpartition("-")[0]  # rules no contract names are called after their column
        own = own or ({implied: seen[implied]} if implied in seen else seen)
        out.setdefault(rule, []).append({"row": row, "at": at, "values": own})
    return out
