"""Sources that stopped, and everything that hangs on them: one state for all of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from tinh.kit.errors import Text
from tinh.packs.api import Catalogue
from tinh.watch.api import Alert

if TYPE_CHECKING:
    from tinh.flow.status import DatasetStatus

Cause = Literal["overdue", "feed"]


@dataclass(frozen=True, slots=True)
class Down:
    """A feed that cannot be reached, as the room of sources tells it."""

    feed: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Outage:
    """A dataset from which nothing comes any more. `since`: when the first delivery that did not come
    was due, or when its feed went down. `indicators`: all that read it, through others too."""

    dataset: str
    name: Text
    owner: str
    cause: Cause
    since: datetime
    window: str
    days: int
    working_days: int
    indicators: tuple[str, ...]
    alerts: tuple[str, ...]
    feed: str = ""
    simulated: bool = False

    def as_dict(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset, "name": self.name.as_dict(), "owner": self.owner, "cause": self.cause,
            "since": self.since.isoformat(), "window": self.window or None, "days": self.days,
            "working_days": self.working_days, "indicators": list(self.indicators),
            "alerts": list(self.alerts), "feed": self.feed or None, "simulated": self.simulated,
        }  # fmt: skip


def sources_of(catalogue: Catalogue, indicator: str) -> tuple[str, ...]:
    """The datasets an indicator hangs on, through the indicators it is derived from too."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    queue = [indicator]
    while queue:
        id = queue.pop(0)
        one = catalogue.indicators.get(id)
        if one is None or id in seen:
            continue
        seen.add(id)
        found.update(dict.fromkeys(d for d in one.reads() if d in catalogue.datasets))
        queue += one.formula.indicators
    return tuple(found)


def outages(
    catalogue: Catalogue, datasets: Iterable[DatasetStatus], down: Mapping[str, Down] | None = None
) -> tuple[Outage, ...]:
    """One outage a dataset whose deliveries stopped for longer than its grace, or whose feed is down;
    the longest first. It ends by itself with the next delivery."""
    hanging: dict[str, list[str]] = {}
    for id in catalogue.indicators:
        for source in sources_of(catalogue, id):
            hanging.setdefault(source, []).append(id)
    found = []
    for each in datasets:
        silence, feed = each.silence, (down or {}).get(each.dataset)
        if feed is None and (silence is None or not silence.stopped):
            continue
        mine = hanging.get(each.dataset, [])
        overdue = silence is not None and silence.stopped
        since = min(s for s in (silence.since if silence and overdue else None, feed and feed.since) if s)
        found.append(
            Outage(
                dataset=each.dataset,
                name=each.name,
                owner=each.owner,
                cause="feed" if feed else "overdue",
                since=since,
                window=silence.window if silence else "",
                days=silence.days if silence else 0,
                working_days=silence.working_days if silence else 0,
                indicators=tuple(mine),
                alerts=tuple(a.id for a in catalogue.alerts.values() if a.indicator in mine),
                feed=feed.feed if feed else "",
                simulated=each.simulated,
            )
        )
    return tuple(sorted(found, key=lambda o: (o.since, o.dataset)))


def of_indicator(found: Sequence[Outage], indicator: str) -> Outage | None:
    """The outage an indicator shows: the oldest of those it hangs on."""
    return min((o for o in found if indicator in o.indicators), key=lambda o: o.since, default=None)


def explained(alerts: Iterable[Alert], found: Sequence[Outage]) -> dict[Alert, Outage]:
    """The alerts that have no data because a source stopped, each with that outage."""
    pairs = ((alert, of_indicator(found, alert.indicator)) for alert in alerts if alert.status == "silent")
    return {alert: outage for alert, outage in pairs if outage}
