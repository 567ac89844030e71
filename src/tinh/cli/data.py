"""Verbs over data: bring it in, see what was said of it, read values, follow a number home."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tinh.cli import province
from tinh.cli.errors import NoSuchFile, NoSuchReceipt
from tinh.cli.failing import called, explained, seen
from tinh.cli.output import console, options, print_json, print_table, say, wants_json
from tinh.cli.veiling import veiled


@click.command()
@click.argument("dataset")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--sender", default="", help="Who sent the files: an agency id.")
@click.option("--simulated", is_flag=True, help="Mark the rows as simulated.")
@options
def load(dataset: str, files: tuple[Path, ...], sender: str, simulated: bool) -> int:
    """Load FILES into DATASET: keep, read, judge, store, recompute.

    Leaves with 1 when rows were held or a file was refused. Loading a file twice changes nothing.
    """
    declared = province.catalogue()
    contract = province.dataset(declared, dataset)
    for file in files:
        if not file.is_file():
            raise NoSuchFile(path=file)
    corridor = province.corridor(declared)
    printed: list[dict[str, Any]] = []
    quiet = wants_json() or not console(err=True).is_terminal
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console(err=True), disable=quiet, transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=len(files))
        for file in files:
            progress.update(task, description=file.name)
            outcome = corridor.load(file, contract.id, sender=sender or contract.owner, simulated=simulated)
            printed.append(
                {
                    "file": str(file),
                    "receipt": outcome.receipt.id,
                    "dataset": contract.id,
                    "digest": outcome.receipt.digest,
                    "repeated": outcome.repeated,
                    **outcome.verdict.as_dict(),
                }
            )
            progress.advance(task)
    if wants_json():
        print_json([explained(corridor, item) for item in printed])
    else:
        for item in printed:
            _tell_verdict(explained(corridor, item))
    return int(any(item["verdict"] != "accepted" for item in printed))


_OUTCOMES = {
    "accepted": ("chấp nhận", "accepted"),
    "in part": ("chấp nhận một phần", "accepted in part"),
    "refused": ("từ chối", "refused"),
}


_SCORES = {
    "correct": ("đúng", "correct"),
    "sufficient": ("đủ", "sufficient"),
    "clean": ("sạch", "clean"),
    "alive": ("sống", "alive"),
}


def _tell_verdict(item: dict[str, Any]) -> None:
    name = Path(item.get("file") or item.get("filename") or "").name
    outcome = say(*_OUTCOMES[item["verdict"]])
    again = say(" (đã nhận trước đây)", " (received before)") if item.get("repeated") else ""
    click.echo(f"{name}: {outcome}{again} · {item['receipt']} · sha256 {item['digest'][:16]}…")
    if problem := item.get("problem"):
        for lang in ("vi", "en"):
            cure = problem["cure"][lang]
            click.echo(f"  {problem['code']} {problem['detail'][lang]}" + (f" → {cure}" if cure else ""))
        return
    click.echo(
        say(
            f"  nhận {item['received']} dòng, chấp nhận {item['accepted']}, giữ lại {item['held']}",
            f"  {item['received']} rows received, {item['accepted']} accepted, {item['held']} held",
        )
    )
    scores = [f"{say(*_SCORES[k])} {s['num']}/{s['den']}" for k, s in item["scores"].items()]
    click.echo("  " + " · ".join(scores))
    for reason in item["reasons"]:
        click.echo(say(f"  giữ {reason['rows']} dòng: ", f"  {reason['rows']} held: ") + called(reason))
        for line in seen(reason):
            click.echo(f"      {line}")
    for flag in item.get("flags", ()):
        click.echo(say(f"  chưa sạch {flag['rows']} dòng: ", f"  {flag['rows']} not clean: ") + flag["rule"])
    for check in item["checks"]:
        if not check["passed"]:
            click.echo(
                say("  không đạt: ", "  failed: ")
                + f"{called(check)} ({check['measured']}, {say('cần', 'expected')} {check['expected']})"
            )
    for step in (step for step in item["cleaning"] if step["values"]):
        click.echo(say(f"  làm sạch {step['values']} ô: ", f"  cleaned {step['values']}: ") + step["step"])


@click.command()
@options
def status() -> int:
    """How alive the data is: four scores for each dataset, and what arrived last."""
    corridor = province.corridor()
    seen = corridor.status()
    if wants_json():
        print_json(seen.as_dict())
        return 0

    def share(score: Any) -> str:
        return f"{score.num}/{score.den}"

    scores = ("correct", "sufficient", "clean", "alive")
    print_table(
        (
            say("Bộ dữ liệu", "Dataset"), *(say(*_SCORES[name]) for name in scores),
            say("Mới nhất", "Newest"), say("Lần gửi", "Receipts"),
        ),
        [
            (d.dataset, *(share(getattr(d.scores, n)) for n in scores), d.newest_period or "–", d.receipts)
            for d in seen.datasets
        ],
    )  # fmt: skip
    recent = corridor.lake.receipts(limit=5)
    if recent:
        click.echo()
        print_table(
            (
                say("Lần gửi", "Receipt"),
                say("Bộ dữ liệu", "Dataset"),
                say("Tệp", "File"),
                say("Kết luận", "Verdict"),
            ),
            [(r.id, r.dataset, r.filename, say(*_OUTCOMES[(r.verdict or {})["verdict"]])) for r in recent],
        )
    else:
        click.echo(
            say(
                "Chưa có dữ liệu. Nạp bằng: tinh load DATASET FILE",
                "No data yet. Load some: tinh load DATASET FILE",
            )
        )
    return 0


@click.command()
@click.argument("receipt")
@options
def verdict(receipt: str) -> int:
    """What the gate said of RECEIPT."""
    corridor = province.corridor()
    stored = corridor.lake.receipt(receipt)
    if stored is None:
        raise NoSuchReceipt(receipt=receipt)
    item = {
        "receipt": stored.id, "dataset": stored.dataset, "digest": stored.digest, "filename": stored.filename,
        "sender": stored.sender, "received_at": stored.received_at.isoformat(), "simulated": stored.simulated,
        **(stored.verdict or {}),
    }  # fmt: skip
    item = explained(corridor, item)
    if wants_json():
        print_json(item)
    else:
        _tell_verdict(item)
    return int(item["verdict"] != "accepted")


@click.command()
@click.argument("receipt")
@click.option("--limit", default=200, show_default=True, help="At most this many rows for people.")
@click.option("--unmask", default="", metavar="REASON", help="Show personal values as they are; logged.")
@options
def held(receipt: str, limit: int, unmask: str) -> int:
    """The rows of RECEIPT that are held, each with the rules it failed and the values seen.

    Personal values are masked unless a reason is given.
    """
    corridor = province.corridor()
    stored = corridor.lake.receipt(receipt)
    if stored is None:
        raise NoSuchReceipt(receipt=receipt)
    import json

    frame = veiled(corridor, stored, corridor.mending.held(stored), unmask)
    rows = [
        {"row": r["_row"], "rules": r["_rules"], "values": json.loads(r["_values"] or "{}")}
        for r in frame.select("_row", "_rules", "_values").sort("_row").iter_rows(named=True)
    ]
    if wants_json():
        print_json(rows)
        return int(bool(rows))
    contract = corridor.catalogue.datasets.get(stored.dataset)  # none once the province has dropped it
    says = {rule.id: rule.says for rule in contract.rules} if contract else {}
    print_table(
        (say("Dòng", "Row"), say("Vì sao", "Why"), say("Giá trị", "Values")),
        [
            (
                r["row"],
                "; ".join((say(says[i].vi, says[i].en) if i in says else "") or i for i in r["rules"]),
                ", ".join(f"{k}={v!r}" for k, v in r["values"].items()),
            )
            for r in rows[:limit]
        ],
    )
    if len(rows) > limit:
        click.echo(say(f"… và {len(rows) - limit} dòng nữa", f"… and {len(rows) - limit} more"))
    return int(bool(rows))


COMMANDS = [load, status, verdict, held]
