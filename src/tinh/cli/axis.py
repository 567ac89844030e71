"""Verbs over the integration axis: who is on it, who may call what, and its log."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from tinh.cli.accounts import opened
from tinh.cli.output import language, options, print_json, print_table, say, wants_json

_BY = "tinh axis"


class _Day(click.ParamType[date]):
    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value} ≠ YYYY-MM-DD", param, ctx)


@click.group()
@options
def axis() -> None:
    """The integration axis: members, rights to call, the message log."""


@axis.command("member")
@click.argument("identifier")
@click.option("--name", default="", help="Name people read.")
@click.option("--contact", default="", help="Whom a refused caller may ask.")
@options
def member(identifier: str, name: str, contact: str) -> int:
    """Add a member that is no agency of the province: INSTANCE/CLASS/CODE. Agencies are there already."""
    with opened():
        from tinh.axis.api import add_member

        made = str(add_member(identifier, name, contact))
    return _said({"member": made}, made)


@axis.command("subsystem")
@click.argument("identifier")
@click.option("--name", default="", help="Name people read.")
@options
def subsystem(identifier: str, name: str) -> int:
    """Add a subsystem: AGENCY/CODE or INSTANCE/CLASS/MEMBER/CODE."""
    with opened():
        from tinh.axis.api import add_subsystem

        made = str(add_subsystem(identifier, name))
    return _said({"subsystem": made}, made)


@axis.command("key")
@click.argument("of")
@click.option("--name", default="", help="What the key is for.")
@click.option("--days", default=365, show_default=True, help="How long it opens the door.")
@options
def key(of: str, name: str, days: int) -> int:
    """A service key for the subsystem OF; its secret is shown once."""
    with opened():
        from tinh.axis import api

        found = api.subsystem(of)
        _, secret = api.create_key(found, name or _BY, _BY, days)
        shown = str(found)
    return _said({"subsystem": shown, "days": days, "secret": secret}, secret)


@axis.command("certificate")
@click.argument("of")
@click.argument("certificate")
@click.option("--days", default=365, show_default=True, help="How long it is believed.")
@options
def certificate(of: str, certificate: str, days: int) -> int:
    """Know the subsystem OF by its client CERTIFICATE: a PEM file, or its SHA-256 fingerprint."""
    fingerprint = certificate
    if Path(certificate).is_file():
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes

        read = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
        fingerprint = read.fingerprint(hashes.SHA256()).hex()
    with opened():
        from tinh.axis import api

        made = api.register_certificate(api.subsystem(of), fingerprint, _BY, _BY, days)
        fingerprint = made.digest
    return _said({"subsystem": of, "fingerprint": fingerprint}, fingerprint)


@axis.command("server")
@click.argument("name")
@click.option("--address", multiple=True, required=True, help="Address it connects from.")
@click.option("--claims", multiple=True, required=True, help="INSTANCE[/CLASS[/MEMBER]] it may speak for.")
@options
def server(name: str, address: tuple[str, ...], claims: tuple[str, ...]) -> int:
    """Trust a security server in front of this one; the secret it must show is shown once."""
    with opened():
        from tinh.axis.api import trust_server

        _, secret = trust_server(name, address, claims)
    return _said({"server": name, "secret": secret}, secret)


@axis.command("grant")
@click.argument("service")
@click.option("--to", "to", required=True, help="The subsystem that may call.")
@click.option("--purpose", required=True, help="What for.")
@click.option("--basis", required=True, help="Legal basis, such as the number of a decision.")
@click.option("--from", "since", type=_Day(), help="First day (YYYY-MM-DD); today otherwise.")
@click.option("--until", type=_Day(), help="Last day; without one, until it is taken back.")
@click.option("--method", default="*", show_default=True, help="Only this method.")
@click.option("--path", default="**", show_default=True, help="Only this path: * is one part, ** any.")
@click.option("--reason", default="", help="Why it is given.")
@options
def grant(
    service: str, to: str, purpose: str, basis: str, since: date | None, until: date | None, method: str,
    path: str, reason: str,
) -> int:  # fmt: skip
    """Let a subsystem call SERVICE."""
    with opened():
        from tinh.axis import api

        made = api.grant(
            api.service(service), api.subsystem(to), purpose=purpose, basis=basis, by=_BY, since=since,
            until=until, method=method, path=path, reason=reason,
        )  # fmt: skip
        number = made.pk
    return _said({"right": number}, say(f"quyền số {number}", f"right {number}"))


@axis.command("revoke")
@click.argument("right", type=int)
@click.option("--reason", required=True, help="Why it is taken back.")
@options
def revoke(right: int, reason: str) -> int:
    """Take back the right with this number, at once."""
    with opened():
        from tinh.axis import api

        api.revoke(right, _BY, reason)
    return _said(
        {"right": right, "revoked": True}, say(f"đã thu hồi quyền {right}", f"right {right} is gone")
    )


@axis.command("list")
@options
def listing() -> int:
    """Members with their subsystems, services, and the rights to call them."""
    with opened():
        from tinh.axis import api

        api.follow_agencies()
        members = [
            {"member": str(m), "name": m.name, "agency": m.agency,
             "subsystems": [s.code for s in api.Subsystem.objects.filter(member=m).order_by("code")]}
            for m in api.Member.objects.filter(active=True).order_by("klass", "code")
        ]  # fmt: skip
        services = [
            {"service": str(s), "title": s.title, "active": s.active}
            for s in api.Service.objects.select_related("subsystem__member").order_by("pk")
        ]
        rights = [
            {"right": r.pk, "service": str(r.service), "to": str(r.subsystem or r.group), "method": r.method,
             "path": r.path, "purpose": r.purpose, "basis": r.basis, "from": r.since.isoformat(),
             "until": r.until.isoformat() if r.until else None}
            for r in api.live_rights()
        ]  # fmt: skip
    if wants_json():
        print_json({"members": members, "services": services, "rights": rights})
        return 0
    print_table(
        (say("Thành viên", "Member"), say("Tên", "Name"), say("Hệ thống", "Subsystems")),
        [(m["member"], m["name"], ", ".join(m["subsystems"])) for m in members],
    )
    print_table(
        (say("Dịch vụ", "Service"), say("Tên", "Title")), [(s["service"], s["title"]) for s in services]
    )
    print_table(
        (say("Quyền", "Right"), say("Dịch vụ", "Service"), say("Bên gọi", "Caller"),
         say("Mục đích", "Purpose"), say("Đến", "Until")),
        [(str(r["right"]), r["service"], r["to"], r["purpose"], r["until"] or "–") for r in rights],
    )  # fmt: skip
    return 0


@axis.command("verify")
@options
def verify() -> int:
    """Hold the whole message log against its digests and signatures; names each entry that does not hold."""
    with opened():
        from tinh.axis import api

        verdict = api.verify(api.ground())
    if wants_json():
        print_json(
            {"whole": verdict.whole, "entries": verdict.entries, "batches": verdict.batches,
             "stamped": verdict.stamped, "head": verdict.head, "flaws": [f.as_dict() for f in verdict.flaws]}
        )  # fmt: skip
        return 0 if verdict.whole else 1
    for flaw in verdict.flaws:
        click.echo(f"✗ {flaw.says.in_(language())}" + (f" · {flaw.exchange}" if flaw.exchange else ""))
    click.echo(
        say(
            f"{verdict.entries} bản ghi, {verdict.batches} lô đã ký, {verdict.stamped} lô có dấu thời gian: "
            + ("toàn vẹn" if verdict.whole else f"{len(verdict.flaws)} sai lệch"),
            f"{verdict.entries} entries, {verdict.batches} signed batches, {verdict.stamped} stamped: "
            + ("whole" if verdict.whole else f"{len(verdict.flaws)} flaws"),
        )
    )
    return 0 if verdict.whole else 1


@axis.command("evidence")
@click.argument("id")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to; ID.zip otherwise.")
@options
def evidence(id: str, output: Path | None) -> int:
    """Write the evidence of one exchange (its number or X-Road-Id), verified with openssl alone."""
    with opened():
        from tinh.axis import api

        data = api.evidence(api.exchange(id))
    where = output or Path(f"{id}.zip")
    where.write_bytes(data)
    return _said({"file": str(where), "bytes": len(data)}, str(where))


@axis.command("call")
@click.argument("service")
@click.option("--client", required=True, help="The subsystem of ours that calls.")
@click.option("--method", default="GET", show_default=True)
@click.option("--path", default="", help="What follows the service, beginning with /.")
@click.option("--query", default="", help="What follows the question mark.")
@click.option("--header", multiple=True, help="NAME: VALUE")
@click.option("--data", default="", help="Body, or @FILE.")
@click.option("--user", default="", help="X-Road-UserId.")
@options
def call(
    service: str,
    client: str,
    method: str,
    path: str,
    query: str,
    header: tuple[str, ...],
    data: str,
    user: str,
) -> int:
    """Call a SERVICE of a member elsewhere, through the server that province.yaml declares for it."""
    body = Path(data[1:]).read_bytes() if data.startswith("@") else data.encode()
    headers = {n.strip(): v.strip() for n, _, v in (line.partition(":") for line in header)}
    with opened():
        from tinh.axis import api

        reply = api.call(
            service,
            client=client,
            method=method,
            path=path,
            query=query,
            headers=headers,
            body=body,
            user=user,
        )
    if wants_json():
        print_json(
            {"status": reply.status, "headers": dict(reply.headers), "id": reply.id, "bound": reply.bound,
             "body": reply.body.decode("utf-8", "replace")}
        )  # fmt: skip
    else:
        click.echo(reply.body, nl=False)
    return 0 if reply.status < 400 else 1


@axis.command("rotate")
@options
def rotate() -> int:
    """Sign the log with a new key from now on; the old certificates stay."""
    with opened():
        from tinh.axis import api

        made = api.Seals(api.ground().keys, api.ground().instance).rotate()
        fingerprint = made.fingerprint
    return _said({"fingerprint": fingerprint}, fingerprint)


@axis.command("stamp")
@options
def stamp() -> int:
    """Have the signed batches stamped by the timestamp authority (TINH_AXIS_TSA) now."""
    with opened():
        from tinh.axis import api

        count = api.stamp(api.ground())
    return _said({"batches": count}, say(f"{count} lô", f"{count} batches"))


def _said(facts: dict[str, object], words: str) -> int:
    if wants_json():
        print_json(facts)
    else:
        click.echo(words)
    return 0


COMMANDS = [axis]
