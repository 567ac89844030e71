"""Contracts, deliveries and what is known, for the tests of the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tinh.gate.api import Judgement, Known, judge
from tinh.kit.errors import Text
from tinh.packs.models import Column, Dataset, Operator, Rule
from tinh.sources.api import Receipt, Table, clean

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
Judge = Callable[..., Judgement]


def column(name: str, logical: str = "string", **more: Any) -> Column:
    return Column.model_validate({"name": name, "headers": (name,), "logical": logical, **more})


def dataset(*columns: Column, **more: Any) -> Dataset:
    return Dataset(
        id=more.pop("id", "trial"),
        pack="trial",
        name=Text("Thử", "Trial"),
        kind=more.pop("kind", "report"),
        columns=columns,
        file=Path("trial.odcs.yaml"),
        digest="trial",
        refuse_below=more.pop("refuse_below", 0.0),
        **more,
    )


def rule(id: str, kind: str, *columns: str, **arguments: Any) -> Rule:
    outer = {k: arguments.pop(k) for k in ("holds", "severity", "score") if k in arguments}
    operator = arguments.pop("must", None)
    return Rule.model_validate(
        {
            "id": id,
            "kind": kind,
            "columns": columns,
            "arguments": arguments,
            "operator": Operator(name=operator[0], value=operator[1]) if operator else None,
            **outer,
        }
    )


def receipt(channel: str = "file", received_at: datetime = NOW) -> Receipt:
    return Receipt("r1", "trial", "0" * 64, 1, "f.csv", channel, "so-khcn", received_at)  # type: ignore[arg-type]  # a test's own word


def table(data: dict[str, Iterable[Any]]) -> Table:
    frame = pl.DataFrame({name: list(cells) for name, cells in data.items()})
    row = pl.Series("_row", range(2, frame.height + 2), pl.UInt32)
    return Table(frame.insert_column(0, row))


@pytest.fixture
def judging() -> Judge:
    """Clean and judge columns of raw cells under a contract."""

    def run(
        contract: Dataset, known: Known | None = None, channel: str = "file", at: datetime = NOW, **data: Any
    ) -> Judgement:
        raw = clean(table(data), contract)
        return judge(raw, contract, receipt(channel, at), known or Known(now=NOW))

    return run


def reasons(judgement: Judgement) -> dict[str, int]:
    return {r.rule: r.rows for r in judgement.verdict.reasons}


def held_rows(judgement: Judgement) -> dict[int, list[str]]:
    return dict(zip(judgement.held["_row"].to_list(), judgement.held["_rules"].to_list(), strict=True))
