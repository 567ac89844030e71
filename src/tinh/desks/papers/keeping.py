"""Keeping documents: told by their bytes, sealed on disk, given out as downloads alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from tinh.cases import api as cases
from tinh.desks.papers.errors import NoSuchPaper, PaperLost, PaperTooLarge, TooManyPapers
from tinh.desks.papers.kinds import called, kind_of
from tinh.desks.papers.models import Paper
from tinh.desks.photos import shelves
from tinh.desks.photos.errors import OriginalLost
from tinh.kit.ids import digest, fresh
from tinh.people import api as people

MOST_BYTES, MOST = 20_000_000, 50
SHELF = "papers"
KEPT = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it was sent."""

    name: str
    data: bytes


def judged(files: Iterable[Sent]) -> list[Sent]:
    """The files, all of a kind that is taken. Raises PaperNotTaken, PaperTooLarge, TooManyPapers."""
    found = [one for one in files if one.data]
    for one in found:
        if len(one.data) > MOST_BYTES:
            most, size = MOST_BYTES // 1_000_000, f"{len(one.data) / 1e6:.1f}"
            raise PaperTooLarge(name=one.name[:80], size=size, most=most)
        kind_of(one.data, one.name)
    if len(found) > MOST:
        raise TooManyPapers(most=MOST)
    return found


def store(code: str, one: Sent, actor: people.Actor, stage: str = "answer", note: int | None = None) -> Paper:
    """Keep a file with a case; the same bytes at the same stage are kept once. Who may is asked before, and
    the case's history told by whoever calls. Raises as `judged`."""
    judged([one])
    kind, mark, code = kind_of(one.data, one.name), digest(one.data), cases.read_code(code)
    with people.through("case"):
        own = Paper.objects.filter(case=code)
        there = own.filter(stage=stage, digest=mark, note=note).first()
        if there is not None:
            return there
        if own.count() >= MOST:
            raise TooManyPapers(most=MOST)
        name = fresh(24)
        shelves.seal(name, one.data, SHELF)
        try:
            kept, made = own.get_or_create(
                case=code, stage=stage, digest=mark, note=note,
                defaults={
                    "name": name, "title": called(one.name, kind), "media": kind.media, "size": len(one.data),
                    "at": cases.ground().now(), "author": actor.name[:200], "agency": actor.agency[:64],
                },
            )  # fmt: skip
        except BaseException:
            shelves.drop_original(name, SHELF)
            raise
        if not made:  # sent twice at once
            shelves.drop_original(name, SHELF)
        return kept


def file_of(paper: Paper) -> cases.File:
    """The document as the case's history names it."""
    return cases.File(
        paper.title,
        paper.media,
        paper.size,
        paper.digest,
        original=paper.name,
        kind="paper",
        stage=paper.stage,
    )


def of_case(code: str, shown_only: bool = False) -> list[Paper]:
    """The documents of a case, in the order they came. Who may see them is asked by whoever calls."""
    with people.through("case"):
        found = Paper.objects.filter(case=cases.read_code(code)).order_by("pk")
        return list(found.filter(shown=True, stage="answer") if shown_only else found)


def paper(name: str) -> Paper:
    """Raises NoSuchPaper."""
    with people.through("case"):
        found = Paper.objects.filter(name=name.replace("\0", "")).first()
    if found is None:
        raise NoSuchPaper
    return found


def bytes_of(found: Paper) -> bytes:
    """Raises PaperLost."""
    try:
        data = shelves.open_sealed(found.name, SHELF)
    except OriginalLost:
        raise PaperLost from None
    if digest(data) != found.digest:
        raise PaperLost
    return data


def public(name: str) -> Paper:
    """A document everybody may have: an answer that a clerk let be seen, of a case everybody may see. Raises
    NoSuchPaper."""
    found = paper(name)
    with people.through("case"):
        seen = cases.Case.objects.filter(code=found.case, public="shown").exists()
    if not (seen and found.shown and found.stage == "answer"):
        raise NoSuchPaper
    return found


def show(code: str, shown: bool, actor: people.Actor, names: Iterable[str] | None = None) -> int:
    """Let everybody have documents of an answer, or no longer; how many. Asks `triage cases`."""
    case = cases.one_case(code, actor)
    people.require(actor, "triage cases", agency=case.agency)
    with people.through("case"):
        found = Paper.objects.filter(case=case.code, stage="answer")
        return (
            found.filter(name__in=list(names)).update(shown=shown)
            if names is not None
            else found.update(shown=shown)
        )


def hide_all(code: str) -> None:
    """Take the documents of a case out of public view, with the case itself."""
    with people.through("case"):
        Paper.objects.filter(case=cases.read_code(code)).update(shown=False)


def erase_case(code: str) -> None:
    """Drop the documents of a case, bytes and all, with what else the case says of people."""
    with people.through("case"):
        _drop(Paper.objects.filter(case=cases.read_code(code)))


def forget(most: int = 5000) -> int:
    """Drop documents of cases closed longer ago than KEPT, and stored bytes that no document names; how
    many. For the nightly round."""
    with people.through("case"):
        old = cases.Case.objects.filter(closed_at__lt=cases.ground().now() - KEPT).values("code")
        done = _drop(Paper.objects.filter(pk__in=Paper.objects.filter(case__in=old).values("pk")[:most]))
        for shelf in range(shelves.SHELVES):
            if names := shelves.originals(shelf, SHELF):
                kept = set(Paper.objects.filter(name__in=names).values_list("name", flat=True))
                for name in set(names) - kept:
                    shelves.drop_original(name, SHELF)
                    done += 1
    return done


def _drop(found: QuerySet[Paper]) -> int:
    names = list(found.values_list("name", flat=True))
    Paper.objects.filter(name__in=names).delete()

    def drop() -> None:
        for name in names:
            shelves.drop_original(name, SHELF)

    transaction.on_commit(drop)
    return len(names)
