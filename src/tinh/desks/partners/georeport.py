"""Another system as GeoReport v2 lets it be spoken to: services, a request sent, its state, its updates.

Speaks XML, the form every server must have. What comes back is read without document types or entities,
and whatever order or extra elements it has.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from xml.parsers import expat

from tinh.desks.partners.errors import PartnerRefuses, PartnerSilent
from tinh.sources.api import SourceError, ask

PATIENCE = 25.0  # seconds for a call
LARGEST = 8_000_000  # bytes of an answer
_DEEPEST = 30
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    code: str
    name: str
    group: str = ""
    metadata: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How a request stands with the partner. `status`: open or closed."""

    id: str
    status: str
    notes: str = ""
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened to a request with the partner (FixMyStreet's extension)."""

    id: str
    request: str
    status: str
    text: str
    at: datetime | None
    media: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request was answered with: an id, or a token to ask for it later."""

    id: str = ""
    token: str = ""
    notice: str = ""


@dataclass(frozen=True)
class GeoReport:
    """One endpoint: `url` is what `/services.xml` is appended to. `private`: hosts that may lie inside."""

    url: str
    jurisdiction: str = ""
    key: str = field(default="", repr=False)
    private: Collection[str] = ()

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or self.url[:60]

    def services(self) -> list[Service]:
        found = self._records(self._get("services.xml", {}), "service")
        return [
            Service(
                _text(r, "service_code"),
                _text(r, "service_name"),
                _text(r, "group"),
                _text(r, "metadata") == "true",
            )
            for r in found
            if _text(r, "service_code")
        ]

    def send(self, arguments: Mapping[str, str | Sequence[str]]) -> Sent:
        """POST Service Request. PartnerRefuses when trying again would not help."""
        found = self._records(self._post("requests.xml", arguments), "request")
        first = found[0] if found else {}
        made = Sent(_text(first, "service_request_id"), _text(first, "token"), _text(first, "service_notice"))
        if not made.id and not made.token:
            raise self._silent("không trả mã hay token", "neither an id nor a token came back")
        return made

    def request_id(self, token: str) -> str:
        """The id behind a token; "" while there is none."""
        found = self._records(self._get(f"tokens/{quote(token, safe='')}.xml", {}), "request")
        return _text(found[0], "service_request_id") if found else ""

    def states(self, ids: Sequence[str]) -> list[State]:
        """How these requests stand; those the partner does not know are missing."""
        found = self._records(self._get("requests.xml", {"service_request_id": ",".join(ids)}), "request")
        return [
            State(
                _text(r, "service_request_id"),
                _text(r, "status").lower(),
                _text(r, "status_notes"),
                _moment(_text(r, "updated_datetime")),
            )
            for r in found
            if _text(r, "service_request_id")
        ]

    def updates(self, start: datetime, end: datetime) -> list[Update] | None:
        """What happened between two moments; None where the partner does not have this extension."""
        span = {"start_date": _written(start), "end_date": _written(end)}
        try:
            body = self._get("servicerequestupdates.xml", span)
        except PartnerRefuses as refused:
            if refused.facts.get("status") in (400, 404, 405, 501):
                return None
            raise
        return [
            Update(
                _text(r, "update_id"),
                _text(r, "service_request_id"),
                _text(r, "status").lower(),
                _text(r, "description"),
                _moment(_text(r, "updated_datetime")),
                _text(r, "media_url"),
            )
            for r in self._records(body, "request_update")
            if _text(r, "update_id") and _text(r, "service_request_id")
        ]

    def update(self, arguments: Mapping[str, str]) -> str:
        """POST Service Request Update; the partner's id of it."""
        found = self._records(self._post("servicerequestupdates.xml", arguments), "request_update")
        return _text(found[0], "update_id") if found else ""

    def _get(self, path: str, arguments: Mapping[str, str]) -> bytes:
        place = {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}
        query = urlencode({**place, **arguments})
        return self._ask("GET", f"{path}?{query}" if query else path, {}, b"")

    def _post(self, path: str, arguments: Mapping[str, str | Sequence[str]]) -> bytes:
        place = {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}
        key = {"api_key": self.key} if self.key else {}
        body = urlencode({**place, **key, **arguments}, doseq=True).encode()
        return self._ask(
            "POST", path, {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}, body
        )

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        sent = {**headers, "content-length": str(len(body))} if method == "POST" else dict(headers)
        try:
            said = ask(
                method, f"{self.url.rstrip('/')}/{path}", {"accept": "text/xml", **sent}, body,
                patience=PATIENCE, private=self.private, largest=LARGEST,
            )  # fmt: skip
        except SourceError as error:
            told = error.detail()
            raise PartnerSilent(host=self.host, why_vi=told.vi, why_en=told.en) from error
        if said.cut:
            raise self._silent("trả lời quá dài", "its answer is too long")
        if said.status >= 500 or said.status in (408, 425, 429):
            raise self._silent(f"HTTP {said.status}", f"HTTP {said.status}")
        if said.status >= 300:
            raise PartnerRefuses(
                host=self.host, said=self._refusal(said.body, said.status), status=said.status
            )
        return said.body

    def _refusal(self, body: bytes, status: int) -> str:
        try:
            found = [_text(r, "description") for r in self._records(body, "error")]
        except PartnerSilent:
            found = []
        return "; ".join(one for one in found if one)[:400] or f"HTTP {status}"

    def _records(self, body: bytes, item: str) -> list[Record]:
        """Every element called `item`, as a record of its children's texts."""
        try:
            return _read(body, item)
        except (expat.ExpatError, ValueError) as error:
            raise self._silent(f"không phải XML Open311 ({error})", f"not Open311 XML ({error})") from error

    def _silent(self, vi: str, en: str) -> PartnerSilent:
        return PartnerSilent(host=self.host, why_vi=vi, why_en=en)


def _read(body: bytes, item: str) -> list[Record]:
    found: list[Record] = []
    path: list[str] = []
    texts: list[list[str]] = []
    at: list[int] = []  # depth of the open record

    def begin(name: str, _attributes: Any) -> None:
        path.append(name.rpartition(":")[2])
        texts.append([])
        if len(path) > _DEEPEST:
            raise ValueError("too deep")
        if path[-1] == item and not at:
            at.append(len(path))
            found.append({})

    def end(_name: str) -> None:
        name, text = path.pop(), "".join(texts.pop()).strip()
        if at and len(path) == at[0]:
            found[-1].setdefault(name, text)
        if at and len(path) < at[0]:
            at.pop()

    def refuse(*_: object) -> int:
        raise ValueError("document types and entities are not read")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = lambda text: texts[-1].append(text) if texts else None
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.Parse(body, True)
    return found


def _text(record: Record, name: str) -> str:
    return str(record.get(name, ""))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
