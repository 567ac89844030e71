"""Verbs over sources made here: add one, check it step by step, look, pause, reset, remove."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import yaml

from tinh.cli import province
from tinh.cli.errors import NotADeclaration
from tinh.cli.output import language, options, print_json, print_table, say, wants_json

if TYPE_CHECKING:
    from tinh.flow.api import Connecting, FileProfile


def _book() -> Connecting:
    from tinh.flow.api import Connecting

    return Connecting(province.corridor())


def drafted(source: str, dataset: str, owner: str, title: str) -> FileProfile:
    """The profile of a source; with an owner its contract goes into the province's folder."""
    from tinh.flow.api import Connecting

    corridor = province.corridor()
    book = Connecting(corridor)
    if not owner:
        return book.profile(source, dataset)
    if owner not in corridor.catalogue.agencies:
        from tinh.cli.errors import NoSuchAgency

        raise NoSuchAgency(agency=owner, known=", ".join(corridor.catalogue.agencies))
    return book.adopt(source, province.folder().absolute(), owner, dataset, title).profile


@click.group()
@options
def connector() -> None:
    """Sources made here: databases, addresses, SFTP, buckets, folders."""


@connector.command("add")
@click.argument("id")
@click.option(
    "--from", "file", type=click.Path(path_type=Path), help="Take the declaration from this YAML file."
)
@click.option(
    "--sql", "url", default="", help="Database, as mariadb://user@host:3306/database or sqlite:file."
)
@click.option("--password", default="", help="Name of the secret that is the password (tinh secret set).")
@click.option("--table", default="", help="Table or view.")
@click.option("--query", default="", help="Instead of a table: one SELECT.")
@click.option("--cursor", default="", help="Column that grows with every new or changed row.")
@click.option("--key", default="", help="Columns that tell rows apart, comma separated.")
@click.option(
    "--tls", type=click.Choice(["auto", "verify", "require", "off"]), default="auto", help="Encryption."
)
@click.option("--private", is_flag=True, help="The host lies inside the network; allows it as well.")
@click.option(
    "--dataset", default="", help="Dataset it feeds; without it, draft one with tinh profile --source."
)
@click.option("--every", default="PT15M", show_default=True, help="How often it is pulled (ISO 8601).")
@click.option("--replace", is_flag=True, help="Change a source that is there.")
@options
def add(
    id: str, file: Path | None, every: str, dataset: str, replace: bool, private: bool, **way: str
) -> int:
    """Make the source ID, of a YAML file or of the options for a database."""
    from tinh.sources.api import Hosts

    book = _book()
    value: dict[str, Any]
    if file is not None:
        try:
            found = yaml.safe_load(file.read_text("utf-8"))
        except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
            raise NotADeclaration(reason=str(error).splitlines()[0][:200]) from error
        if not isinstance(found, dict):
            raise NotADeclaration(reason=type(found).__name__)
        value = {"format": 1, **found, "id": id}
        host = next((g.get("host", "") for g in found.values() if isinstance(g, dict) and g.get("host")), "")
    else:
        from tinh.flow.api import sql_declaration

        sql = sql_declaration(way["url"], private=private, **{k: v for k, v in way.items() if k != "url"})
        host = str(sql.get("host", ""))
        value = {
            "format": 1,
            "id": id,
            "dataset": dataset,
            "kind": "sql",
            "schedule": {"every": every},
            "sql": sql,
        }
    corridor = province.corridor()
    by = f"tinh connector add ({getpass.getuser()})"
    made = book.save(value, by, corridor.moment(), fresh=not replace, every_secret=True)
    if private and host:
        Hosts(corridor.home.root).let(host, getpass.getuser(), corridor.moment())
    if wants_json():
        print_json({"id": made.id, "kind": made.feed.kind if made.feed else "", "waits": made.waits})
    else:
        click.echo(say(f"Đã lập nguồn {made.id}. Kiểm tra: tinh connector check {made.id}",
                       f"Made {made.id}. Check it: tinh connector check {made.id}"))  # fmt: skip
        if made.waits:
            click.echo(say(
                f"Nguồn chưa có bộ dữ liệu: tinh profile --source {made.id} --owner CƠ-QUAN --adopt",
                f"It feeds no dataset yet: tinh profile --source {made.id} --owner AGENCY --adopt",
            ))  # fmt: skip
    return 0


@connector.command("list")
@options
def listing() -> int:
    """The sources made here, and which of them wait or are faulty."""
    found = _book().all()
    if wants_json():
        print_json([
            {"id": c.id, "kind": c.feed.kind if c.feed else "", "dataset": c.feed.dataset if c.feed else "",
             "waits": c.waits, "findings": [f.as_dict() for f in c.findings]}
            for c in found
        ])  # fmt: skip
        return int(any(c.feed is None for c in found))
    print_table(
        (say("Nguồn", "Source"), say("Loại", "Kind"), say("Bộ dữ liệu", "Dataset"), say("Nơi", "Where")),
        [
            (c.id, c.feed.kind if c.feed else say("hỏng", "faulty"),
             (c.feed.dataset if c.feed else "") or say("chưa có", "none yet"), c.feed.where if c.feed else "")
            for c in found
        ],
    )  # fmt: skip
    for one in found:
        for finding in one.findings:
            click.echo(f"  {finding.render(language(), one.file.parent)}")
    return int(any(c.feed is None for c in found))


@connector.command("check")
@click.argument("id")
@options
def check(id: str) -> int:
    """Go through what a pull of ID needs, step by step. Leaves with 1 at the first step that fails."""
    steps = _book().check(id)
    if wants_json():
        print_json([s.as_dict() for s in steps])
    else:
        lang = language()
        for number, step in enumerate(steps, 1):
            mark = "✓" if step.ok else "✗"
            found = step.found.in_(lang)
            click.echo(f"{number}. {mark} {step.name.in_(lang)}" + (f": {found}" if found else ""))
            if step.error:
                click.echo(
                    f"   {step.error['code']} {step.error['detail'][lang]} → {step.error['cure'][lang]}"
                )
    return int(not steps[-1].ok)


@connector.command("look")
@click.argument("id")
@options
def look(id: str) -> int:
    """What ID holds: tables or files, and the first rows of what is chosen."""
    found = _book().look(id)
    if wants_json():
        print_json(found.as_dict())
        return 0
    for thing in found.things[:200]:
        click.echo(f"{thing.kind}  {thing.name}")
    if found.columns:
        print_table(found.columns, [tuple(v or "" for v in row) for row in found.rows])
    return 0


@connector.command("pause")
@click.argument("id")
@click.option("--reason", required=True, help="Why; it shows on the source's page.")
@options
def pause(id: str, reason: str) -> int:
    """Stop pulling ID until it is resumed."""
    from tinh.flow.api import feeds

    feeds(province.corridor()).pause(id, reason, getpass.getuser())
    return _done(id, "paused", say("tạm dừng", "is paused"))


@connector.command("resume")
@click.argument("id")
@options
def resume(id: str) -> int:
    """Go on with ID, without waiting for what a failure imposed."""
    from tinh.flow.api import feeds

    feeds(province.corridor()).resume(id)
    return _done(id, "resumed", say("chạy lại", "goes on"))


@connector.command("reset")
@click.argument("id")
@click.option("--yes", is_flag=True, help="Do it; without it, what it would do is shown.")
@options
def reset(id: str, yes: bool) -> int:
    """Forget how far ID was fetched, so that the next pull begins at the start."""
    from tinh.flow.api import feeds

    found = feeds(province.corridor())
    says = found.reset_says(id)
    if yes:
        found.reset(id)
    if wants_json():
        print_json({"id": id, "reset": yes, "says": says.as_dict()})
    else:
        click.echo(says.in_(language()))
        click.echo(say("Đã đặt lại.", "Done.") if yes else say("Thêm --yes để làm.", "Add --yes to do it."))
    return 0


@connector.command("remove")
@click.argument("id")
@options
def remove(id: str) -> int:
    """Do away with the source ID; what it delivered stays."""
    _book().remove(id)
    return _done(id, "removed", say("đã xóa", "is removed"))


@connector.command("allow")
@click.argument("host")
@click.option("--close", is_flag=True, help="Take it back.")
@options
def allow(host: str, close: bool) -> int:
    """Let sources reach HOST inside the network."""
    from tinh.sources.api import Hosts

    corridor = province.corridor()
    hosts = Hosts(corridor.home.root)
    if close:
        hosts.close(host)
    else:
        hosts.let(host, getpass.getuser(), corridor.moment())
    return _done(host, "closed" if close else "allowed", say("đã ghi", "is noted"))


def _done(id: str, what: str, words: str) -> int:
    if wants_json():
        print_json({"id": id, "done": what})
    else:
        click.echo(f"{id}: {words}")
    return 0


COMMANDS = [connector]
