"""Verbs over data services: what is offered over the axis, publish one, withdraw one."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tinh.cli.accounts import opened
from tinh.cli.output import language, options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.packs.api import Share


@click.group()
@options
def share() -> None:
    """Data services that agencies offer each other over the axis."""


@share.command("list")
@options
def listing() -> int:
    """Every service, with its owner and who may call it."""
    with opened():
        from tinh.axis import api as axis

        book = axis.desk().book()
        shares, findings = list(book.all().values()), book.findings()
    if wants_json():
        print_json({"shares": [_told(s) for s in shares], "findings": [f.as_dict() for f in findings]})
        return 1 if findings else 0
    print_table(
        (say("Mã", "Id"), say("Tên", "Name"), say("Cơ quan", "Owner"), say("Ai gọi", "Members"), ""),
        [
            (s.id, s.name.in_(language()), s.owner, ", ".join(m.agency or str(m.group) for m in s.members),
             f"v{s.version}") for s in shares
        ],
    )  # fmt: skip
    for finding in findings:
        click.echo(finding.render(language(), book.root.parent))
    return 1 if findings else 0


@share.command("show")
@click.argument("id")
@options
def show(id: str) -> int:
    """One service: its declaration, its identifier on the axis and the rights to it."""
    with opened():
        from tinh.axis import api as axis

        found = axis.desk().share(id)
        axis.offer(axis.desk())
        identifier = axis.identifier(found)
        rights = [
            {"to": str(r.subsystem or r.group), "purpose": r.purpose, "basis": r.basis, "until": r.until}
            for r in axis.live_rights() if r.service.provider == f"share:{id}"
        ]  # fmt: skip
    if wants_json():
        print_json({**_told(found), "identifier": identifier, "rights": rights})
        return 0
    click.echo(f"{identifier}\n{found.name.in_(language())} · {found.owner} · v{found.version}\n")
    click.echo(found.file.read_text(encoding="utf-8"))
    print_table(
        (say("Bên được gọi", "May call"), say("Mục đích", "Purpose"), say("Căn cứ", "Basis")),
        [(r["to"], str(r["purpose"]), str(r["basis"])) for r in rights],
    )
    return 0


@share.command("publish")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@options
def publish(file: Path) -> int:
    """Check FILE (a share in YAML) and offer it; a service of the same id gets a new version."""
    text = file.read_text(encoding="utf-8")
    with opened():
        from tinh.axis import api as axis

        made = axis.keep(axis.desk(), text)
        people_note("publish service", made.id)
        identifier = axis.identifier(made)
    if wants_json():
        print_json({**_told(made), "identifier": identifier})
    else:
        click.echo(say(f"Đã công bố {identifier}", f"Published {identifier}") + f" (v{made.version})")
    return 0


@share.command("withdraw")
@click.argument("id")
@options
def withdraw(id: str) -> int:
    """Offer ID no longer; the log and the published versions stay."""
    with opened():
        from tinh.axis import api as axis

        axis.withdraw_share(axis.desk(), id)
        people_note("withdraw service", id)
    if wants_json():
        print_json({"id": id, "withdrawn": True})
    else:
        click.echo(say(f"Đã rút {id}", f"Withdrew {id}"))
    return 0


def people_note(action: str, subject: str) -> None:
    """Who did it, as the machine knows them."""
    from tinh.people.api import note

    note(f"cli/{getpass.getuser()}", action, subject, allowed=True)


def _told(one: Share) -> dict[str, object]:
    return {
        "id": one.id, "version": one.version, "name": one.name.as_dict(), "owner": one.owner,
        "kind": one.kind, "dataset": one.dataset, "indicators": list(one.indicators),
        "columns": list(one.columns), "members": [m.model_dump(mode="json") for m in one.members],
        "purpose": one.purpose.as_dict(), "legal_basis": one.legal_basis,
        "from": one.begins, "until": one.ends, "file": one.file.name,
    }  # fmt: skip


COMMANDS = (share,)
