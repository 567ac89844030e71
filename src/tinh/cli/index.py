"""Composite indexes from files: a tree, a table of units, and what follows from them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import polars as pl
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tinh.cli.errors import NoSuchFile, NothingToTry, NotReached
from tinh.cli.index_remarks import consistent, remarks
from tinh.cli.output import console, options, print_json, print_table, say, wants_json
from tinh.cli.tables import write_table

if TYPE_CHECKING:
    from tinh.insight import api as insight
    from tinh.packs import api as packs

_TREE = click.argument("tree", type=click.Path(path_type=Path))
_DATA = click.argument("data", type=click.Path(path_type=Path))
_OUT = click.option("-o", "--out", type=click.Path(path_type=Path), help="Write the table to this CSV file.")
_SEED = click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the random numbers."
)
_UNIT = click.option("--unit", required=True, help="The unit, as the data names it.")


@click.group("index")
def index() -> None:
    """Score, audit and question composite indexes (docs/reference/indexes.md)."""


@index.command()
@_TREE
@_DATA
@_OUT
@click.option("--uncertainty", type=click.IntRange(min=10), help="Rank intervals from this many rebuilds.")
@click.option("--sensitivity", is_flag=True, help="Sobol indices too; base sample of --uncertainty, or 500.")
@_SEED
@options
def score(
    tree: Path, data: Path, out: Path | None, uncertainty: int | None, sensitivity: bool, seed: int
) -> int:
    """Scores and ranks of every unit of DATA by the index of TREE."""
    from tinh.insight import api as insight

    builder = _builder(tree, data)
    built = builder.build()
    frame = insight.index_frame(built)
    found = None
    if sensitivity:
        base = uncertainty or 500
        many = base * (2 + _assumed(builder))
        with _bar(many) as progress:
            found = insight.sobol(builder, base, seed, progress=progress)
        frame = pl.concat([frame, insight.rank_frame(built, found.spread).drop("unit")], how="horizontal")
    elif uncertainty:
        with _bar(uncertainty) as progress:
            spread = insight.monte_carlo(builder, uncertainty, seed, progress=progress)
        frame = pl.concat([frame, insight.rank_frame(built, spread).drop("unit")], how="horizontal")
    influences = [_influence(i) for i in found.influences] if found else []
    _write(out, frame)
    if out and influences:
        _write(out.with_name(f"{out.stem}-sensitivity.csv"), pl.DataFrame(influences))
    if wants_json():
        print_json(
            {
                "index": built.index.id, "version": built.index.version, "units": frame.to_dicts(),
                "weights": _weights(built), "consistency": [_plain(c) for c in consistent(builder)],
                "left_out": built.left_out,
                "unproven": [{"node": node, "share": share} for node, share in built.unproven],
                "treated": [_step(s) for s in built.steps if s.moved or s.transformed],
                "sensitivity": influences,
            }
        )  # fmt: skip
        return 0
    _show(built, frame)
    remarks(builder, built)
    if influences:
        print_table(
            (say("Giả định", "Assumption"), say("Bậc một", "First order"), say("Toàn phần", "Total order")),
            [
                (i["assumption"], f"{i['first']:.3f} [{i['first_q5']:.3f}, {i['first_q95']:.3f}]",
                 f"{i['total']:.3f} [{i['total_q5']:.3f}, {i['total_q95']:.3f}]")
                for i in influences
            ],
            say("Độ nhạy (chỉ số Sobol)", "Sensitivity (Sobol indices)"),
        )  # fmt: skip
    return 0


@index.command("from-coinr")
@click.argument("idata", type=click.Path(path_type=Path))
@click.argument("imeta", type=click.Path(path_type=Path))
@click.option("-o", "--out", type=click.Path(path_type=Path), help="Write the tree here, not to the screen.")
@click.option("--no-denominate", is_flag=True, help="Leave the Denominator column of IMETA out.")
@options
def from_coinr(idata: Path, imeta: Path, out: Path | None, no_denominate: bool) -> int:
    """A TREE.yaml from COINr's iData and iMeta as CSV files; iData itself is the DATA.csv."""
    text = _from_meta(idata, imeta, denominate=not no_denominate)
    if out is None:
        click.echo(text, nl=False)
        return 0
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NotReached(path=out, reason=error.strerror or str(error)) from None
    return 0


@index.command()
@_TREE
@_DATA
@_OUT
@click.option("--correlation", type=click.Choice(["pearson", "spearman", "kendall"]), default="pearson")
@options
def audit(tree: Path, data: Path, out: Path | None, correlation: Any) -> int:
    """Statistics, correlations, Cronbach's alpha and principal components; -o writes the correlations."""
    from tinh.insight import api as insight

    builder = _builder(tree, data)
    found = insight.audit(builder, builder.build(), correlation)
    links = [_link(one) for one in (*found.links, *found.denominators)]
    _write(out, pl.DataFrame(links))
    if wants_json():
        print_json(
            {
                "statistics": [_plain(s) for s in found.statistics], "correlations": links,
                "groups": [_plain(g) for g in found.groups],
                "effective_weights": dict(found.effective),
            }
        )  # fmt: skip
        return 0
    print_table(
        (say("Thành phần", "Component"), "n", say("Nhỏ nhất", "Min"), say("Lớn nhất", "Max"),
         say("Trung bình", "Mean"), say("Độ lệch", "Skewness"), say("Độ nhọn", "Kurtosis"),
         say("Ngoại lai", "Outliers")),
        [(s.element, s.available, *(f"{v:.4g}" for v in (s.least, s.most, s.mean, s.skew, s.kurt)),
          say("có", "yes") if s.outliers else "") for s in found.statistics],
    )  # fmt: skip
    print_table(
        (say("Nhóm", "Group"), say("Số nhánh", "Children"), "Cronbach α",
         say("PC1 giải thích", "PC1 explains")),
        [(g.node, g.size, f"{g.alpha:.3f}", f"{g.explained:.1%}") for g in found.groups],
    )  # fmt: skip
    print_table(
        (say("Phần tử", "Element"), say("với", "with"), "r", "p"),
        [(x["a"], x["b"], f"{x['r']:.3f}", f"{x['p']:.3g}") for x in links if x["parent"]],
    )
    return 0


@index.command("remove-one")
@_TREE
@_DATA
@_OUT
@click.option(
    "--level",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="1 leaves out components, 2 their groups …",
)
@options
def remove_one(tree: Path, data: Path, out: Path | None, level: int) -> int:
    """What leaving out each element of a level does to the ranks."""
    from tinh.insight import api as insight

    builder = _builder(tree, data)
    removals = sorted(insight.remove_one(builder, level), key=lambda one: -one.mean_change)
    units = builder.table.units
    rows = [
        {"removed": r.element, "mean_absolute_rank_change": r.mean_change,
         **{u: int(c) if c == c else None for u, c in zip(units, r.change, strict=True)}}
        for r in removals
    ]  # fmt: skip
    _write(out, pl.DataFrame(rows))
    if wants_json():
        print_json(rows)
        return 0
    print_table(
        (say("Bỏ đi", "Left out"), say("Thay đổi hạng bình quân", "Mean absolute rank change"),
         say("Lên nhiều nhất", "Greatest gain"), say("Xuống nhiều nhất", "Greatest loss")),
        [
            (r.element, f"{r.mean_change:.3f}", f"{units[int(r.change.argmax())]} +{int(r.change.max())}",
             f"{units[int(r.change.argmin())]} {int(r.change.min())}")
            for r in removals
        ],
    )  # fmt: skip
    return 0


@index.command("what-if")
@_TREE
@_DATA
@_OUT
@_UNIT
@click.option("--set", "changes", multiple=True, help="component=value, or column=value; may be repeated.")
@options
def what_if(tree: Path, data: Path, out: Path | None, unit: str, changes: Sequence[str]) -> int:
    """Scores and ranks if some values of one unit were others."""
    from tinh.insight import api as insight

    index, table = _read(tree, data)
    pairs = [c.partition("=") for c in changes]
    if not pairs or any(not mark for _, mark, _ in pairs):
        raise NothingToTry()
    before, after = insight.what_if(index, table, unit, {name: value for name, _, value in pairs})
    first, then = insight.index_frame(before), insight.index_frame(after)
    root = index.tree.id
    frame = first.select("unit", rank_before="rank", before=root).hstack(then.select(rank="rank", after=root))
    _write(out, frame)
    rows = frame.to_dicts()
    if wants_json():
        print_json(rows)
        return 0
    moved = [r for r in rows if r["unit"] == unit or r["rank"] != r["rank_before"]]
    print_table(
        (say("Đơn vị", "Unit"), say("Trước", "Before"), say("Sau", "After"), say("Hạng trước", "Rank before"),
         say("Hạng sau", "Rank after")),
        [(r["unit"], _number(r["before"], index), _number(r["after"], index), r["rank_before"], r["rank"])
         for r in moved],
    )  # fmt: skip
    return 0


@index.command()
@_TREE
@_DATA
@_OUT
@_UNIT
@options
def cheapest(tree: Path, data: Path, out: Path | None, unit: str) -> int:
    """Which steps of one unit give most for least effort."""
    from tinh.insight import api as insight

    index, table = _read(tree, data)
    found = insight.cheapest(index, table, unit)
    rows = [
        {"component": i.element, "step": say(i.step.vi, i.step.en), "gain": i.gain, "effort": i.effort,
         "gain_per_effort": i.worth, "rank": i.rank, "changes": "; ".join(f"{c}={v}" for c, v in i.changes)}
        for i in found
    ]  # fmt: skip
    _write(out, pl.DataFrame(rows))
    if wants_json():
        print_json(rows)
        return 0
    print_table(
        (say("Thành phần", "Component"), say("Bước", "Step"), say("Thêm", "Gain"), say("Công sức", "Effort"),
         say("Hạng sau đó", "Rank then")),
        [(i.element, say(i.step.vi, i.step.en), _number(i.gain, index, True),
          f"{i.effort:.3g}", f"{i.rank:.0f}")
         for i in found],
    )  # fmt: skip
    return 0


def _read(tree: Path, data: Path) -> tuple[packs.Index, insight.Table]:
    from tinh.insight import api as insight
    from tinh.packs import api as packs

    for path in (tree, data):
        if not path.is_file():
            raise NoSuchFile(path=path)
    if tree.suffix.lower() == ".csv":  # indicator metadata as COINr has them
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "tree.yaml"
            made.write_text(_from_meta(data, tree, denominate=True), encoding="utf-8")
            index = packs.index_file(made)
    else:
        index = packs.index_file(tree)
    return index, insight.read_units(data, index)


def _from_meta(data: Path, meta: Path, denominate: bool) -> str:
    import yaml

    from tinh.insight import api as insight

    for path in (data, meta):
        if not path.is_file():
            raise NoSuchFile(path=path)
    id = re.sub(r"[^a-z0-9]+", "-", meta.stem.lower()).strip("-") or "index"
    columns = insight.unit_sheet(data).columns
    tree = insight.coinr_tree(insight.unit_sheet(meta), columns, id, denominate)
    return yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=100)


def _builder(tree: Path, data: Path) -> insight.Builder:
    from tinh.insight import api as insight

    return insight.Builder(*_read(tree, data))


def _assumed(builder: insight.Builder) -> int:
    from tinh.insight import api as insight

    return len(insight.assumptions(builder.index, builder))


@contextmanager
def _bar(total: int) -> Iterator[Callable[[int], None]]:
    with Progress(
        TextColumn(say("tính lại", "rebuilding")), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console(err=True), transient=True,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=total)
        yield lambda done: progress.advance(task, done)


def _write(out: Path | None, frame: pl.DataFrame) -> None:
    if out:
        write_table(frame, out)


def _show(built: insight.Built, frame: pl.DataFrame) -> None:
    root = built.index.tree
    nodes = [c.id for c in root.children if c.id in frame.columns][:6]
    spread = "rank_q5" in frame.columns
    heads = [say("Hạng", "Rank"), say("Đơn vị", "Unit"), root.id, *nodes]
    heads += [say("Hạng 5 %–95 %", "Rank 5 %–95 %")] if spread else []
    rows = []
    for row in frame.sort("rank", nulls_last=True).to_dicts():
        cells = [row["rank"], row.get("name") or row["unit"]]
        cells += [_number(row[c], built.index) for c in (root.id, *nodes)]
        rows.append([*cells, f"{row['rank_q5']:.0f}–{row['rank_q95']:.0f}"] if spread else cells)
    print_table(heads, rows)
    if built.left_out:
        listed = ", ".join(built.left_out)
        console(err=True).print(say(f"bỏ ra vì thiếu số liệu: {listed}", f"left out for gaps: {listed}"))


def _number(value: float | None, index: packs.Index, signed: bool = False) -> str:
    digits = max(index.decimals, 2)
    return "" if value is None else f"{value:{'+' if signed else ''}.{digits}f}"


def _influence(one: Any) -> dict[str, Any]:
    return {
        "assumption": one.what, "first": one.first, "first_q5": one.first_low, "first_q95": one.first_high,
        "total": one.total, "total_q5": one.total_low, "total_q95": one.total_high,
    }  # fmt: skip


def _step(step: Any) -> dict[str, Any]:
    return {name: getattr(step, name) for name in type(step).__slots__}


def _weights(built: insight.Built) -> dict[str, float]:
    return {e.id: float(w) for e, w in zip(built.tree.elements[:-1], built.weights[:-1], strict=True)}


def _link(one: Any) -> dict[str, Any]:
    return {"a": one.a, "b": one.b, "r": one.r, "p": one.p, "parent": one.parent}


def _plain(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in type(one).__slots__}


COMMANDS = [index]
