"""A data service: rows of a dataset or values of indicators, by the contract and the caller's right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode
from zoneinfo import ZoneInfo

import polars as pl

from tinh.axis.exchange import Answer, Exchange
from tinh.axis.shares import describing, origins, writing
from tinh.axis.shares.asking import Asked, read
from tinh.axis.shares.callers import Seen, seen
from tinh.axis.shares.cursors import opened, sealed
from tinh.axis.shares.errors import MethodRefused, NoSuchPath, NoSuchRow, ShareError
from tinh.axis.shares.faults import faulty
from tinh.axis.shares.fields import keys_hidden
from tinh.axis.shares.ground import Desk, desk
from tinh.axis.shares.quotas import Quotas
from tinh.kit.errors import TinhError
from tinh.kit.ids import digest
from tinh.lake.api import Page, Pin
from tinh.packs.api import Dataset, Share

SEPARATOR = "\x1f"  # between the parts of a key, as the gate writes it
_SYSTEM = ("_receipt", "_row", "_received_at")
quotas = Quotas()


class DataService:
    """Answers one share from the lake."""

    def __init__(self, share: Share) -> None:
        self.share = share

    def openapi(self) -> Mapping[str, Any]:
        return describing.openapi(self.share, desk())

    def answer(self, exchange: Exchange) -> Answer:
        try:
            return self._answer(exchange, desk())
        except TinhError as error:
            if not isinstance(error, ShareError) and error.status >= 500 and not error.retry:
                raise
            return faulty(error, exchange)

    def _answer(self, exchange: Exchange, at: Desk) -> Answer:
        if exchange.method not in ("GET", "HEAD"):
            raise MethodRefused(method=exchange.method[:20], allowed="GET")
        who = seen(self.share, exchange.client)
        zone = ZoneInfo(at.catalogue.timezone)
        quotas.spend(self.share, exchange.client, at.corridor().clock.now(), zone)
        return Reading(self.share, who, at).answer(exchange)


class Reading:
    """One question of one caller."""

    def __init__(self, share: Share, who: Seen, at: Desk) -> None:
        self.share, self.who, self.at = share, who, at
        self.lake = at.corridor().lake
        self.dataset: Dataset | None = at.catalogue.datasets[share.dataset] if share.dataset else None
        self.veiled = self.dataset is not None and (
            not self.dataset.key or keys_hidden(self.dataset, who.fields)
        )
        self.versions = {id: at.catalogue.indicators[id].version for id in share.indicators}

    def answer(self, exchange: Exchange) -> Answer:
        named = parse_qs(exchange.query, keep_blank_values=True, errors="replace").get("format", [None])[0]
        form = writing.form_of(self.share, named, exchange.header("accept"))
        asked = read(exchange.query, self.share, self.who, self.at, form, self.veiled)
        key = exchange.path.strip("/")
        if "/" in key:
            raise NoSuchPath(path=exchange.path[:120])
        if key:
            return self._row(key, asked, exchange)
        return self._collection(asked, form, exchange)

    # ── reading ─────────────────────────────────────────────────────────────────────

    def pin(self) -> Pin:
        serving = self.lake.serving
        return serving.pin(self.dataset) if self.dataset is not None else serving.pin_values()

    def page(self, asked: Asked, pin: Pin) -> Page:
        ask = replace(asked.ask, columns=self._columns(asked))
        if self.dataset is not None:
            return self.lake.serving.page(self.dataset, ask, pin)
        page = self.lake.serving.page_values(self.versions, ask, pin)
        if page.rows.is_empty() and not page.rows.columns:
            return page
        return Page(
            page.rows.with_columns(pl.col("simulated").fill_null(False).alias("_simulated")), page.last
        )

    def count(self, asked: Asked, pin: Pin) -> int:
        if self.dataset is not None:
            return self.lake.serving.count(self.dataset, asked.ask, pin)
        return self.lake.serving.count_values(self.versions, asked.ask, pin)

    def _columns(self, asked: Asked) -> tuple[str, ...]:
        """The columns asked for, and those a row's key is made of."""
        key = () if self.dataset is None or self.veiled else ("_key",)
        return (*asked.fields, *key)

    def rows(self, page: Page, asked: Asked) -> Iterator[dict[str, Any]]:
        """Rows as they are told: the fields, `_id`, `_simulated` and, on demand, `_receipt`."""
        frame = page.rows
        if frame.is_empty():
            return
        keyed = (
            ()
            if self.veiled
            else (("_key",) if self.dataset is not None else ("indicator", "place", "period"))
        )
        more = [c for c in (*keyed, "_simulated", *(_SYSTEM if asked.receipt else ())) if c in frame.columns]
        extra = [c for c in dict.fromkeys(more) if c not in asked.fields]
        for row in writing.rows(frame, asked.fields, extra):
            out = {name: row[name] for name in asked.fields}
            parts = self._parts(row)
            if parts:
                out["_id"] = writing.address(parts)
            out["_simulated"] = bool(row.get("_simulated"))
            if asked.receipt:
                out["_receipt"] = self._origin(row)
            yield out

    def _parts(self, row: Mapping[str, Any]) -> list[str]:
        if self.veiled:
            return []
        if self.dataset is not None:
            return str(row["_key"]).split(SEPARATOR) if row.get("_key") else []
        return [str(row[name]) for name in ("indicator", "place", "period")]

    def _origin(self, row: Mapping[str, Any]) -> dict[str, Any]:
        if self.dataset is not None:
            return origins.of_row(row)
        return origins.of_value(self.at, str(row["indicator"]), str(row["place"]), str(row["period"]))

    # ── answers ─────────────────────────────────────────────────────────────────────

    def _collection(self, asked: Asked, form: str, exchange: Exchange) -> Answer:
        pin, after = opened(asked.cursor, asked.mark) if asked.cursor else (self.pin(), None)
        stand = pin.mark + (f".{self.lake.data_version(self.dataset)}" if self.dataset is not None else "")
        tag = f'"{digest(f"{asked.mark}.{stand}.{after}.{asked.ask.limit}.{asked.count}".encode())[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept"}
        if _matches(exchange.header("if-none-match"), tag):
            return Answer(304, headers)
        page = self.page(replace(asked, ask=replace(asked.ask, after=after)), pin)
        onward = sealed(pin, page.last, asked.mark) if page.last is not None else None
        if onward:
            headers |= {"X-Next-Cursor": onward, "Link": f'<?{_onward(exchange.query, onward)}>; rel="next"'}
        total = self.count(asked, pin) if asked.count else None
        if total is not None:
            headers["X-Total-Count"] = str(total)
        simulated = _simulated(page.rows)
        headers |= {"Content-Type": writing.TYPES[form], "X-Tinh-Simulated": simulated}
        found = list(self.rows(page, asked))
        if form == "json":
            meta: dict[str, Any] = {
                "service": self.share.id, "version": self.share.version, "simulated": simulated,
                "read_at": pin.at.isoformat().replace("+00:00", "Z"), "count": total,
            }  # fmt: skip
            if asked.ask.as_of is not None:
                meta["as_of"] = asked.ask.as_of.isoformat().replace("+00:00", "Z")
            return Answer(200, headers, _json({"data": found, "next": onward, "meta": meta}))
        names = [*asked.fields, *([] if self.veiled else ["_id"]), "_simulated"]
        names += ["_receipt"] if asked.receipt else []
        if form == "parquet":
            return Answer(200, headers, writing.parquet(self._frame(page.rows, found, asked, names)))
        return Answer(200, headers, b"".join(writing.written(found, form, names)))

    def _frame(
        self, rows: pl.DataFrame, found: list[dict[str, Any]], asked: Asked, names: list[str]
    ) -> pl.DataFrame:
        """The page with the lake's own types."""
        texts = {n: [_text(row.get(n)) for row in found] for n in names if n in ("_id", "_receipt")}
        frame = rows.select([c for c in asked.fields if c in rows.columns]) if len(rows) else pl.DataFrame()
        if frame.is_empty():
            frame = pl.DataFrame(schema=dict.fromkeys(asked.fields, pl.String))
        simulated = [bool(row["_simulated"]) for row in found]
        return frame.with_columns(
            *(pl.Series(n, v, dtype=pl.String) for n, v in texts.items()),
            pl.Series("_simulated", simulated, dtype=pl.Boolean),
        ).select(names)

    def _row(self, key: str, asked: Asked, exchange: Exchange) -> Answer:
        if self.veiled:
            raise NoSuchRow(key=key[:200])
        parts = [unquote(part) for part in key.split(",")]
        page = self._one(parts, asked)
        if page is None or page.rows.is_empty():
            raise NoSuchRow(key=key[:200])
        body = next(self.rows(page, asked))
        data = _json(body)
        tag = f'"{digest(data)[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Content-Type": writing.TYPES["json"]}
        headers["X-Tinh-Simulated"] = "true" if body["_simulated"] else "false"
        if _matches(exchange.header("if-none-match"), tag):
            return Answer(304, headers)
        return Answer(200, headers, data)

    def _one(self, parts: list[str], asked: Asked) -> Page | None:
        pin = self.pin()
        if self.dataset is not None:
            if len(parts) != len(self.dataset.key) or any("\0" in part for part in parts):
                return None
            ask = replace(asked.ask, key=SEPARATOR.join(parts), limit=1)
            return self.page(replace(asked, ask=ask), pin)
        if len(parts) != 3 or parts[0] not in self.versions:
            return None
        indicator, place, period = parts
        if self.who.places is not None and place not in self.who.places:
            return None
        if (asked.ask.first and period < asked.ask.first) or (
            asked.ask.last and period > asked.ask.last + "~"
        ):
            return None
        self.versions = {indicator: self.versions[indicator]}
        ask = replace(asked.ask, places=(place,), first=period, last=period, limit=2)
        page = self.page(replace(asked, ask=ask), pin)
        if page.rows.is_empty():
            return None
        return Page(page.rows.filter(pl.col("period") == period).head(1), None)


def _matches(header: str, tag: str) -> bool:
    return any(part.strip().removeprefix("W/") in (tag, "*") for part in header.split(",") if part.strip())


def _onward(query: str, cursor: str) -> str:
    kept = [(k, v) for k, values in parse_qs(query, keep_blank_values=True).items() for v in values]
    return urlencode([*((k, v) for k, v in kept if k != "cursor"), ("cursor", cursor)])


def _simulated(rows: pl.DataFrame) -> str:
    if rows.is_empty() or "_simulated" not in rows.columns:
        return "false"
    some, every = rows["_simulated"].any(), rows["_simulated"].all()
    return "true" if every else "partly" if some else "false"


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)
