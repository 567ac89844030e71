"""How far each point of demand lies from each site: measured, or given as a matrix, pairs or a graph."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tinh.insight.sitings.errors import BadCell, BadDistances, NoTable
from tinh.insight.sitings.spec import Distances, Measure
from tinh.insight.sitings.tables import column, ids, numbers, table
from tinh.insight.sitings.worth import Floats, Ints

EARTH = 6_371_008.8  # metres, mean radius of the WGS 84 ellipsoid (IUGG)
MOST = 12_000_000  # pairs of a median kept at once


@dataclass(frozen=True, eq=False)
class Links:
    """Pairs (point, site) with their distance; a pair that is not here is out of reach.

    `beyond` by point: the least distance of any site left out for room (inf: none was).
    """

    points: int
    sites: int
    at: Ints
    of: Ints
    length: Floats
    beyond: Floats

    def within(self, limit: float) -> Links:
        keep = self.length <= limit * (1 + 1e-12)
        return Links(self.points, self.sites, self.at[keep], self.of[keep], self.length[keep], self.beyond)

    def nearest(self, chosen: Ints) -> tuple[Floats, Ints]:
        """By point, the distance to the nearest chosen site (inf: none) and its number (-1)."""
        open_ = np.zeros(self.sites, dtype=bool)
        open_[chosen] = True
        keep = np.flatnonzero(open_[self.of])
        order = keep[np.lexsort((self.of[keep], self.length[keep], self.at[keep]))]
        points, first = np.unique(self.at[order], return_index=True)
        length, site = np.full(self.points, np.inf), np.full(self.points, -1, dtype=np.int64)
        length[points], site[points] = self.length[order[first]], self.of[order[first]]
        return length, site


def haversine(one: Floats, other: Floats) -> Floats:
    """Metres along the great circle between rows of (longitude, latitude): haversine (Sinnott 1984)."""
    a, b = np.radians(one), np.radians(other)
    half = (b - a) / 2
    h = np.sin(half[..., 1]) ** 2 + np.cos(a[..., 1]) * np.cos(b[..., 1]) * np.sin(half[..., 0]) ** 2
    return np.asarray(2 * EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1))))


def measured(points: Floats, sites: Floats, measure: Measure, limit: float | None, near: int | None) -> Links:
    """Links up to `limit` (None: all), by a tree; `near`: at most so many of the nearest sites a point."""
    from scipy.spatial import cKDTree

    flat = measure == "euclid"
    here, there = (points, sites) if flat else (_sphere(points), _sphere(sites))
    m, n = len(points), len(sites)
    beyond = np.full(m, np.inf)
    if limit is not None:
        reach = limit if flat else 2 * np.sin(min(limit / EARTH / 2, np.pi / 2))
        lists: Any = cKDTree(there).query_ball_point(here, reach * (1 + 1e-9) + 1e-12, return_sorted=True)
        at = np.repeat(np.arange(m), np.array([len(found) for found in lists]))
        of = np.concatenate([np.asarray(found, dtype=np.int64) for found in lists])
    elif near is None or near >= n:
        at, of = np.repeat(np.arange(m), n), np.tile(np.arange(n), m)
    else:
        _, found = cKDTree(there).query(here, k=near, workers=1)
        of = np.asarray(found, dtype=np.int64).reshape(-1)
        at = np.repeat(np.arange(m), near)
    if flat:
        length = np.hypot(points[at, 0] - sites[of, 0], points[at, 1] - sites[of, 1])
    else:
        length = haversine(points[at], sites[of])
    if near is not None and near < n and limit is None:
        beyond = np.maximum.reduceat(length, np.arange(0, len(length), near))
    links = Links(m, n, at, of, length, beyond)
    return links if limit is None else links.within(limit)


def _sphere(xy: Floats) -> Floats:
    lon, lat = np.radians(xy[:, 0]), np.radians(xy[:, 1])
    return np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))


@dataclass(frozen=True, eq=False)
class Given:
    """Distances as a file has them, with the names of its points and sites (and what else it says)."""

    points: tuple[str, ...]
    sites: tuple[str, ...]
    at: Ints
    of: Ints
    length: Floats
    p: int | None = None
    costs: Floats | None = None

    def links(self, points: tuple[str, ...], sites: tuple[str, ...], file: str) -> Links:
        """The same for these points and sites, in their order."""
        rows, columns = _numbered(points, self.points, file), _numbered(sites, self.sites, file)
        at, of = rows[self.at], columns[self.of]
        keep = (at >= 0) & (of >= 0)
        return Links(
            len(points), len(sites), at[keep], of[keep], self.length[keep], np.full(len(points), np.inf)
        )


def _numbered(wanted: tuple[str, ...], there: tuple[str, ...], file: str) -> Ints:
    place = {id: n for n, id in enumerate(wanted)}
    missing = set(wanted) - set(there)
    if missing:
        first = next(id for id in wanted if id in missing)
        raise BadDistances(
            file=file,
            why_vi=f"thiếu {len(missing)} mã, đầu tiên là “{first}”",
            why_en=f"{len(missing)} ids are missing, the first is “{first}”",
            cure_vi="Mã trong bảng khoảng cách phải đúng mã của điểm và của vị trí.",
            cure_en="Its ids must be those of the demand and of the sites.",
        )
    return np.array([place.get(id, -1) for id in there], dtype=np.int64)


def given(root: Path, spec: Distances, sources: tuple[str, ...] | None) -> Given:
    """Read what the spec names; `sources`: the sites from which a graph is measured (None: every node)."""
    path = root / spec.file
    if spec.kind == "matrix":
        return _matrix(path, spec.file)
    if spec.kind == "pairs":
        return _pairs(path, spec.file)
    if spec.kind == "edges":
        frame = table(path)
        names = [_called(frame.columns, *alike) for alike in _EDGE]
        nodes: dict[str, int] = {}
        ends = [
            np.array(
                [nodes.setdefault(id, len(nodes)) for id in column(frame, spec.file, name)], dtype=np.int64
            )
            for name in names[:2]
        ]
        lengths = numbers(frame, spec.file, names[2], least=0)
        return _graph(tuple(nodes), ends[0], ends[1], lengths, spec.repeated == "last", sources, spec.file)
    figures = _figures(path)
    return _pmed(figures, spec) if spec.kind == "or-library-pmed" else _scp(figures, spec)


_EDGE = (("from", "a", "u", "source"), ("to", "b", "v", "target"), ("length", "distance", "cost", "weight"))


def _called(columns: list[str], *alike: str) -> str:
    lower = {c.lower(): c for c in columns}
    return next((lower[a] for a in alike if a in lower), alike[0])


def _matrix(path: Path, file: str) -> Given:
    frame = table(path)
    if frame.width < 2:
        raise BadDistances(
            file=file,
            why_vi="chỉ có một cột",
            why_en="there is only one column",
            cure_vi="Cột đầu là mã điểm, mỗi cột sau là một vị trí.",
            cure_en="The first column has the ids of points, each further column is a site.",
        )
    names = ids(frame, file, frame.columns[0])
    sites = tuple(frame.columns[1:])
    grid = np.column_stack([numbers(frame, file, site, least=0, empty=np.inf) for site in sites])
    at, of = np.nonzero(np.isfinite(grid))
    return Given(names, sites, at, of, grid[at, of])


def _pairs(path: Path, file: str) -> Given:
    frame = table(path)
    points = column(frame, file, _called(frame.columns, "demand", "point", "from"))
    sites = column(frame, file, _called(frame.columns, "site", "to", "facility"))
    name = _called(frame.columns, "distance", "length", "")
    length = numbers(frame, file, name, least=0) if name in frame.columns else np.zeros(len(points))
    rows: dict[str, int] = {}
    columns: dict[str, int] = {}
    at = np.array([rows.setdefault(id, len(rows)) for id in points], dtype=np.int64)
    of = np.array([columns.setdefault(id, len(columns)) for id in sites], dtype=np.int64)
    order = np.lexsort((length, of, at))
    at, of, length = at[order], of[order], length[order]
    first = np.ones(len(at), dtype=bool)
    first[1:] = (at[1:] != at[:-1]) | (of[1:] != of[:-1])
    return Given(tuple(rows), tuple(columns), at[first], of[first], length[first])


def _graph(
    nodes: tuple[str, ...],
    a: Ints,
    b: Ints,
    lengths: Floats,
    last: bool,
    sources: tuple[str, ...] | None,
    file: str,
) -> Given:
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((-np.arange(len(a)) if last else lengths, high, low))
    low, high, lengths = low[order], high[order], lengths[order]
    keep = np.ones(len(low), dtype=bool)
    keep[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    keep &= low != high
    whole = bool(np.all(lengths == np.rint(lengths)))
    n = len(nodes)
    # a sparse graph forgets edges of length 0: give them one too short to show
    graph = csr_matrix((np.maximum(lengths[keep], 1e-9), (low[keep], high[keep])), shape=(n, n))
    names = nodes if sources is None else sources
    begin = np.arange(n) if sources is None else _numbered_in(sources, nodes, file)
    far = dijkstra(graph, directed=False, indices=begin)
    if whole:
        far = np.rint(far)
    of, at = np.nonzero(np.isfinite(far))
    return Given(nodes, names, at, of, far[of, at])


def _numbered_in(wanted: tuple[str, ...], nodes: tuple[str, ...], file: str) -> Ints:
    place = {id: n for n, id in enumerate(nodes)}
    _numbered(wanted, nodes, file)  # refuses what is missing
    return np.array([place[id] for id in wanted], dtype=np.int64)


def _figures(path: Path) -> list[float]:
    try:
        words = path.read_text(encoding="utf-8-sig").split()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None)
        raise NoTable(
            file=path.name, reason_vi=why or "tệp không ở mã UTF-8", reason_en=why or "it is not UTF-8"
        ) from None
    out = []
    for n, word in enumerate(words):
        try:
            out.append(float(word))
        except ValueError:
            raise BadCell(
                file=path.name,
                line=n + 1,
                column="·",
                value=word[:40],
                count=1,
                expected_vi="một số",
                expected_en="a number",
            ) from None
    return out


def _pmed(figures: list[float], spec: Distances) -> Given:
    """OR-Library: n, edges, p, then a triple (vertex, vertex, length) an edge; the last of equals counts."""
    head = [int(v) for v in figures[:3]]
    if len(head) < 3 or len(figures) != 3 + 3 * head[1]:
        raise _torn(spec.file, 3 + 3 * head[1] if len(head) > 1 else 3, len(figures))
    triples = np.array(figures[3:]).reshape(-1, 3)
    nodes = tuple(str(n) for n in range(1, head[0] + 1))
    ends = triples[:, :2].astype(np.int64) - 1
    found = _graph(nodes, ends[:, 0], ends[:, 1], triples[:, 2], True, None, spec.file)
    return Given(found.points, found.sites, found.at, found.of, found.length, p=head[2])


def _scp(figures: list[float], spec: Distances) -> Given:
    """OR-Library: rows, columns, the columns' costs, then each row's count and its columns."""
    if len(figures) < 2:
        raise _torn(spec.file, 2, len(figures))
    m, n = int(figures[0]), int(figures[1])
    at, of, where = [], [], 2 + n
    for row in range(m):
        if where >= len(figures):
            raise _torn(spec.file, where + 1, len(figures))
        many = int(figures[where])
        of += [int(v) - 1 for v in figures[where + 1 : where + 1 + many]]
        at += [row] * many
        where += 1 + many
    if where != len(figures) or (of and not 0 <= min(of) <= max(of) < n):
        raise _torn(spec.file, where, len(figures))
    names = tuple(str(k) for k in range(1, m + 1)), tuple(str(k) for k in range(1, n + 1))
    return Given(
        *names,
        np.array(at, dtype=np.int64),
        np.array(of, dtype=np.int64),
        np.zeros(len(at)),
        costs=np.array(figures[2 : 2 + n]),
    )


def _torn(file: str, wanted: int, there: int) -> BadDistances:
    return BadDistances(
        file=file,
        why_vi=f"cần {wanted} số, có {there}",
        why_en=f"{wanted} numbers are expected, there are {there}",
        cure_vi="Tệp không trọn vẹn hoặc không đúng khuôn dạng đã ghi ở kind.",
        cure_en="The file is torn, or not of the format that kind says.",
    )
