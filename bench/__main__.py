"""`./tinh bench [ROW…]`: the figures we promise, on generated data of the stated size."""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
from functools import partial

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
    reports,
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
    "reports": reports.run,
    "rights": rights.run,
    "sitings": sitings.run,
    "workbook": workbook.run,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="tinh bench")
    parser.add_argument("rows", nargs="*", help=f"any of {', '.join(ROWS)}; all when none is named")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        help="of reports only: sent over HTTP to one serving process, to two … so many",
    )
    asked = parser.parse_args()
    unknown = set(asked.rows) - set(ROWS)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}; there are: {', '.join(ROWS)}")
    if asked.workers:
        if asked.rows != ["reports"] or asked.workers < 1:
            parser.error("--workers N goes with reports alone, and N is 1 or more")
        ROWS["reports"] = partial(reports.run_workers, asked.workers)
    names = asked.rows or list(ROWS)
    if len(names) > 1:  # a process each: a province is served once in one, and memory is told of one
        return _one_by_one(names, asked.scale, asked.json)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    measured: list[Row] = []
    print(f"{platform.machine()}, {os.cpu_count()} cores, scale {asked.scale}", file=sys.stderr)
    print(f"── {names[0]}", file=sys.stderr)
    for row in ROWS[names[0]](asked.scale):
        measured.append(row)
        if not asked.json:
            print(_line(row), flush=True)
    if asked.json:
        print(json.dumps([row.as_dict() for row in measured], ensure_ascii=False, indent=1))
    return int(any(row.kept is False for row in measured))


def _one_by_one(names: list[str], scale: float, as_json: bool) -> int:
    codes, measured = [], []
    for name in names:
        command = [sys.executable, "-m", "bench", name, "--scale", str(scale)] + ["--json"] * as_json
        done = subprocess.run(command, stdout=subprocess.PIPE if as_json else None, text=True, check=False)
        codes.append(done.returncode)
        if as_json and done.stdout.strip():
            measured += json.loads(done.stdout)
    if as_json:
        print(json.dumps(measured, ensure_ascii=False, indent=1))
    return max(codes)


def _line(row: Row) -> str:
    ours = f"{row.what}: {row.ours:,.3g} {row.unit}"
    peer = f" | {row.peer}: {row.theirs:,.3g} {row.unit}" if row.theirs is not None else ""
    ratio = f" | ratio {row.ratio:.2f}" if row.ratio is not None else ""
    promise = f" | promised {row.promised}: {'kept' if row.kept else 'NOT KEPT'}" if row.promised else ""
    return ours + peer + ratio + promise + (f" | {row.note}" if row.note else "")


if __name__ == "__main__":
    sys.exit(main())
