"""One siting, put together: who is served, where from, how far, for how much. And what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from tinh.insight.sitings.errors import AtOdds, NoDemand, NoSites, OutOfReach, ReachesNothing, TwiceNamed
from tinh.insight.sitings.purse import Purse
from tinh.insight.sitings.reach import MOST, Given, Links, given, measured
from tinh.insight.sitings.spec import Measure, Spec
from tinh.insight.sitings.tables import Demand, Sites, degrees_checked, read_demand, read_sites
from tinh.insight.sitings.worth import Floats, Ints, Worth

PAIRS = 4_000_000  # of a median solved with every pair in double precision
TABLE = 200_000_000  # of one solved with a table in single precision


@dataclass(frozen=True, eq=False)
class Case:
    """What a solver needs. `levels` by link: the share of the service felt there (1 within the radius)."""

    spec: Spec
    demand: Demand
    sites: Sites
    links: Links
    levels: Floats
    stages: tuple[Stage, ...]
    measure: Measure = "haversine"
    left_out: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def candidates(self) -> Ints:
        return np.flatnonzero(~self.sites.existing)

    @property
    def standing(self) -> Ints:
        return np.flatnonzero(self.sites.existing)

    def worth(self) -> Worth:
        """Covering: weight × share felt, over all sites."""
        shape = self.links.points, self.links.sites
        data = self.levels * self.demand.weights[self.links.at]
        return Worth.of(self.links.at, self.links.of, data, shape)

    def groups(self) -> dict[str, Ints]:
        """Rows of each group, in order of name."""
        names = np.array(self.demand.groups)
        return {str(g): np.flatnonzero(names == g) for g in np.unique(names)} if len(names) else {}

    def needed(self, group: str) -> float:
        """The least share of a group."""
        least = self.spec.minimum
        return 0.0 if least is None else least.groups.get(group, least.share)


@dataclass(frozen=True, eq=False)
class Stage:
    name: str
    purse: Purse  # over all sites; those that stand cost nothing


def read_case(spec: Spec, root: Path) -> Case:
    """The case a spec describes, its paths from `root`. Errors: the family in `errors`."""
    _sound(spec)
    here = _read(spec, root)
    return make_case(spec, *here)


def _read(spec: Spec, root: Path) -> tuple[Demand, Sites, Measure, Given | None]:
    placed = spec.distances is None
    demand, sites, degrees = None, None, False
    if spec.demand is not None:
        demand, degrees = read_demand(root, spec.demand, placed)
    if spec.sites is not None:
        sites, same = read_sites(root, spec.sites, placed)
        degrees = degrees and same
    if spec.existing is not None:
        more, _ = read_sites(root, spec.existing, placed, standing=True)
        if sites is None:
            sites = more
        else:
            shared = set(sites.ids) & set(more.ids)
            if shared and not spec.existing.id:
                more = replace(more, ids=tuple(f"{spec.existing.file}:{id}" for id in more.ids))
            elif shared:
                id = next(i for i in more.ids if i in shared)
                raise TwiceNamed(
                    file=spec.existing.file,
                    id=id,
                    first=sites.ids.index(id) + 2,
                    line=more.ids.index(id) + 2,
                    count=len(shared),
                )
            sites = sites.joined(more)
    found = None
    if spec.distances is not None:
        wanted = None if sites is None else sites.ids
        found = given(root, spec.distances, wanted if spec.distances.kind == "edges" else None)
        demand = demand or Demand(found.points, None, np.ones(len(found.points)))
        n = len(found.sites)
        sites = sites or Sites(
            found.sites, None, np.ones(n) if found.costs is None else found.costs, np.zeros(n, dtype=bool)
        )
    if demand is None or sites is None:
        raise AtOdds(
            why_vi="Thiếu bảng demand hoặc sites.",
            why_en="The demand or the sites are missing.",
            cure_vi="Ghi demand.file và sites.file, hoặc một bảng khoảng cách (distances).",
            cure_en="Write demand.file and sites.file, or a table of distances.",
        )
    measure: Measure = spec.measure or ("haversine" if degrees else "euclid")
    if spec.distances is None and spec.demand is not None and spec.sites is not None:
        degrees_checked(demand, sites, (spec.demand.file, spec.sites.file), measure)
    return demand, sites, measure, found


def make_case(spec: Spec, demand: Demand, sites: Sites, measure: Measure, found: Given | None = None) -> Case:
    """The case of a spec over tables that are read already (its `file`s are only names)."""
    _sound(spec)
    files = (spec.demand.file if spec.demand else "demand", spec.sites.file if spec.sites else "sites")
    total = float(demand.weights.sum())
    if not len(demand.ids) or total <= 0:
        raise NoDemand(file=files[0], points=len(demand.ids), weight=f"{total:g}")
    if not np.any(~sites.existing):
        raise NoSites(file=files[1])
    limit = spec.decay.none if spec.decay else spec.radius
    if found is not None:
        name = spec.distances.file if spec.distances else ""
        links = found.links(demand.ids, sites.ids, name)
    else:
        assert demand.xy is not None and sites.xy is not None
        near = _near(spec, len(demand.ids), len(sites.ids)) if spec.goal == "median" else None
        if manypoints(spec, demand, sites):
            near = 1  # they are all measured when it is solved
        links = measured(demand.xy, sites.xy, measure, None if spec.goal == "median" else limit, near)
    if spec.goal != "median" and limit is not None:
        links = links.within(limit)
    shares = np.ones(len(links.length))
    if spec.decay is not None and spec.goal != "median":
        part = (spec.decay.none - links.length) / (spec.decay.none - spec.decay.full)
        if spec.decay.steps:
            part = np.ceil(part * (spec.decay.steps + 1) - 1e-12) / (spec.decay.steps + 1)
        shares = np.clip(part, 0.0, 1.0)
    _somewhere(spec, sites, found)
    live = shares > 0
    links = Links(links.points, links.sites, links.at[live], links.of[live], links.length[live], links.beyond)
    case = Case(spec, demand, sites, links, shares[live], _stages(spec, sites, found), measure)
    return _reaching(case, limit)


def manypoints(spec: Spec, demand: Demand, sites: Sites) -> bool:
    """Whether a median is of so many points that a table of single precision is to be kept of them."""
    pairs = len(demand.ids) * len(sites.ids)
    free = sites.capacities is None and not spec.phases and spec.distances is None
    return spec.goal == "median" and free and PAIRS < pairs <= TABLE


def _near(spec: Spec, points: int, sites: int) -> int | None:
    """How many of the nearest sites to keep a point: all while there is room; else enough that one of them
    is open for nearly everybody (what is lost is bounded, and the bound says so)."""
    if points * sites <= PAIRS:
        return None
    asked = (spec.p or 10) + sum(phase.p or 0 for phase in spec.phases)
    return int(min(sites, MOST // max(1, points), max(24, np.ceil(5.0 * sites / max(1, asked)))))


def _somewhere(spec: Spec, sites: Sites, found: Given | None) -> None:
    """A median needs at least one site: one that stands, or one that may be opened."""
    if spec.goal != "median" or sites.existing.any():
        return
    if not any(
        np.any(s.purse.costs <= s.purse.limit * (1 + 1e-9) + 1e-9) for s in _stages(spec, sites, found)
    ):
        raise AtOdds(
            why_vi="Không mở được vị trí nào và cũng không có vị trí sẵn có, nên không ai được phục vụ.",
            why_en="No site can be opened and none stands, so that nobody is served.",
            cure_vi="Tăng p hoặc ngân sách (ít nhất đủ một vị trí), hoặc khai vị trí sẵn có (existing).",
            cure_en="Raise p or the budget to at least one site, or name sites that stand (existing).",
        )


def _stages(spec: Spec, sites: Sites, found: Given | None) -> tuple[Stage, ...]:
    free = np.where(sites.existing, 0.0, 1.0)
    costs = np.where(sites.existing, 0.0, sites.costs)
    p = spec.p
    if p is None and spec.budget is None and found is not None:
        p = found.p
    if spec.phases:
        return tuple(
            Stage(
                ph.name or str(n),
                Purse(free, float(ph.p)) if ph.p is not None else Purse(costs, ph.budget or 0.0),
            )
            for n, ph in enumerate(spec.phases, 1)
        )
    if spec.goal == "cover-all":
        return (Stage("", Purse(costs, float(costs.sum()))),)
    if p is not None:
        return (Stage("", Purse(free, float(p))),)
    if spec.budget is None:
        raise AtOdds(
            why_vi="Chưa nói được mở bao nhiêu.",
            why_en="Nothing says how much may be opened.",
            cure_vi="Ghi p, budget hoặc phases.",
            cure_en="Write p, budget or phases.",
        )
    return (Stage("", Purse(costs, spec.budget)),)


def _reaching(case: Case, limit: float | None) -> Case:
    m = case.links.points
    if not len(case.links.at):
        raise ReachesNothing(
            sites=len(case.sites.ids), points=m, radius="∞" if limit is None else f"{limit:g}"
        )
    if case.spec.goal == "cover":
        return case
    served = np.zeros(m, dtype=bool)
    full = (
        case.levels >= 1 - 1e-12 if case.spec.goal == "cover-all" else np.ones(len(case.levels), dtype=bool)
    )
    served[case.links.at[full]] = True
    lost = np.flatnonzero(~served)
    if case.spec.goal == "cover-all" and (case.spec.share < 1 or case.spec.minimum is not None):
        return case
    if len(lost) and case.spec.unreachable == "refuse":
        first = ", ".join(case.demand.ids[i] for i in lost[:5]) + (" …" if len(lost) > 5 else "")
        raise OutOfReach(count=len(lost), first=first)
    return replace(case, left_out=lost)


def _sound(spec: Spec) -> None:
    def refuse(vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        raise AtOdds(why_vi=vi, why_en=en, cure_vi=cure_vi, cure_en=cure_en)

    given_ = [name for name in ("p", "budget") if getattr(spec, name) is not None] + (
        ["phases"] if spec.phases else []
    )
    if len(given_) > 1:
        refuse(
            f"{' và '.join(given_)} cùng có mặt.",
            f"{' and '.join(given_)} stand together.",
            "Giữ một.",
            "Keep one.",
        )
    if spec.goal == "cover-all" and given_:
        refuse(
            f"cover-all tìm phương án rẻ nhất, không nhận {given_[0]}.",
            f"cover-all looks for the cheapest plan and takes no {given_[0]}.",
            "Bỏ mục này, hoặc dùng goal: cover.",
            "Leave it out, or use goal: cover.",
        )
    if spec.goal == "median":
        for name in ("radius", "decay", "minimum"):
            if getattr(spec, name) is not None:
                refuse(
                    f"median không dùng {name}.",
                    f"median takes no {name}.",
                    "Bỏ mục này, hoặc dùng goal: cover.",
                    "Leave it out, or use goal: cover.",
                )
    elif spec.radius is None and spec.decay is None:
        covers = spec.distances is not None and spec.distances.kind in ("pairs", "or-library-scp")
        if not covers:
            refuse(
                "Chưa nói tầm phục vụ.",
                "Nothing says how far a site serves.",
                "Ghi radius hoặc decay.",
                "Write radius or decay.",
            )
    elif spec.radius is not None and spec.decay is not None:
        refuse("radius và decay cùng có mặt.", "radius and decay stand together.", "Giữ một.", "Keep one.")
    if spec.minimum is not None and spec.demand is not None and not spec.demand.group:
        refuse(
            "minimum cần biết mỗi điểm thuộc nhóm nào.",
            "minimum needs to know each point's group.",
            "Ghi demand.group.",
            "Write demand.group.",
        )
    if spec.sites is not None and spec.sites.capacity and spec.phases:
        refuse(
            "Chưa giải được công suất cùng với nhiều giai đoạn.",
            "Capacities and phases together are not solved.",
            "Giải từng giai đoạn, đưa vị trí đã mở vào existing.",
            "Solve one phase at a time with the sites opened so far as existing.",
        )
    for table in (spec.demand, spec.sites, spec.existing):
        if table is not None and not table.file:
            refuse("Thiếu tên tệp.", "A file name is missing.", "Ghi file.", "Write file.")


def unknown_groups(case: Case) -> Sequence[str]:
    """Groups of `minimum` that no point belongs to."""
    there = set(case.demand.groups)
    return [g for g in (case.spec.minimum.groups if case.spec.minimum else {}) if g not in there]
