"""Publishing a service: what, which columns and rows, to whom, why, until when; seen first."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from tinh.axis import api as axis
from tinh.flow.api import id_for
from tinh.jobs import api as jobs
from tinh.packs.api import VALUE_COLUMNS, Dataset, Share
from tinh.people import api as people
from tinh.web import formats
from tinh.web.pages.tabled import cell, heads
from tinh.web.shell import language_of, page, signed_in
from tinh.web.words import words

GROUPS = ("all", "department", "commune", "enterprise", "national")


@require_http_methods(["GET", "POST"])
@signed_in
def publish(request: HttpRequest) -> HttpResponseBase:
    """First what is shared is chosen; then the form; a preview before it is published."""
    language = language_of(request)
    who = people.require(people.actor_of(request), "read services")
    given = request.POST if request.method == "POST" else request.GET
    before = _before(given.get("moi-cua", ""), who)
    dataset, indicator = given.get("bo-du-lieu", ""), given.get("chi-so", "")
    if before is not None and not dataset and not indicator:
        dataset, indicator = before.dataset, before.indicators[0] if before.indicators else ""
    found = jobs.catalogue().datasets.get(dataset)
    if found is None and indicator not in jobs.catalogue().indicators:
        people.require(who, "publish services", agency=who.agency)
        return _choosing(request, who, language)
    owner = _owner(found, indicator)
    people.require(who, "publish services", agency=owner)
    wish = _wish(request, found, indicator, owner, before)
    fault, shown = "", None
    if request.method == "POST":
        at = axis.desk()
        version = axis.next_version(at, wish.id)
        text = wish.text(who.name, jobs.now(), version)
        try:
            viewer = given.get("xem-nhu", "") or (wish.agencies[0] if wish.agencies else who.agency)
            shown = axis.preview(at, text, viewer)
            if given.get("act") == "publish":
                share = axis.keep(at, text)
                address = people.address_of(request)
                people.note(who.name, "publish service", share.id, allowed=True, address=address)
                return redirect(f"/dich-vu/{share.id}/?xong=published")
        except axis.AxisError as error:
            fault = error.detail().in_(language)
    return _form(request, wish, found, indicator, owner, language, fault, shown)


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _before(id: str, who: people.Actor) -> Share | None:
    """The share a new version is made of."""
    found = axis.desk().book().own(id) if id else None
    if found is not None:
        people.require(who, "publish services", agency=found.owner)
    return found


def _owner(dataset: Dataset | None, indicator: str) -> str:
    found = jobs.catalogue()
    if dataset is not None:
        return dataset.owner
    return found.packs[found.indicators[indicator].pack].owner


def _choosing(request: HttpRequest, who: people.Actor, language: str) -> HttpResponse:
    found = jobs.catalogue()
    datasets = [
        (d.id, d.name.in_(language)) for d in found.datasets.values()
        if people.may(who, "publish services", agency=d.owner)
    ]  # fmt: skip
    indicators = [
        (i.id, i.name.in_(language)) for i in found.indicators.values()
        if people.may(who, "publish services", agency=_owner(None, i.id))
    ]  # fmt: skip
    title = words(language)("publishing.title")
    return page(request, "publishing_choose.html", "data", title, datasets=datasets, indicators=indicators)


def _wish(
    request: HttpRequest, dataset: Dataset | None, indicator: str, owner: str, before: Share | None
) -> axis.Wish:
    if request.method == "POST":
        return _posted(request, dataset, indicator, owner)
    found = jobs.catalogue()
    name = dataset.name if dataset is not None else found.indicators[indicator].name
    if before is not None:
        return axis.Wish(
            id=before.id, name_vi=before.name.vi, name_en=before.name.en, owner=owner,
            description_vi=before.description.vi, description_en=before.description.en,
            dataset=before.dataset, indicators=before.indicators, columns=before.columns,
            place=before.reach.place, places=before.reach.places, first=before.reach.first,
            last=before.reach.last, where=before.reach.where,
            agencies=[m.agency for m in before.members if m.agency],
            group=next((m.group for m in before.members if m.group), ""), purpose=before.purpose.vi,
            legal_basis=before.legal_basis, until=before.ends.isoformat() if before.ends else "",
            minute=before.quota.minute, day=before.quota.day, largest=before.largest, as_of=before.as_of,
        )  # fmt: skip
    columns = [n for n, hidden in _columns(dataset) if not hidden]
    wanted = id_for(name.vi)
    return axis.Wish(
        id=wanted, name_vi=name.vi, name_en=name.en, owner=owner, dataset=dataset.id if dataset else "",
        indicators=() if dataset else (indicator,), columns=columns,
    )  # fmt: skip


def _posted(request: HttpRequest, dataset: Dataset | None, indicator: str, owner: str) -> axis.Wish:
    given = request.POST

    def text(name: str) -> str:
        return " ".join(given.get(name, "").split())[:500]

    def number(name: str, otherwise: int) -> int:
        said = given.get(name, "").strip()
        return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else otherwise

    agencies = given.getlist("ben-nhan")
    personal = given.getlist("cot-ca-nhan")
    known = {name for name, _ in _columns(dataset)}
    columns = [name for name in given.getlist("cot") if name in known]
    return axis.Wish(
        id=text("ma"), name_vi=text("ten"), name_en=text("ten-en"), description_vi=text("mo-ta"),
        description_en=text("mo-ta-en"), owner=owner, dataset=dataset.id if dataset else "",
        indicators=() if dataset else (indicator,), columns=[*columns, *(p for p in personal if p in known)],
        place="own" if given.get("dia-ban") == "own" else "all",
        places=[p.strip() for p in text("ma-dia-ban").split(",") if p.strip()], first=text("tu-ky"),
        last=text("den-ky"), where=text("dieu-kien"), agencies=agencies, group=text("nhom"),
        personal=dict.fromkeys(agencies, personal) if personal else {},
        personal_purpose=text("muc-dich-ca-nhan"), personal_basis=text("can-cu-ca-nhan"),
        purpose=text("muc-dich"), legal_basis=text("can-cu"), until=text("den-ngay"),
        minute=number("luot-phut", 60), day=number("luot-ngay", 20_000), largest=number("so-dong", 1000),
        as_of=given.get("ngay-cu") == "1",
    )  # fmt: skip


def _columns(dataset: Dataset | None) -> list[tuple[str, bool]]:
    """Names, and whether each is personal."""
    if dataset is None:
        return [(name, False) for name in VALUE_COLUMNS]
    return [(c.name, c.personal != "none") for c in dataset.columns]


def _form(
    request: HttpRequest, wish: axis.Wish, dataset: Dataset | None, indicator: str, owner: str,
    language: str, fault: str, shown: axis.Preview | None,
) -> HttpResponse:  # fmt: skip
    say = words(language)
    agencies = axis.desk().agencies()
    source = dataset.name if dataset is not None else jobs.catalogue().indicators[indicator].name
    labels = axis.labels_of(dataset, language)
    head: list[str] = list(shown.rows[0]) if shown and shown.rows else []
    named = {id: agency.name.in_(language) for id, agency in agencies.items()}
    hidden = _columns(dataset)
    rows = [[cell(row.get(n), language) for n in head] for row in shown.rows] if shown else []
    count = formats.number(shown.count, 0, language) if shown and shown.count is not None else ""
    return page(
        request, "publishing.html", "data", say("publishing.title"), status=422 if fault else 200, wish=wish,
        source=source.in_(language), dataset=dataset.id if dataset else "", indicator=indicator, fault=fault,
        columns=[(name, labels.get(name) or name, closed, name in wish.columns) for name, closed in hidden],
        personal=any(closed for _, closed in hidden),
        agencies=[(id, name, id in wish.agencies) for id, name in named.items() if id != owner],
        groups=[(g, say(f"services.group_{g}")) for g in GROUPS], owner=named.get(owner, owner),
        places=", ".join(wish.places), shown=shown, head=heads(head, labels, language), rows=rows,
        count=count,
        seen_by=named.get(shown.seen.agency, "") if shown else "",
        placed=dataset is None or dataset.place is not None,
        timed=dataset is None or dataset.period is not None,
    )  # fmt: skip
