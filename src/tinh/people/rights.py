"""Who may do what: one table, one question, and no for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, get_args

from tinh.people.errors import NotAllowed, RightsUnreadable, SignInNeeded
from tinh.people.models import Role
from tinh.people.scope import Scope, ground, own_agencies
from tinh.people.table import PROGRAM, Reach, table

if TYPE_CHECKING:
    from tinh.packs.api import Dataset

Action = Literal[
    "read", "read receipts", "read held rows", "read raw", "push", "mend", "release", "recall",
    "write layouts", "apply", "manage boundaries", "read sources", "manage sources",
    "read deliveries of own", "read league", "manage reminders", "hand over", "read rights",
    "manage own account", "read accounts", "manage accounts", "manage keys", "mark anomalies",
    "manage agencies", "delegate",
    "read access log", "unmask", "read purposes", "manage purposes", "handle subject requests",
    "read services", "publish services", "grant services", "call services", "manage axis", "plan sites",
    "make studies", "read message log",
    "read cases", "handle cases", "triage cases", "supervise cases", "issue directives", "see reporters",
    "send reports",
    "manage desks",
]  # fmt: skip
ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at a door: a signed-in account or a token.

    `role`, `agency`, `place` and `sector` are the main post, `further` the other live ones.
    `by_key` tells a token; its `datasets` and `actions` narrow it, and None does not.
    """

    name: str
    role: str
    agency: str = ""
    datasets: frozenset[str] | None = None
    account: int | None = None
    place: str = ""
    sector: str = ""
    further: tuple[Scope, ...] = ()
    actions: frozenset[str] | None = None
    by_key: bool = False

    @property
    def posts(self) -> tuple[Scope, ...]:
        """Every live post, the main one first."""
        return (Scope(self.role, self.agency, self.place, self.sector), *self.further)


def _matrix() -> Mapping[tuple[str, Action], Reach]:
    found = table()
    for known, written in ((set(ACTIONS), set(found.rights)), (set(Role.values), set(found.roles))):
        if known != written:
            odd = ", ".join(sorted(known ^ written))
            raise RightsUnreadable(
                file="rights.yaml",
                faults_vi=f"bảng và chương trình không cùng tên: {odd}",
                faults_en=f"the table and the program do not name the same: {odd}",
            )
    return {
        (role, action): reach
        for action in ACTIONS
        for role, reach in found.rights[action].reach.items()
    }  # fmt: skip


MATRIX: Mapping[tuple[str, Action], Reach] = _matrix()


@dataclass(frozen=True, slots=True)
class _Thing:
    """What is asked about. Empty: it has none."""

    dataset: Dataset | None
    agency: str
    place: str
    on: date | None
    sector: str
    of: int | None


def may(
    actor: Actor | None,
    action: Action,
    dataset: Dataset | None = None,
    *,
    agency: str = "",
    place: str = "",
    on: date | None = None,
    sector: str = "",
    of: int | None = None,
) -> bool:
    """Whether `actor` may do `action` to a thing: a dataset, or something of an agency, a place, a sector
    or an account (`of`, its number). `on` is the day by which `place` is meant."""
    if actor is None or not _opened(actor, action, dataset):
        return False
    if dataset is not None:
        agency, sector = agency or dataset.owner, sector or dataset.pack
    thing = _Thing(dataset, agency, place, on, sector, of)
    return any(_reaches(actor, post, action, thing) for post in actor.posts)


def may_anywhere(actor: Actor | None, action: Action) -> bool:
    """Whether there may be anything `actor` may do `action` to: for menus, and for pages that then narrow."""
    if actor is None or (actor.datasets is not None and action != "read") or not _named(actor, action):
        return False
    return any(_holds(post, action) for post in actor.posts)


def _named(actor: Actor, action: Action) -> bool:
    if actor.actions is None:
        return all(post.role != PROGRAM for post in actor.posts)  # a program's key names what it may
    return action in actor.actions


def _opened(actor: Actor, action: Action, dataset: Dataset | None) -> bool:
    if not _named(actor, action):
        return False
    if actor.datasets is None:
        return True
    return dataset.id in actor.datasets if dataset is not None else action == "read"


def _holds(post: Scope, action: Action) -> bool:
    match MATRIX.get((post.role, action)):
        case None:
            return False
        case "own agency":
            return bool(post.agency)
        case "own place":
            return bool(post.place)
        case "own sector":
            return bool(post.sector)
        case _:
            return True


def _reaches(actor: Actor, post: Scope, action: Action, thing: _Thing) -> bool:
    if not _holds(post, action):
        return False
    match MATRIX[post.role, action]:
        case "all":
            return True
        case "own":
            return thing.of is None or thing.of == actor.account
        case "own agency":
            return _own_agency(post, thing)
        case "unless personal":
            return thing.dataset is not None and (not personal(thing.dataset) or _own_agency(post, thing))
        case "own place":
            return bool(thing.place) and _in_place(post, thing) and _in_sector(post, thing)
        case "own sector":
            return bool(thing.sector) and _in_sector(post, thing) and _in_place(post, thing)


def _own_agency(post: Scope, thing: _Thing) -> bool:
    if not post.agency or not thing.agency:
        return False
    own = post.agency == thing.agency or thing.agency in own_agencies(post.agency)
    return own and _in_place(post, thing) and _in_sector(post, thing)


def _in_place(post: Scope, thing: _Thing) -> bool:
    """A post without a place is not narrowed by one; nor is what has no place."""
    return not post.place or not thing.place or ground().inside(post.place, thing.place, thing.on)


def _in_sector(post: Scope, thing: _Thing) -> bool:
    return not post.sector or not thing.sector or post.sector == thing.sector


def personal(dataset: Dataset) -> bool:
    """Whether any column says something of a person."""
    return any(column.personal != "none" for column in dataset.columns)


def among(actor: Actor | None, action: Action, datasets: Mapping[str, Dataset]) -> frozenset[str] | None:
    """The datasets `actor` may do `action` to; None: all, also those the province has dropped."""
    if may(actor, action):
        return None
    return frozenset(id for id, dataset in datasets.items() if may(actor, action, dataset))


def among_agencies(actor: Actor | None, action: Action) -> frozenset[str] | None:
    """The agencies to whose things `actor` may do `action`, under every name; None: all of them."""
    if actor is None or not may_anywhere(actor, action):
        return frozenset()
    own: set[str] = set()
    for post in actor.posts:
        reach = MATRIX.get((post.role, action))
        if reach == "all":
            return None
        if reach == "own agency":
            own |= own_agencies(post.agency)
    return frozenset(own)


def require(
    actor: Actor | None,
    action: Action,
    dataset: Dataset | None = None,
    *,
    agency: str = "",
    place: str = "",
    on: date | None = None,
    sector: str = "",
    of: int | None = None,
) -> Actor:
    """The actor, or the error that says why not."""
    if actor is None:
        raise SignInNeeded
    if not may(actor, action, dataset, agency=agency, place=place, on=on, sector=sector, of=of):
        subject = dataset.id if dataset else agency or place or sector
        raise not_allowed(actor, action, subject)
    return actor


def require_anywhere(actor: Actor | None, action: Action) -> Actor:
    """The actor, who may do this to something at least; the page then narrows to what."""
    if actor is None:
        raise SignInNeeded
    if not may_anywhere(actor, action):
        raise not_allowed(actor, action)
    return actor


def not_allowed(actor: Actor, action: Action, subject: str = "") -> NotAllowed:
    """The refusal, in the words of the table of rights."""
    says = table().rights[action].says
    return NotAllowed(
        who=actor.name, action=action, action_vi=says.vi, action_en=says.en, subject=subject or action
    )
