"""What the axis itself answers: which clients there are, which services, which of them one may call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

from tinh.axis import faults
from tinh.axis.exchange import Answer
from tinh.axis.faults import Fault, bad_request
from tinh.axis.names import Name
from tinh.axis.providers import provider_of
from tinh.axis.snapshot import Client, Offer, Snapshot
from tinh.kit.errors import Text

NAMES = ("listMethods", "allowedMethods", "getOpenAPI")
_JSON = {"content-type": "application/json;charset=utf-8"}


def methods(snapshot: Snapshot, owner: tuple[str, ...], client: Client | None, day: date | None) -> Answer:
    """listMethods; with a `day`, allowedMethods: what `client` may call on it."""
    listed = []
    for parts, offer in sorted(snapshot.offers.items()):
        if parts[:-1] != owner or not offer.active:
            continue
        ends = [{"method": method, "path": path} for method, path in offer.endpoints]
        if day is not None:
            held = offer.allowed(client.id, day) if client is not None else []
            if not held:
                continue
            ends = [
                end
                for end in ends
                if any(
                    h.method in ("*", end["method"])
                    and (h.path is None or (h.path.pattern and h.path.fullmatch(end["path"])))
                    for h in held
                )
            ]
        listed.append(
            {
                "member_class": parts[1], "member_code": parts[2], "object_type": "SERVICE",
                "service_code": parts[4], "service_type": "OPENAPI" if offer.openapi else "REST",
                "subsystem_code": parts[3], "xroad_instance": parts[0], "endpoint_list": ends,
            }
        )  # fmt: skip
    return Answer(200, _JSON, _dump({"service": listed}))


def openapi(snapshot: Snapshot, owner: tuple[str, ...], query: Mapping[str, list[str]]) -> Answer:
    """getOpenAPI?serviceCode=…: the description of a service."""
    codes = query.get("serviceCode", [])
    if len(codes) != 1 or not codes[0]:
        raise bad_request("thiếu tham số serviceCode", "the query parameter serviceCode is missing")
    name = Name((*owner, codes[0]))
    offer = snapshot.offers.get(name.parts)
    if offer is None or not offer.active:
        raise unknown_service(name)
    described = description(offer)
    if not described:
        raise Fault(
            "Server.ServerProxy.InvalidServiceType",
            Text(
                f"Dịch vụ {name.spoken} không có mô tả OpenAPI",
                f"Service {name.spoken} has no OpenAPI description",
            ),
        )
    return Answer(200, _JSON, _dump(described))


def description(offer: Offer) -> Mapping[str, Any]:
    return provider_of(offer.name.text, offer.provider).openapi() if offer.openapi else {}


def clients(snapshot: Snapshot, instance: str, accept: str) -> Answer:
    """listClients: members and subsystems of an instance, as XML unless JSON is asked for."""
    rows: list[tuple[tuple[str, ...], str, str]] = [
        (parts, name, "") for parts, name in snapshot.members.items() if parts[0] == instance
    ]
    rows += [
        (parts, snapshot.members.get(parts[:3], ""), said)
        for parts, said in snapshot.subsystems.items()
        if parts[0] == instance
    ]
    rows.sort()
    if not any(p.split(";", 1)[0].strip().lower() == "application/json" for p in accept.split(",")):
        return Answer(200, {"content-type": "text/xml;charset=utf-8"}, _xml(rows).encode())
    listed = []
    for parts, name, said in rows:
        id = {"member_class": parts[1], "member_code": parts[2]}
        if len(parts) == 4:
            id["subsystem_code"] = parts[3]
        id |= {"object_type": "SUBSYSTEM" if len(parts) == 4 else "MEMBER", "xroad_instance": parts[0]}
        listed.append({"id": id, "name": name, **({"subsystem_name": said} if said else {})})
    return Answer(200, _JSON, _dump({"member": listed}))


def _xml(rows: list[tuple[tuple[str, ...], str, str]]) -> str:
    out = [
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<ns2:clientList '
        'xmlns:ns1="http://x-road.eu/xsd/identifiers" xmlns:ns2="http://x-road.eu/xsd/xroad.xsd">'
    ]
    tags = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    for parts, name, said in rows:
        kind = "SUBSYSTEM" if len(parts) == 4 else "MEMBER"
        id = "".join(f"<ns1:{tag}>{escape(part)}</ns1:{tag}>" for tag, part in zip(tags, parts, strict=False))
        told = f"<ns2:subsystemName>{escape(said)}</ns2:subsystemName>" if said else ""
        out.append(
            f'<ns2:member><ns2:id ns1:objectType="{kind}">{id}</ns2:id>'
            f"<ns2:name>{escape(name)}</ns2:name>{told}</ns2:member>"
        )
    return "".join([*out, "</ns2:clientList>"])


def unknown_service(name: Name) -> Fault:
    return Fault(
        faults.UNKNOWN_SERVICE,
        Text(f"Trục không có dịch vụ {name.spoken}", f"Unknown service: {name.spoken}"),
    )


def _dump(what: Any) -> bytes:
    return json.dumps(what, ensure_ascii=False).encode()
