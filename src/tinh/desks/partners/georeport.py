"""Another system as GeoReport v2 lets it be spoken to: services, a request sent, its state, its updates.

Asks for XML, the form every server must have, and reads JSON too where a server answers that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, urlencode, urljoin, urlsplit

from tinh.desks.partners.errors import PartnerLost, PartnerRefuses, PartnerSilent, PartnerUnclear
from tinh.desks.partners.reading import Record, records
from tinh.sources.api import Said, SourceError, ask

PATIENCE = 25.0  # seconds for a call
LARGEST = 8_000_000  # bytes of an answer
SINGLY = 20  # requests asked for one by one in a round
_NOT_TAKEN = (408, 425, 429, 503)  # the server says itself that it did nothing
_NO_ADDRESS = ("SRC073", "SRC077")  # the address is refused, the name is unknown
_ELSEWHERE = (301, 302, 303, 307, 308)


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
class Listed:
    """A request in a partner's list. `account`: what it gives back of `account_id`, where it does."""

    id: str
    description: str
    account: str


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
                _text(r, "metadata").lower() == "true",
            )
            for r in found
            if _text(r, "service_code")
        ]

    def asked(self, code: str) -> list[str]:
        """The codes of what the service asks."""
        found = self._records(self._get(f"services/{quote(code, safe='')}.xml", {}), "attribute")
        return [_text(r, "code") for r in found if _text(r, "code")]

    def send(self, arguments: Mapping[str, str | Sequence[str]], once: str = "") -> Sent:
        """POST Service Request; `once` goes along as Idempotency-Key. PartnerRefuses when trying again would
        not help, PartnerUnclear when it was taken and trying again would make a second one, PartnerLost when
        nobody knows."""
        body = self._post("requests.xml", arguments, {"idempotency-key": once} if once else {})
        try:
            found = self._records(body, "request")
        except PartnerSilent as fault:
            raise PartnerUnclear(**fault.facts) from fault
        first = next((r for r in found if _text(r, "service_request_id") or _text(r, "token")), {})
        made = Sent(_text(first, "service_request_id"), _text(first, "token"), _text(first, "service_notice"))
        if not made.id and not made.token:
            why = {"why_vi": "không có mã hay token", "why_en": "neither an id nor a token"}
            raise PartnerUnclear(host=self.host, **why)
        return made

    def request_id(self, token: str) -> str:
        """The id behind a token; "" while there is none."""
        found = self._records(self._get(f"tokens/{quote(token, safe='')}.xml", {}), "request")
        return _text(found[0], "service_request_id") if found else ""

    def states(self, ids: Sequence[str]) -> list[State]:
        """How these requests stand. Those that a list does not give (some systems know no lists) are asked
        for one by one; those the partner does not know are missing."""
        try:
            body = self._get("requests.xml", {"service_request_id": ",".join(ids)})
            found = [one for one in map(_state, self._records(body, "request")) if one.id in set(ids)]
        except PartnerRefuses as refused:
            if refused.facts.get("status") not in (400, 404, 405):
                raise
            found = []
        known = {one.id for one in found}
        for id in [one for one in ids if one not in known][:SINGLY]:
            found += self._alone(id)
        return found

    def listed(self, service: str, start: datetime, end: datetime) -> list[Listed]:
        """The requests of a service within a time, as the partner lists them."""
        asked = {"service_code": service, "start_date": _written(start), "end_date": _written(end)}
        found = self._records(self._get("requests.xml", asked), "request")
        return [
            Listed(_text(r, "service_request_id"), _text(r, "description"), _text(r, "account_id"))
            for r in found
        ]

    def _alone(self, id: str) -> list[State]:
        try:
            body = self._get(f"requests/{quote(id, safe='')}.xml", {})
        except PartnerRefuses as refused:
            if refused.facts.get("status") in (400, 404, 405, 410):
                return []
            raise
        return [one for one in map(_state, self._records(body, "request")) if one.id == id]

    def updates(self, start: datetime, end: datetime) -> list[Update] | None:
        """What happened between two moments; None where the partner does not have this extension."""
        span = {"start_date": _written(start), "end_date": _written(end)}
        try:
            body = self._updates(span)
        except PartnerRefuses as refused:
            if refused.facts.get("status") in (400, 404, 405, 501):
                return None
            raise
        found = map(_update, self._records(body, "request_update"))
        return [one for one in found if one.request]

    def _updates(self, span: Mapping[str, str]) -> bytes:
        """FixMyStreet's kin may want the key for this one; it goes into an address only when asked for."""
        try:
            return self._get("servicerequestupdates.xml", span)
        except PartnerRefuses as refused:
            if refused.facts.get("status") not in (401, 403) or not self.key:
                raise
            return self._get("servicerequestupdates.xml", {**span, "api_key": self.key})

    def update(self, arguments: Mapping[str, str]) -> str:
        """POST Service Request Update; the partner's id of it."""
        found = self._records(self._post("servicerequestupdates.xml", arguments), "request_update")
        return _text(found[0], "update_id") if found else ""

    def _get(self, path: str, arguments: Mapping[str, str]) -> bytes:
        place = {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}
        query = urlencode({**place, **arguments})
        return self._ask("GET", f"{path}?{query}" if query else path, {}, b"")

    def _post(
        self,
        path: str,
        arguments: Mapping[str, str | Sequence[str]],
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        place = {"jurisdiction_id": self.jurisdiction} if self.jurisdiction else {}
        key = {"api_key": self.key} if self.key else {}
        body = urlencode({**place, **key, **arguments}, doseq=True).encode()
        form = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        return self._ask("POST", path, {**form, **(headers or {})}, body)

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
        sent = {**headers, "content-length": str(len(body))} if method == "POST" else dict(headers)
        address = f"{self.url.rstrip('/')}/{path}"
        said = self._said(method, address, sent, body)
        for _ in range(3):  # a reading is followed to where it has moved, on the same host; a sending is not
            moved = urljoin(address, said.headers.get("location", ""))
            if method != "GET" or said.status not in _ELSEWHERE or urlsplit(moved).hostname != self.host:
                break
            address = moved
            said = self._said(method, address, sent, body)
        lost = method == "POST" and said.status not in _NOT_TAKEN
        if said.cut:
            raise self._silent("trả lời quá dài", "its answer is too long", lost)
        if said.status >= 500 or said.status in _NOT_TAKEN:
            raise self._silent(f"HTTP {said.status}", f"HTTP {said.status}", lost)
        if said.status >= 300:
            raise PartnerRefuses(host=self.host, said=self._refusal(said), status=said.status)
        return said.body

    def _said(self, method: str, address: str, headers: Mapping[str, str], body: bytes) -> Said:
        try:
            return ask(
                method, address, {"accept": "text/xml", **headers}, body,
                patience=PATIENCE, private=self.private, largest=LARGEST,
            )  # fmt: skip
        except SourceError as error:
            told = error.detail()
            raise self._silent(told.vi, told.en, method == "POST" and not _unsent(error)) from error

    def _refusal(self, answer: Said) -> str:
        try:
            found = [_text(r, "description") for r in self._records(answer.body, "error")]
        except PartnerSilent:
            found = []
        if answer.status in _ELSEWHERE:
            found.append(f"HTTP {answer.status} → {answer.headers.get('location', '')[:200]}")
        return "; ".join(one for one in found if one)[:400] or f"HTTP {answer.status}"

    def _records(self, body: bytes, item: str) -> list[Record]:
        """Every element called `item`, as a record of its children's texts."""
        try:
            return records(body, item)
        except ValueError as error:
            what = str(error)[:100]
            raise self._silent(f"không phải XML Open311 ({what})", f"not Open311 XML ({what})") from error

    def _silent(self, vi: str, en: str, lost: bool = False) -> PartnerSilent:
        return (PartnerLost if lost else PartnerSilent)(host=self.host, why_vi=vi, why_en=en)


def _unsent(error: SourceError) -> bool:
    """Whether the line was never open, so that nothing can have been taken."""
    import httpcore

    never = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)
    return error.code in _NO_ADDRESS or isinstance(error.__cause__, never)


def _state(record: Record) -> State:
    return State(
        _text(record, "service_request_id"),
        _word(_text(record, "status")),
        _text(record, "status_notes"),
        _moment(_text(record, "updated_datetime")),
    )


def _update(record: Record) -> Update:
    """One without an id of its own is known by what it says."""
    request, status = _text(record, "service_request_id"), _word(_text(record, "status"))
    text, at = _text(record, "description"), _text(record, "updated_datetime")
    mark = hashlib.sha256("|".join((request, status, text, at)).encode()).hexdigest()[:32]
    id = _text(record, "update_id") or mark
    return Update(id, request, status, text, _moment(at), _text(record, "media_url"))


def _word(status: str) -> str:
    """ "In Progress" and `IN_PROGRESS` are one."""
    return "_".join(status.lower().replace("_", " ").replace("-", " ").split())


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
