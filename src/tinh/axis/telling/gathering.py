"""What has happened since a subscription was last told, as events in its outbox, each once.

The outbox holds one row for each event and subscription (a unique key), and looks back a little each time,
so that what another process wrote late is found and what was found already is not told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tinh.axis.ground import ground
from tinh.axis.registry import member
from tinh.axis.shares.callers import below
from tinh.axis.shares.ground import Desk
from tinh.axis.telling.cloudevent import event
from tinh.axis.telling.keeping import Following, OpenAlert, Telling
from tinh.kit.errors import Text
from tinh.kit.ids import digest
from tinh.lake.api import committed_since, moved_since
from tinh.packs.api import Subscription
from tinh.people import api as people
from tinh.watch.api import Alert

LATE = timedelta(minutes=10)  # how far back is looked each time
MOST = 1000  # values of one indicator told one by one; more are told as one event
RECEIPT = "vn.tinh.receipt.judged"
CHANGED = "vn.tinh.indicator.changed"
RECOMPUTED = "vn.tinh.indicator.recomputed"
OPENED, CLOSED = "vn.tinh.alert.opened", "vn.tinh.alert.closed"


@dataclass(frozen=True, slots=True)
class Found:
    """One event before it is written down."""

    key: str
    kind: str
    owner: str
    time: datetime
    subject: str
    data: Mapping[str, Any]
    simulated: bool = False


def following(one: Subscription, now: datetime) -> Following:
    """How far a subscription has been told; it begins with what comes from now on."""
    made = {"begun": now, "since": now, "turn": int(now.timestamp() * 1e9), "due_at": now}
    return Following.objects.get_or_create(subscription=one.id, defaults=made)[0]


def gather(one: Subscription, at: Desk, alerts: tuple[Alert, ...] | None, now: datetime) -> int:
    """Write down what is new for a subscription; how many events. `alerts` are those not at rest now."""
    with people.through("work"), transaction.atomic():
        known = Following.objects.select_for_update().get(pk=following(one, now).pk)
        if known.state == Following.GONE or not one.live(_day(now)):
            return 0
        places = _places(one, at)
        found = [*_receipts(one, at, known), *_values(one, at, known, places)]
        if alerts is not None and one.wanted.alerts:
            found += _alerts(one, at, known, places, alerts, now)
        known.save(update_fields=["since", "turn", "alerts_known"])
        rows = [
            Telling(
                following=known, key=each.key, kind=each.kind, subject=each.subject[:300], created_at=now,
                event=_event(each, one),
            )
            for each in found
        ]  # fmt: skip
        there = set(
            Telling.objects.filter(following=known, key__in=[r.key for r in rows]).values_list(
                "key", flat=True
            )
        )
        Telling.objects.bulk_create([r for r in rows if r.key not in there], ignore_conflicts=True)
        return len({r.key for r in rows} - there)


def _day(now: datetime) -> Any:
    return now.astimezone(ground().zone).date()


def _event(each: Found, one: Subscription) -> dict[str, Any]:
    source = f"/{member(each.owner)}" if each.owner in ground().agencies() else f"/{ground().instance}"
    return event(
        each.key, source, each.kind, each.time, each.data, each.subject, subscription=one.id,
        simulated=each.simulated or None,
    )  # fmt: skip


def _places(one: Subscription, at: Desk) -> frozenset[str] | None:
    if not one.wanted.places:
        return None
    return frozenset(code for place in one.wanted.places for code in below(at, place))


def _receipts(one: Subscription, at: Desk, known: Following) -> Iterable[Found]:
    if not one.wanted.receipts:
        return
    catalogue = at.catalogue
    for r in committed_since(at.corridor().lake, max(known.begun, known.since - LATE)):
        committed = r.committed_at or r.received_at
        known.since = max(known.since, committed)
        verdict = r.verdict or {}
        dataset = catalogue.datasets.get(r.dataset)
        if r.dataset not in one.wanted.receipts or dataset is None:
            continue
        if verdict.get("verdict") not in one.wanted.outcomes:
            continue
        counts = {name: verdict.get(name) for name in ("received", "accepted", "held")}
        yield Found(
            f"receipt-{r.id}"[:120], RECEIPT, dataset.owner, committed, f"{r.dataset}/{r.id}",
            {
                "receipt": r.id, "dataset": r.dataset, "name": dataset.name.as_dict(),
                "outcome": verdict.get("verdict"), **counts, "received_at": r.received_at.isoformat(),
                "committed_at": committed.isoformat(), "simulated": r.simulated,
            },
            r.simulated,
        )  # fmt: skip


def _values(one: Subscription, at: Desk, known: Following, places: frozenset[str] | None) -> Iterable[Found]:
    if not one.wanted.indicators:
        return
    from_turn = max(int(known.begun.timestamp() * 1e9), known.turn - int(LATE.total_seconds() * 1e9))
    catalogue = at.catalogue
    moved = moved_since(at.corridor().lake, from_turn, one.wanted.indicators)
    many: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in moved.iter_rows(named=True):
        known.turn = max(known.turn, row["turn"])
        indicator = catalogue.indicators.get(row["indicator"])
        if indicator is None or row["version"] != indicator.version:
            continue
        if places is not None and row["place"] not in places:
            continue
        value, before = row["value"], row["before"]
        if one.wanted.change and None not in (value, before) and abs(value - before) < one.wanted.change:
            continue
        many.setdefault((indicator.id, row["turn"]), []).append(row)
    for (id, turn), rows in many.items():
        indicator = catalogue.indicators[id]
        owner = catalogue.packs[indicator.pack].owner
        head = {"indicator": id, "name": indicator.name.as_dict(), "version": indicator.version}
        if len(rows) > MOST:
            yield Found(
                f"values-{_short(id, turn)}", RECOMPUTED, owner, rows[0]["computed_at"], id,
                {**head, "values": len(rows), "first_period": min(r["period"] for r in rows),
                 "last_period": max(r["period"] for r in rows)},
                any(bool(r["simulated"]) for r in rows),
            )  # fmt: skip
            continue
        for row in rows:
            yield Found(
                f"value-{_short(id, row['version'], row['place'], row['period'], turn)}", CHANGED, owner,
                row["computed_at"], f"{id}/{row['place']}/{row['period']}",
                {
                    **head, "place": row["place"], "period": row["period"], "value": row["value"],
                    "before": row["before"], "unit": indicator.unit.as_dict(), "numerator": row["num"],
                    "denominator": row["den"], "coverage_have": row["cov_num"],
                    "coverage_due": row["cov_den"], "computed_at": row["computed_at"].isoformat(),
                    "simulated": bool(row["simulated"]),
                },
                bool(row["simulated"]),
            )  # fmt: skip


def _alerts(
    one: Subscription, at: Desk, known: Following, places: frozenset[str] | None, alerts: tuple[Alert, ...],
    now: datetime,
) -> list[Found]:  # fmt: skip
    """Alerts that opened or closed since the last look; those open at the first look are not told."""
    rules = at.catalogue.alerts
    open_now = {
        (a.rule, a.place): a for a in alerts
        if a.rule in one.wanted.alerts and a.status == "firing" and (places is None or a.place in places)
        and (not one.wanted.severities or a.severity in one.wanted.severities)
    }  # fmt: skip
    before = {(o.rule, o.place): o for o in OpenAlert.objects.filter(following=known)}
    gone = [key for key in before if key not in open_now]
    new = [key for key in open_now if key not in before]
    OpenAlert.objects.filter(pk__in=[before[key].pk for key in gone]).delete()
    OpenAlert.objects.bulk_create(
        [OpenAlert(following=known, rule=rule, place=place, opened_at=now) for rule, place in new]
    )
    if not known.alerts_known:
        known.alerts_known = True
        return []
    found = []
    for kind, keys in ((OPENED, new), (CLOSED, gone)):
        for rule, place in keys:
            since = now if kind == OPENED else before[rule, place].opened_at
            alert, declared = open_now.get((rule, place)), rules.get(rule)
            owner = at.catalogue.packs[declared.pack].owner if declared is not None else ""
            data: dict[str, Any] = {"rule": rule, "place": place, "opened_at": since.isoformat()}
            data |= _of(alert) if alert is not None else {"closed_at": now.isoformat()}
            name = declared.name if declared is not None else Text(rule, rule)
            found.append(
                Found(
                    f"alert-{_short(rule, place, since.isoformat(), kind)}", kind, owner, now,
                    f"{rule}/{place}", {"name": name.as_dict(), **data},
                    alert.simulated if alert is not None else False,
                )
            )  # fmt: skip
    return found


def _of(alert: Alert) -> dict[str, Any]:
    return {
        "indicator": alert.indicator, "severity": alert.severity, "period": alert.period,
        "since": alert.since, "value": alert.value, "threshold": alert.threshold,
        "sentence": alert.sentence.as_dict(), "simulated": alert.simulated,
    }  # fmt: skip


def _short(*parts: Any) -> str:
    return digest("\n".join(str(part) for part in parts).encode())[:32]
