"""What a directive starts from besides cases: hot spot, late agency, indicator, anomaly, alert."""

from __future__ import annotations

from dataclasses import dataclass

from tinh.desks.api import directives
from tinh.jobs import api as jobs
from tinh.kit.errors import Text, TinhError
from tinh.web.pages.cases.lines import agency_name, category_name
from tinh.web.pages.cases.raising import alert_id
from tinh.web.pages.directives import spots

MOST = 60  # cases of a hot spot a directive is tied to


@dataclass(frozen=True, slots=True)
class Start:
    """A cause, the cases and the agency that come with it, and a subject to begin from."""

    cause: directives.Cause
    cases: tuple[str, ...] = ()
    agency: str = ""
    subject: str = ""


def start_of(wanted: str) -> Start | None:
    """`<kind>:<id>` as pages link it; None for what is not there (any more)."""
    kind, _, id = wanted[:200].partition(":")
    made = {
        "spot": _spot, "agency": _agency, "indicator": _indicator, "anomaly": _anomaly, "alert": _alert,
    }.get(kind)  # fmt: skip
    return made(id) if made is not None and id else None


def _spot(id: str) -> Start | None:
    found = spots.named(id)
    if found is None:
        return None
    vi, en = (category_name(found.categories[0][0], language) for language in ("vi", "en"))
    says = Text(f"Điểm nóng: {found.reports} phản ánh, {vi}", f"Hot spot: {found.reports} reports, {en}")
    cause = directives.Cause("spot", id, says, "/vu-viec/diem-nong")
    return Start(cause, found.codes[:MOST], "", f"Xử lý dứt điểm điểm nóng: {vi}")


def _agency(id: str) -> Start | None:
    if id not in jobs.agencies():
        return None
    vi, en = (agency_name(id, language, short=False) for language in ("vi", "en"))
    says = Text(f"Vụ việc quá hạn của {vi}", f"Overdue cases of {en}")
    cause = directives.Cause("agency", id, says, f"/vu-viec/giam-sat?co-quan={id}")
    return Start(cause, (), id, "Xử lý dứt điểm các vụ việc quá hạn")


def _indicator(id: str) -> Start | None:
    catalogue = jobs.catalogue()
    known = catalogue.indicators.get(id)
    if known is None:
        return None
    cause = directives.Cause("indicator", id, known.name, f"/chi-so/{id}/")
    return Start(cause, (), catalogue.packs[known.pack].owner, f"Cải thiện chỉ tiêu: {known.name.vi}")


def _anomaly(id: str) -> Start | None:
    try:
        row = jobs.anomaly(id).row
    except TinhError:
        return None
    catalogue = jobs.catalogue()
    known = catalogue.indicators.get(row["indicator"]) or catalogue.datasets.get(row["indicator"])
    name = known.name if known is not None else Text(row["indicator"], row["indicator"])
    owner = jobs.answers_for(row)
    says = Text(f"Bất thường: {name.vi}", f"Anomaly: {name.en}")
    cause = directives.Cause("anomaly", id, says, f"/bat-thuong/{id}/", bool(row["simulated"]))
    return Start(cause, (), owner.owner if owner else "", f"Làm rõ bất thường: {name.vi}")


def _alert(id: str) -> Start | None:
    alert = next((a for a in jobs.corridor().alerts() if alert_id(a) == id), None)
    if alert is None:
        return None
    catalogue = jobs.catalogue()
    owner = catalogue.packs[catalogue.indicators[alert.indicator].pack].owner
    cause = directives.Cause("alert", id, alert.name, "/canh-bao/", alert.simulated)
    return Start(cause, (), owner, f"Xử lý cảnh báo: {alert.name.vi}")
