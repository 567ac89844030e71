"""Verbs over agencies: the directory, adding one, merging two, the communes of the gazetteer at once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import click

from tinh.cli import province
from tinh.cli.accounts import opened
from tinh.cli.errors import NotMerged
from tinh.cli.output import language, options, print_json, print_table, say, wants_json
from tinh.packs.api import AGENCY_KINDS, Agency, matches

_KINDS = {
    "department": ("sở, ban, ngành", "department"), "commune": ("cấp xã", "commune"),
    "enterprise": ("doanh nghiệp", "enterprise"), "national": ("trung ương", "national"),
    "other": ("khác", "other"),
}  # fmt: skip
BY = "tinh agency"


@click.group()
@options
def agency() -> None:
    """Who owns data, sends it and has people: departments, communes, enterprises."""


@agency.command("list")
@click.option("--kind", type=click.Choice(AGENCY_KINDS), help="Only agencies of this kind.")
@click.option("--text", default="", help="Part of a name, a former name, an id or an identifier.")
@options
def listing(kind: str | None, text: str) -> int:
    """Every agency, declared or made here. A merged one stands under its successor."""
    declared = province.catalogue()
    found = [a for a in declared.agencies.values() if kind in (None, a.kind) and matches(a, text)]
    if wants_json():
        print_json([_as_dict(one) for one in found])
        return 0
    owned = [d.owner for d in declared.datasets.values()]
    print_table(
        (say("Mã", "Id"), say("Tên", "Name"), say("Loại", "Kind"), say("Gồm", "With"),
         say("Bộ dữ liệu", "Datasets")),
        [
            (a.id, a.name.in_(language()), say(*_KINDS[a.kind]), ", ".join(x.id for x in a.aliases if x.id),
             owned.count(a.id) or "")
            for a in found
        ],
    )  # fmt: skip
    return 0


@agency.command("show")
@click.argument("id")
@options
def show(id: str) -> int:
    """One agency with what is its own; the id of a merged one shows its successor."""
    from tinh.jobs.api import agencies, holdings

    with opened():
        from tinh.people.api import NoSuchAgency

        found = agencies().get(id)
        if found is None:
            raise NoSuchAgency(agency=id, near=", ".join(list(agencies())[:8]))
        held = holdings(found.id)
        origin = agencies().origin(found.id)
    facts = {**_as_dict(found), "origin": origin, "holds": held.as_dict()}
    if wants_json():
        print_json(facts)
        return 0
    click.echo(f"{found.id}  {found.name.in_(language())}")
    for alias in found.aliases:
        until = f" ({say('đến hết', 'until')} {alias.until:%d.%m.%Y})" if alias.until else ""
        click.echo(f"  {say('gồm', 'with')} {alias.id} {alias.name.in_(language())}{until}")
    for scheme, value in found.identifiers.items():
        click.echo(f"  {scheme}: {value}")
    click.echo(f"  {say('bộ dữ liệu', 'datasets')}: {', '.join(held.datasets) or '–'}")
    click.echo(f"  {say('nguồn', 'feeds')}: {', '.join(held.feeds) or '–'}")
    click.echo(f"  {say('người', 'people')}: {held.people}")
    return 0


@agency.command("add")
@click.argument("name")
@click.option("--id", "id", default="", help="Short id; made of the name otherwise.")
@click.option("--name-en", default="", help="Name in English.")
@click.option("--short", default="", help="Name for narrow places.")
@click.option("--kind", type=click.Choice(AGENCY_KINDS), default="department", show_default=True,
              help="What sort of agency it is.")  # fmt: skip
@click.option("--identifier", multiple=True, metavar="SCHEME=VALUE",
              help="Official identifier, such as ma-dinh-danh=H55.01; may be given again.")  # fmt: skip
@click.option("--parent", default="", help="Agency it belongs to.")
@click.option("--place", default="", help="Code of the unit it answers for.")
@click.option("--sector", multiple=True, help="Pack it works in; may be given again.")
@click.option("--head", default="", help="User name of its head.")
@click.option("--email", default="", help="Where it is written to.")
@click.option("--phone", default="", help="Where it is called.")
@options
def add(
    name: str, id: str, name_en: str, short: str, kind: str, identifier: tuple[str, ...], parent: str,
    place: str, sector: tuple[str, ...], head: str, email: str, phone: str,
) -> int:  # fmt: skip
    """Add the agency NAME; a running server knows it within a second."""
    from tinh.jobs.api import add_agency

    fields: dict[str, Any] = {
        "id": id, "name": {"vi": name, "en": name_en or name}, "short": {"vi": short, "en": short},
        "kind": kind, "parent": parent, "place": place, "sectors": list(sector), "head": head,
        "identifiers": dict(pair.partition("=")[::2] for pair in identifier),
        "contact": {"email": email, "phone": phone},
    }  # fmt: skip
    with opened():
        made = add_agency(fields, BY)
    if wants_json():
        print_json(_as_dict(made))
    else:
        click.echo(f"{made.id}  {made.name.in_(language())}")
    return 0


@agency.command("communes")
@options
def communes() -> int:
    """Add the People's Committee of every commune that no agency answers for."""
    from tinh.jobs.api import add_communes

    with opened():
        made = add_communes(BY)
    if wants_json():
        print_json([_as_dict(one) for one in made])
    else:
        click.echo(say(f"Đã thêm {len(made)} cơ quan.", f"{len(made)} agencies added."))
    return 0


@agency.command("merge")
@click.argument("of")
@click.argument("into")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day OF stood by itself (today).")
@click.option("--yes", is_flag=True, help="Do it; without it only what would move is shown.")
@options
def merge(of: str, into: str, until: datetime | None, yes: bool) -> int:
    """Merge the agency OF into INTO: its data, sources, people and posts are INTO's from then on."""
    from tinh.jobs.api import agencies, holdings, merge_agency

    with opened():
        held = holdings(agencies().resolve(of)).as_dict()
        if not yes:
            if wants_json():
                print_json({"of": of, "into": into, "moves": held, "merged": False})
                return 0
            for key, value in held.items():
                click.echo(f"  {key}: {', '.join(value) if isinstance(value, list) else value}")
            raise NotMerged(of=of, into=into)
        last = until.date() if until else date.today()
        made = merge_agency(of, into, last, BY)
    if wants_json():
        print_json({"of": of, "into": made.id, "moves": held, "merged": True})
    else:
        click.echo(say(f"Đã sáp nhập {of} vào {made.id}.", f"{of} was merged into {made.id}."))
    return 0


def _as_dict(one: Agency) -> dict[str, Any]:
    return one.model_dump(mode="json")


COMMANDS = [agency]
