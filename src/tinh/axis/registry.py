"""Members, subsystems, services and keys: made, changed and looked up."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tinh.axis.errors import AlreadyThere, IdentifierRefused, NoSuchMember
from tinh.axis.ground import ground
from tinh.axis.models import Credential, Group, Member, Server, Service, Subsystem
from tinh.axis.names import checked, named
from tinh.packs.api import Agency

MEMBER = "INSTANCE/CLASS/MEMBER"
SUBSYSTEM = f"{MEMBER}/SUBSYSTEM"
SERVICE = f"{SUBSYSTEM}/SERVICE"
MARK = "tinhx_"  # lets a secret scanner find a leaked one
META = ("listMethods", "allowedMethods", "getOpenAPI", "getWsdl")  # codes the protocol keeps for itself


def follow_agencies() -> int:
    """Give every agency of the directory its member; how many were new. An agency that is gone keeps its own,
    closed: what it exchanged stays told."""
    stand = ground()
    agencies = stand.agencies()
    known = {member.agency: member for member in Member.objects.exclude(agency="")}
    new = 0
    for id, agency in agencies.items():
        if id in known:
            was = known[id]
            name, contact = agency.name.vi, _contact(agency)
            if (was.name, was.contact, was.active) != (name, contact, True):
                Member.objects.filter(pk=was.pk).update(name=name, contact=contact, active=True)
            continue
        with transaction.atomic():
            _, made = Member.objects.get_or_create(
                instance=stand.instance, klass=_class(agency, stand.classes), code=_code(agency),
                defaults={"agency": id, "name": agency.name.vi, "contact": _contact(agency)},
            )  # fmt: skip
        new += made
    gone = [m.pk for id, m in known.items() if id not in agencies and m.active]
    if gone:
        Member.objects.filter(pk__in=gone).update(active=False)
    return new


def _class(agency: Agency, classes: Sequence[str]) -> str:
    wanted = "COM" if agency.kind == "enterprise" else "GOV"
    return wanted if wanted in classes else classes[0]


def _code(agency: Agency) -> str:
    official = (agency.official, *agency.identifiers.values(), agency.id)
    return next(code for code in official if re.fullmatch(r"[A-Za-z0-9'()+,\-.=?]{1,64}", code))


def _contact(agency: Agency) -> str:
    who = agency.contact
    return ", ".join(part for part in (who.name, who.phone, who.email) if part)[:300]


def add_member(identifier: str, name: str = "", contact: str = "") -> Member:
    """A member that is no agency of the province."""
    instance, klass, code = named(identifier, MEMBER).parts
    if instance == ground().instance and klass not in ground().classes:
        raise IdentifierRefused(part=klass, wanted=" | ".join(ground().classes))
    return _made(Member, identifier, instance=instance, klass=klass, code=code, name=name, contact=contact)  # type: ignore[no-any-return]  # what it makes is named first


def member(identifier: str) -> Member:
    """By identifier, or by the id of the agency."""
    if "/" not in identifier:
        found = Member.objects.filter(agency=identifier).exclude(agency="").first()
    else:
        instance, klass, code = named(identifier, MEMBER).parts
        found = Member.objects.filter(instance=instance, klass=klass, code=code).first()
    if found is None:
        raise NoSuchMember(what="member", name=identifier)
    return found


def add_subsystem(identifier: str, name: str = "") -> Subsystem:
    """A new subsystem: `MEMBER/CODE`, the member by its identifier or by its agency's id."""
    of, _, code = identifier.strip("/").rpartition("/")
    owner = member(of)
    checked(code, SUBSYSTEM)
    return _made(Subsystem, identifier, member=owner, code=code, name=name)  # type: ignore[no-any-return]  # what it makes is named first


def subsystem(identifier: str) -> Subsystem:
    of, _, code = identifier.strip("/").rpartition("/")
    found = Subsystem.objects.select_related("member").filter(member=member(of), code=code).first()
    if found is None:
        raise NoSuchMember(what="subsystem", name=identifier)
    return found


def service(identifier: str) -> Service:
    of, _, code = identifier.strip("/").rpartition("/")
    query = Service.objects.select_related("subsystem__member")
    found = query.filter(subsystem=subsystem(of), code=code).first()
    if found is None:
        raise NoSuchMember(what="service", name=identifier)
    return found


def publish(
    identifier: str,
    provider: str,
    *,
    title: str = "",
    title_en: str = "",
    endpoints: Iterable[tuple[str, str]] = (),
    openapi: bool = True,
    keep: str = "digest",
    keep_days: int = 90,
    max_bytes: int = 50_000_000,
    timeout: int = 60,
) -> Service:
    """Offer a service, or change what is offered under this identifier. `provider` is `kind:reference`;
    `endpoints` are (method, path). Its subsystem is made when it is missing."""
    of, _, code = identifier.strip("/").rpartition("/")
    checked(code, SERVICE)
    if code in META:
        raise IdentifierRefused(part=code, wanted=SERVICE)
    try:
        owner = subsystem(of)
    except NoSuchMember:
        owner = add_subsystem(of)
    facts: dict[str, Any] = {
        "provider": provider, "title": title, "title_en": title_en, "openapi": openapi, "keep": keep,
        "keep_days": keep_days, "max_bytes": max_bytes, "timeout": timeout, "active": True,
        "endpoints": [{"method": method.upper(), "path": path} for method, path in endpoints],
    }  # fmt: skip
    made, new = Service.objects.get_or_create(subsystem=owner, code=code, defaults=facts)
    if not new and any(getattr(made, name) != value for name, value in facts.items()):
        Service.objects.filter(pk=made.pk).update(**facts)
        made.refresh_from_db()
    return made


def withdraw(identifier: str, notice: str = "") -> None:
    """Offer it no longer; the log and the rights on record stay."""
    found = service(identifier)
    Service.objects.filter(pk=found.pk).update(active=False, notice=notice[:300])


def create_key(of: Subsystem, name: str, by: str, days: int = 365) -> tuple[Credential, str]:
    """A service key of a subsystem and its secret, shown this once."""
    secret = MARK + secrets.token_urlsafe(32)
    made = Credential.objects.create(
        subsystem=of, kind="key", name=name[:200], created_by=by, digest=digest_of(secret),
        expires_at=timezone.now() + timedelta(days=days),
    )  # fmt: skip
    return made, secret


def register_certificate(of: Subsystem, fingerprint: str, name: str, by: str, days: int = 365) -> Credential:
    """Know a subsystem by the SHA-256 fingerprint of its client certificate (64 hexadecimal digits)."""
    bare = re.sub(r"[:\s]", "", fingerprint).lower()
    if not re.fullmatch(r"[0-9a-f]{64}", bare):
        raise IdentifierRefused(part=fingerprint[:80], wanted="SHA-256 (64 × 0-9 a-f)")
    return _made(  # type: ignore[no-any-return]  # what it makes is named first
        Credential, bare, subsystem=of, kind="certificate", name=name[:200], created_by=by, digest=bare,
        expires_at=timezone.now() + timedelta(days=days),
    )  # fmt: skip


def revoke_credential(credential: Credential) -> None:
    Credential.objects.filter(pk=credential.pk, revoked_at=None).update(revoked_at=timezone.now())


def trust_server(name: str, addresses: Sequence[str], claims: Sequence[str]) -> tuple[Server, str]:
    """Believe a security server at these addresses, if it shows its secret (returned this once), when it
    names a client whose identifier begins with one of `claims` (`INSTANCE/CLASS[/MEMBER]`)."""
    secret = MARK + secrets.token_urlsafe(32)
    made = _made(
        Server, name, name=checked(name, "NAME"), addresses=list(addresses), claims=list(claims),
        digest=digest_of(secret),
    )  # fmt: skip
    return made, secret


def group_of(owner: Subsystem, code: str, members: Sequence[Subsystem], name: str = "") -> Group:
    """A local group of a provider with these subsystems in it, in place of those that were."""
    checked(code, "GROUP")
    made, _ = Group.objects.get_or_create(owner=owner, code=code, defaults={"name": name})
    made.subsystems.set(members)
    return made


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _made(model: Any, said: str, /, **fields: Any) -> Any:
    try:
        with transaction.atomic():
            return model.objects.create(**fields)
    except IntegrityError as fault:
        raise AlreadyThere(name=said) from fault
