"""`./tinh bench [ROW…]`: the figures we promise, on generated data of the stated size."""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import sys

import structlog

from bench import (
    anomalies,
    axis,
    cases,
    forecast,
    gate,
    indexes,
    ingest,
    large,
    names,
    photos,
    push,
    query,
    rights,
    sitings,
    workbook,
)
from bench.report import Row

ROWS = {
    "anomalies": anomalies.run,
    "axis": axis.run,
    "cases": cases.run,
    "forecast": forecast.run,
    "gate": gate.run,
    "indexes": indexes.run,
    "ingest": ingest.run,
    "large": large.run,
    "photos": photos.run,
    "push": push.run,
    "query": query.run,
    "names": names.run,
    "rights": rights.run,
    "sitings": sitings.run,
    "workbook": workbook.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tinh bench")
    parser.add_argument("rows", nargs="*", help=f"any of {', '.join(ROWS)}; all when none is named")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    unknown = set(asked.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are: {', '.join(ROWS)}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    measured: list[Row] = []
    print(f"{platform.machine()}, {os.cpu_count()} cores, scale {asked.scale}", file=sys.stderr)
    for name in asked.rows or ROWS:
        print(f"── {name}", file=sys.stderr)
        for row in ROWS[name](asked.scale):
            measured.append(row)
            if not asked.json:
                print(_line(row))
    if asked.json:
        print(json.dumps([row.as_dict() for row in measured], ensure_ascii=False, indent=1))
    return int(any(row.kept is False for row in measured))


def _line(row: Row) -> str:
    ours = f"{row.what}: {row.ours:,.3g} {row.unit}"
    peer = f" | {row.peer}: {row.theirs:,.3g} {row.unit}" if row.theirs is not None else ""
    ratio = f" | ratio {row.ratio:.2f}" if row.ratio is not None else ""
    promise = f" | promised {row.promised}: {'kept' if row.kept else 'NOT KEPT'}" if row.promised else ""
    return ours + peer + ratio + promise + (f" | {row.note}" if row.note else "")


if __name__ == "__main__":
    sys.exit(main())
