"""Verbs over files nobody has declared: look into one, and show once how it is laid out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tinh.cli import province
from tinh.cli.errors import FileStands, NoSource, NoSuchFile
from tinh.cli.output import language, options, print_json, print_table, say, wants_json


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--source", default="", help="Look into this source (tinh connector) instead of a file.")
@click.option("--dataset-id", default="", help="Id of the drafted dataset; from the file's name by default.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the drafted contract to this file.")
@click.option("--adopt", is_flag=True, help="Write the contract into the province's folder (with --source).")
@click.option("--owner", default="", help="Agency that owns the adopted dataset.")
@click.option("--title", default="", help="Name of the adopted dataset, for people.")
@options
def profile(
    file: Path | None, source: str, dataset_id: str, out: Path | None, adopt: bool, owner: str, title: str
) -> int:
    """What is in FILE or a source, and a contract drafted from it that accepts it.

    Leaves with 1 when something should be looked at before the draft is believed.
    """
    from tinh.flow.api import name_for, profile_file

    if out is not None and out.exists():
        raise FileStands(path=out)
    if bool(file) == bool(source) or (adopt and not (source and owner)):
        raise NoSource
    id = name_for(dataset_id) if dataset_id else ""
    if file is not None:
        if not file.is_file():
            raise NoSuchFile(path=file)
        found = profile_file(file, file.name, province.catalogue(), id)
    else:
        from tinh.cli.connectors import drafted

        found = drafted(source, id, owner if adopt else "", title)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(found.contract, encoding="utf-8")
    remarks = [*found.remarks, *found.table.remarks, *(r for c in found.table.columns for r in c.remarks)]
    if wants_json():
        print_json(found.as_dict())
        return int(bool(remarks))
    from tinh.gate.api import KIND_NAMES

    print_table(
        (
            say("Cột", "Column"),
            say("Tên", "Name"),
            say("Kiểu", "Kind"),
            say("Đã điền", "Filled"),
            say("Khác nhau", "Distinct"),
        ),
        [
            (c.header, c.name, KIND_NAMES[c.kind].in_(language()), f"{c.filled}/{c.height}", c.distinct)
            for c in found.table.columns
        ],
    )
    keys = " · ".join(" + ".join(k) for k in found.table.keys[:3]) or "–"
    click.echo(say(f"Khóa có thể: {keys}", f"Possible keys: {keys}"))
    for remark in remarks:
        rows = say(" (dòng ", " (row ") + ", ".join(remark.rows) + ")" if remark.rows else ""
        click.echo(f"  ! {remark.says.in_(language())}{rows}")
    verdict = found.verdict or {}
    if verdict:
        told = f"{verdict['accepted']}/{verdict['received']}"
        click.echo(
            say(
                f"Hợp đồng nháp nhận {told} dòng của chính tệp này.",
                f"The draft accepts {told} rows of this very file.",
            )
        )
    if out is not None:
        click.echo(say(f"Đã viết {out}", f"Wrote {out}"))
    elif adopt:
        vi = "Đã viết hợp đồng vào thư mục của tỉnh; xem tinh plan rồi tinh apply."
        en = "The contract stands in the province's folder; look at tinh plan, then tinh apply."
        click.echo(say(vi, en))
    else:
        click.echo()
        click.echo(found.contract)
    return int(bool(remarks))


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("dataset")
@click.option("--save", "name", default="", help="Save the proposed layout under this name.")
@click.option("--sheet", default="", help="The sheet to look at.")
@click.option("--header-rows", type=click.IntRange(0, 3), default=0, help="Rows of the header; 0 finds out.")
@options
def layout(file: Path, dataset: str, name: str, sheet: str, header_rows: int) -> int:
    """Propose how FILE is to be read for DATASET, with what the gate would say of it.

    Leaves with 1 when something the contract needs is missing or rows would be held.
    """
    from tinh.flow.api import LayoutBook, name_for, proposed, tried, written

    if not file.is_file():
        raise NoSuchFile(path=file)
    declared = province.catalogue()
    contract = province.dataset(declared, dataset)
    corridor = province.corridor(declared)
    now = corridor.clock.now()
    proposal = proposed(file, file.name, contract, declared, now, corridor.lake, sheet, header_rows)
    trial = tried(file, file.name, contract, proposal.layout, declared, now)
    called = name_for(name or file.stem)
    text = written(contract.id, called, list(proposal.headers), proposal.layout, "", None)
    saved = ""
    if name:
        saved = str(
            LayoutBook(declared, corridor.home)
            .save(contract, called, text, "tinh layout", corridor.moment())
            .file
        )
    outcome = (trial.verdict or {}).get("verdict", "refused")
    if wants_json():
        print_json({**proposal.as_dict(), "yaml": text, "trial": trial.as_dict(), "saved": saved})
        return int(outcome != "accepted" or bool(proposal.open))
    print_table(
        (say("Tiêu đề", "Header"), say("Là cột", "Is"), say("Chắc", "Sure"), say("Vì sao", "Why")),
        [
            (
                m.header,
                "→" if m.wide else m.column or "–",
                f"{m.confidence:.0%}" if m.column else "",
                "; ".join(w.in_(language()) for w in m.why),
            )
            for m in proposal.matches
        ],
    )
    for remark in proposal.remarks:
        click.echo(f"  ! {remark.in_(language())}")
    if proposal.open:
        click.echo(say("  ! còn thiếu: ", "  ! still missing: ") + ", ".join(proposal.open))
    _tell(trial.verdict, trial.problem)
    click.echo()
    click.echo(text)
    if saved:
        click.echo(say(f"Đã lưu {saved}", f"Saved {saved}"))
    return int(outcome != "accepted" or bool(proposal.open))


def _tell(verdict: dict[str, Any] | None, problem: dict[str, Any] | None) -> None:
    if problem:
        click.echo(f"  {problem['code']} {problem['detail'][language()]} → {problem['cure'][language()]}")
    if verdict:
        counts = verdict["received"], verdict["accepted"], verdict["held"]
        click.echo(
            say(
                "Đọc thử: nhận {} dòng, chấp nhận {}, giữ lại {}",
                "On trial: {} rows received, {} accepted, {} held",
            ).format(*counts)
        )
        for reason in verdict["reasons"]:
            if reason["rows"]:
                click.echo(f"  {reason['rows']} × {reason['rule']}")


COMMANDS = [profile, layout]
