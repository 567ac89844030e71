"""Who may do what: one table, one question, and no for everything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tinh.people.errors import NotAllowed, SignInNeeded
from tinh.people.models import Role

if TYPE_CHECKING:
    from tinh.packs.api import Dataset

Action = Literal[
    "read", "read receipts", "read held rows", "read raw", "push", "mend", "release", "recall",
    "manage accounts", "read access log", "manage boundaries", "manage sources", "write layouts", "apply",
]  # fmt: skip
Reach = Literal["all", "own agency", "unless personal"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at a door: a signed-in account or a token. `datasets` narrows a token; None does not."""

    name: str
    role: str
    agency: str = ""
    datasets: frozenset[str] | None = None
    account: int | None = None


MATRIX: Mapping[tuple[str, Action], Reach] = {
    (Role.VIEWER, "read"): "all",
    (Role.VIEWER, "read receipts"): "all",
    (Role.VIEWER, "read held rows"): "unless personal",
    (Role.DATA_OFFICER, "read"): "all",
    (Role.DATA_OFFICER, "read receipts"): "own agency",
    (Role.DATA_OFFICER, "read held rows"): "own agency",
    (Role.DATA_OFFICER, "read raw"): "own agency",
    (Role.DATA_OFFICER, "push"): "own agency",
    (Role.DATA_OFFICER, "recall"): "own agency",
    (Role.DATA_OFFICER, "mend"): "own agency",
    (Role.DATA_OFFICER, "write layouts"): "own agency",
    (Role.ADMINISTRATOR, "read"): "all",
    (Role.ADMINISTRATOR, "read receipts"): "all",
    (Role.ADMINISTRATOR, "read held rows"): "all",
    (Role.ADMINISTRATOR, "read raw"): "all",
    (Role.ADMINISTRATOR, "push"): "all",
    (Role.ADMINISTRATOR, "recall"): "all",
    (Role.ADMINISTRATOR, "mend"): "all",
    (Role.ADMINISTRATOR, "release"): "all",
    (Role.ADMINISTRATOR, "write layouts"): "all",
    (Role.ADMINISTRATOR, "manage accounts"): "all",
    (Role.ADMINISTRATOR, "manage boundaries"): "all",
    (Role.ADMINISTRATOR, "read access log"): "all",
    (Role.ADMINISTRATOR, "apply"): "all",
    (Role.ADMINISTRATOR, "manage sources"): "all",
}


def may(actor: Actor | None, action: Action, dataset: Dataset | None = None) -> bool:
    """Whether `actor` may do `action` (to `dataset`, for what is done to one)."""
    if actor is None:
        return False
    reach = MATRIX.get((actor.role, action))
    if reach is None:
        return False
    if actor.datasets is not None and (dataset is None or dataset.id not in actor.datasets):
        return action == "read" and dataset is None
    if reach == "all":
        return True
    if dataset is None:
        return False
    own = bool(actor.agency) and dataset.owner == actor.agency
    if reach == "unless personal":
        return own or all(column.personal == "none" for column in dataset.columns)
    return own


def among(actor: Actor | None, action: Action, datasets: Mapping[str, Dataset]) -> frozenset[str] | None:
    """The datasets `actor` may do `action` to; None: all, also those the province has dropped."""
    if may(actor, action):
        return None
    return frozenset(id for id, dataset in datasets.items() if may(actor, action, dataset))


def require(actor: Actor | None, action: Action, dataset: Dataset | None = None) -> Actor:
    """The actor, or the error that says why not."""
    if actor is None:
        raise SignInNeeded
    if not may(actor, action, dataset):
        raise NotAllowed(who=actor.name, action=action, subject=dataset.id if dataset else "tinh")
    return actor
