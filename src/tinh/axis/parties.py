"""Who is at the door: a key, a client certificate told by a proxy we declared, or a security server.

Each proves which subsystem (or, for a server, which members) may be named in X-Road-Client.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tinh.axis import faults, wire
from tinh.axis.faults import Fault
from tinh.axis.ground import Ground
from tinh.axis.names import Name
from tinh.axis.registry import MARK
from tinh.axis.snapshot import Client, Snapshot, Trusted
from tinh.kit.errors import Text

_WHO = Text(
    "Chưa chứng thực hệ thống gọi: gửi Authorization: Bearer <khóa dịch vụ> của hệ thống đó, "
    "hoặc kết nối bằng chứng thư đã đăng ký",
    "The calling system is not authenticated: send Authorization: Bearer <its service key>, "
    "or connect with its registered certificate",
)
_OVER = Text(
    "Khóa hoặc chứng thư không đúng, đã hết hạn hoặc đã bị thu hồi",
    "The key or certificate is unknown, has expired or was revoked",
)


@dataclass(frozen=True, slots=True)
class Party:
    """Whoever proved something: the subsystems it is, or the server it is."""

    clients: tuple[Client, ...] = ()
    server: Trusted | None = None
    by_bearer: bool = False  # the Authorization header was for us and goes no further


def party(snapshot: Snapshot, ground: Ground, headers: Mapping[str, str], address: str) -> Party:
    """Raises Fault when nothing is proven."""
    from_proxy = address in ground.proxies
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    bearer = scheme.lower() == "bearer" and secret.strip().startswith(MARK)
    shown = headers.get(wire.KEY) or (secret.strip() if bearer else "")
    if shown:
        found = snapshot.keys.get(hashlib.sha256(shown.encode("latin-1", "replace")).hexdigest())
        if found is None or found[1] <= datetime.now(UTC):
            raise Fault(faults.NOT_PROVEN, _OVER)
        return Party((found[0],), by_bearer=bearer)
    if wire.SERVER_KEY in headers:
        digest = hashlib.sha256(headers[wire.SERVER_KEY].encode("latin-1", "replace")).hexdigest()
        server = snapshot.servers.get(digest)
        where = headers.get("x-forwarded-for", "").rsplit(",", 1)[-1].strip() if from_proxy else address
        if server is None or where not in server.addresses:
            raise Fault(faults.NOT_PROVEN, _OVER)
        return Party(server=server)
    if from_proxy and headers.get(wire.CERTIFICATE):
        fingerprint = fingerprint_of(headers[wire.CERTIFICATE])
        now = datetime.now(UTC)
        live = tuple(c for c, until in snapshot.certificates.get(fingerprint, ()) if until > now)
        if not live:
            raise Fault(faults.NOT_PROVEN, _OVER)
        return Party(live)
    raise Fault(faults.NOT_PROVEN, _WHO)


def claimed(snapshot: Snapshot, who: Party, name: Name) -> Client | None:
    """The client that X-Road-Client names, if the party may name it; None for a member by itself."""
    if who.server is not None:
        text = name.text
        if not any(text == c or text.startswith(c.rstrip("/") + "/") for c in who.server.claims):
            raise Fault(faults.NOT_PROVEN, _not_yours(name, who.server.name))
    elif not any(c.name.parts == name.parts or c.name.parts[:3] == name.parts for c in who.clients):
        raise Fault(faults.NOT_PROVEN, _not_yours(name, ", ".join(c.name.text for c in who.clients)))
    if len(name.parts) == 3:
        if name.parts not in snapshot.members:
            raise _unknown(name)
        return None
    found = snapshot.clients.get(name.parts)
    if found is None or not found.active:
        raise _unknown(name)
    return found


def _unknown(name: Name) -> Fault:
    return Fault(
        faults.UNKNOWN_MEMBER,
        Text(f"Không có hệ thống gọi “{name.spoken}” trên trục", f"Client '{name.spoken}' not found"),
    )


def _not_yours(name: Name, shown: str) -> Text:
    return Text(
        f"X-Road-Client là “{name.spoken}”, nhưng khóa hoặc chứng thư đã gửi là của {shown}",
        f"X-Road-Client is '{name.spoken}', but the key or certificate shown belongs to {shown}",
    )


@lru_cache(256)
def fingerprint_of(header: str) -> str:
    """SHA-256 of the certificate a proxy tells of: its fingerprint, or the PEM itself, percent-encoded."""
    if "BEGIN" in header:
        try:
            certificate = x509.load_pem_x509_certificate(unquote(header).replace("\t", "\n").encode())
        except ValueError:
            return ""
        return certificate.fingerprint(hashes.SHA256()).hex()
    return header.replace(":", "").strip().lower()
