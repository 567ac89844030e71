"""Subscription files → subscriptions, with every contradiction found; and those made on the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from tinh.kit import yamltree
from tinh.kit.errors import Finding, Text
from tinh.kit.ids import digest
from tinh.kit.yamltree import Document
from tinh.packs.agency import Agency
from tinh.packs.called import dataset_called
from tinh.packs.check import shape
from tinh.packs.feeds import seconds
from tinh.packs.findings import Faults, Keys
from tinh.packs.indicators import said
from tinh.packs.models import AlertRule, Catalogue, Dataset, Indicator, Pack
from tinh.packs.read import PackSource, subscription_documents
from tinh.packs.resolve import Register
from tinh.packs.subscription import Receiver, Subscription, Wanted
from tinh.packs.subscriptionfile import SubscriptionFile, TargetEntry

FOLDER = "subscriptions"
_SECRET = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a subscription may name; the functions give the final id of a short one, or None."""

    datasets: Mapping[str, Dataset]
    indicators: Mapping[str, Indicator]
    alerts: Mapping[str, AlertRule]
    agencies: Mapping[str, Agency]
    owners: Mapping[str, str]  # pack → its owner
    dataset: Callable[[str], str | None]
    indicator: Callable[[str], str | None]
    alert: Callable[[str], str | None]


def known(catalogue: Catalogue, agencies: Mapping[str, Agency]) -> Known:
    """What a subscription outside any pack may name."""
    return Known(
        catalogue.datasets, catalogue.indicators, catalogue.alerts, agencies,
        {id: pack.owner for id, pack in catalogue.packs.items()},
        lambda id: found.id if (found := dataset_called(catalogue, id)) else None,
        lambda id: id if id in catalogue.indicators else None,
        lambda id: id if id in catalogue.alerts else None,
    )  # fmt: skip


class Declaring(Protocol):
    """A province while it is compiled, as far as subscriptions look at it."""

    folder: Path
    faults: Faults
    packs: dict[str, Pack]
    sources: dict[str, PackSource]
    datasets: Register[Dataset]
    indicators: Register[Indicator]
    alerts: Register[AlertRule]
    subscriptions: Register[Subscription]


def register() -> Register[Subscription]:
    return Register(Text("đăng ký sự kiện", "subscription"))


def declare(of: Declaring, agencies: Mapping[str, Agency]) -> None:
    """Every subscription of a province and its packs, the province's own first."""
    shelves = {"": subscription_documents(of.folder, of.faults)}
    shelves |= {id: source.subscriptions for id, source in of.sources.items()}
    for pack, documents in shelves.items():
        known = Known(
            of.datasets.items, of.indicators.items, of.alerts.items, agencies,
            {id: one.owner for id, one in of.packs.items()}, partial(of.datasets.find, pack),
            partial(of.indicators.find, pack), partial(of.alerts.find, pack),
        )  # fmt: skip
        for document in documents:
            found = compile(document, pack, known, of.faults)
            final = found and of.subscriptions.claim(pack, found.id, document, ("id",), of.faults)
            if found is not None and final:
                of.subscriptions.items[final] = found.model_copy(update={"id": final})


def compile(document: Document, pack: str, known: Known, faults: Faults) -> Subscription | None:
    """The subscription of one file; None, with findings, when it cannot stand."""
    entry = shape(document, SubscriptionFile, faults)
    if entry is None:
        return None
    before = len(faults.found)
    check = _Checks(document, known, faults)
    check.agency(entry.agency)
    wanted = Wanted(
        receipts=check.all("receipts", entry.events.receipts, known.dataset, "PCK031", known.datasets),
        outcomes=tuple(dict.fromkeys(entry.events.outcomes)),
        indicators=check.all(
            "indicators", entry.events.indicators, known.indicator, "PCK033", known.indicators
        ),
        change=entry.events.change,
        alerts=check.all("alerts", entry.events.alerts, known.alert, "PCK148", known.alerts),
        severities=tuple(entry.events.severities), places=tuple(entry.events.places),
    )  # fmt: skip
    named = (entry.events.receipts, entry.events.indicators, entry.events.alerts)
    if not any(named):
        check.add(("events",), "PCK147", "đăng ký không có sự kiện nào", "the subscription names no event",
                  "thêm receipts, indicators hoặc alerts",
                  "add receipts, indicators or alerts")  # fmt: skip
    if entry.begins and entry.ends and entry.begins > entry.ends:
        check.add(("until",), "PCK143", "until trước from", "until is before from",
                  "sửa một trong hai ngày", "mend one of the two days")  # fmt: skip
    target = check.target(entry.target)
    if any(f.level == "error" for f in faults.found[before:]):
        return None
    standing = known.agencies.get(entry.agency)
    return Subscription(
        id=entry.id, pack=pack, name=said(entry.name), agency=standing.id if standing else entry.agency,
        owners=check.owners(wanted), wanted=wanted, target=target, purpose=said(entry.purpose),
        legal_basis=entry.legal_basis, begins=entry.begins, ends=entry.ends, made_by=entry.made_by,
        made_at=entry.made_at, file=document.path, digest=digest(document.path.read_bytes()),
    )  # fmt: skip


class _Checks:
    """What the shape of a file cannot say."""

    def __init__(self, document: Document, known: Known, faults: Faults) -> None:
        self.document, self.known, self.faults = document, known, faults

    def add(self, path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        self.faults.add(self.document, path, code, Text(vi, en), Text(cure_vi, cure_en))

    def agency(self, id: str) -> None:
        if id not in self.known.agencies:
            self.faults.unknown(self.document, ("agency",), "PCK030", id, self.known.agencies)

    def all(
        self, key: str, named: list[str], find: Callable[[str], str | None], code: str, among: Collection[str]
    ) -> tuple[str, ...]:
        out = []
        for n, id in enumerate(named):
            final = find(id)
            if final is None or final not in among:
                self.faults.unknown(self.document, ("events", key, n), code, id, among)
            else:
                out.append(final)
        return tuple(dict.fromkeys(out))

    def target(self, entry: TargetEntry) -> Receiver:
        parts = urlsplit(entry.url)
        try:
            port = parts.port or 0
        except ValueError:
            port = -1
        schemes = ("https", "http") if entry.allow_private else ("https",)
        odd = not entry.url.isascii() or re.search(r"[\s\x00-\x1f]", entry.url)
        unfit = port < 0 or parts.fragment or odd
        if parts.scheme not in schemes or not parts.hostname or unfit:
            self.add(("target", "url"), "PCK062", "url không phải địa chỉ https",
                     "url is no https address",
                     "viết như https://máy-chủ/đường-dẫn; http chỉ khi allow_private",
                     "write it like https://host/path; http only with allow_private")  # fmt: skip
        if "@" in parts.netloc:
            self.add(("target", "url"), "PCK065", "url chứa tài khoản hoặc mật khẩu",
                     "url holds a user name or password", "dùng token với tên bí mật",
                     "use token with the name of a secret")  # fmt: skip
        for key in ("secret", "token"):
            if (name := getattr(entry, key)) and not _SECRET.fullmatch(name):
                self.add(("target", key), "PCK113", "đây không phải tên bí mật", "this is no secret's name",
                         "viết tên (chữ, số, gạch dưới) và đặt giá trị bằng tinh secret set TÊN",
                         "write a name and set its value with tinh secret set NAME")  # fmt: skip
        if entry.batch > 1 and entry.mode == "binary":
            self.add(("target", "batch"), "PCK147", "kiểu binary không gửi theo lô",
                     "binary mode has no batches", "bỏ batch, hoặc dùng mode: structured",
                     "remove batch, or use mode: structured")  # fmt: skip
        return Receiver(
            url=entry.url, allow_private=entry.allow_private, secret=entry.secret, token=entry.token,
            mode=entry.mode, batch=entry.batch, timeout=min(60.0, max(0.1, seconds(entry.timeout))),
            keep_trying=max(60.0, seconds(entry.keep_trying)),
        )  # fmt: skip

    def owners(self, wanted: Wanted) -> tuple[str, ...]:
        """The agencies whose data is told of, as they stand today."""
        packs = [self.known.indicators[id].pack for id in wanted.indicators]
        packs += [self.known.alerts[id].pack for id in wanted.alerts]
        found = [self.known.datasets[id].owner for id in wanted.receipts]
        found += [self.known.owners.get(pack, "") for pack in packs]
        agencies = self.known.agencies
        return tuple(dict.fromkeys(agencies[id].id if id in agencies else id for id in found))


class Subscriptions:
    """All subscriptions of a province: the declared ones and those of `<folder>/subscriptions/*.yaml`, which
    count as soon as they are there; one with faults or a declared id is left out and told in `findings`."""

    def __init__(
        self, catalogue: Catalogue, folder: Path, agencies: Mapping[str, Agency] | None = None
    ) -> None:
        self.catalogue = catalogue
        self.root = folder / FOLDER
        self._known = known(catalogue, catalogue.agencies if agencies is None else agencies)
        self._read: tuple[_Stamp, dict[str, Subscription], tuple[Finding, ...]] | None = None

    def all(self) -> dict[str, Subscription]:
        return {**self.catalogue.subscriptions, **self._look()[0]}

    def one(self, id: str) -> Subscription | None:
        return self.all().get(id)

    def own(self, id: str) -> Subscription | None:
        """The subscription of the data folder with this id."""
        return self._look()[0].get(id)

    def findings(self) -> tuple[Finding, ...]:
        return self._look()[1]

    def try_(self, path: Path) -> tuple[Subscription | None, tuple[Finding, ...]]:
        """What a file would compile to."""
        faults = Faults()
        return self._file(path, faults), faults.sorted()

    def _look(self) -> tuple[dict[str, Subscription], tuple[Finding, ...]]:
        files = sorted(f for f in self.root.glob("*.yaml") if f.is_file() and f.name[0] != ".")
        stamp: _Stamp = tuple((str(f), s.st_mtime_ns, s.st_size) for f in files if (s := f.stat()))
        before = self._read
        if before is not None and before[0] == stamp:
            return before[1], before[2]
        faults = Faults()
        found: dict[str, Subscription] = {}
        for file in files:
            one = self._file(file, faults)
            if one is not None:
                found[one.id] = one
        self._read = stamp, found, faults.sorted()
        return found, faults.sorted()

    def _file(self, file: Path, faults: Faults) -> Subscription | None:
        document = yamltree.load(file)
        found = compile(document, "", self._known, faults) if faults.take(document) else None
        if found is not None and found.id in self.catalogue.subscriptions:
            faults.add(
                document, ("id",), "PCK024",
                Text(f"đăng ký “{found.id}” đã được khai trong gói hoặc thư mục tỉnh",
                     f'the subscription "{found.id}" is declared in a pack or the province already'),
                Text("đổi mã", "change the id"),
            )  # fmt: skip
            return None
        return found
