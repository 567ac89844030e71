"""Kinds of cases and the services their processes may call, as the desks registered them at start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tinh.cases.case_errors import NoSuchKind, NoSuchService
from tinh.cases.tables.case import Case
from tinh.kit.errors import Text
from tinh.people.api import Action

Service = Callable[[Case, Mapping[str, Any], datetime], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case: `prefix` of its codes, its name, the action that opens one, and how many days after the
    closing personal data of its parties is kept.

    `acts`: who may take the engine's own acts (`assign`, `move` to another agency, `extend`, `pause`,
    `resume`, `merge`, `split`, `withdraw`, `reopen`), nobody those left out; None: as for a report. `shown`:
    whether everybody may ever see one; `covered`: whoever may not read one does not learn that it is tied
    to a case they read. `watched`: whether the engine tells watchers of each move; else the desk does.
    """

    id: str
    prefix: str
    name: Text
    opens: Action = "send reports"
    keep_days: int = 730
    acts: Mapping[str, tuple[Action, ...]] | None = None
    shown: bool = True
    covered: bool = False
    watched: bool = True


@dataclass(frozen=True, slots=True)
class Offered:
    """A service. `quick`: runs within the transaction of the step before it (only on this database, in
    milliseconds); else soon after, by the round. Failed, it is tried `attempts` times in all."""

    name: str
    run: Service
    quick: bool = False
    attempts: int = 6
    house: bool = False  # the engine's own: what fails it fails the whole step


_kinds: dict[str, Kind] = {}
_services: dict[str, Offered] = {}


def register_kind(kind: Kind) -> None:
    _kinds[kind.id] = kind


def kinds() -> Mapping[str, Kind]:
    return dict(_kinds)


def kind_of(id: str) -> Kind:
    found = _kinds.get(id)
    if found is None:
        raise NoSuchKind(kind=id, known=", ".join(sorted(_kinds)) or "–")
    return found


def register_service(
    name: str, run: Service, *, quick: bool = False, attempts: int = 6, house: bool = False
) -> None:
    """Let processes call `run(case, arguments, moment)`; what it gives becomes facts of the process. It may
    be called again after a crash, so it must bear being repeated for the same case and step."""
    _services[name] = Offered(name, run, quick, attempts, house)


_erasers: list[Callable[[Case], None]] = []


def register_eraser(erase: Callable[[Case], None]) -> None:
    """Let a desk erase what it keeps of people beside a case, with what the case itself keeps."""
    if erase not in _erasers:
        _erasers.append(erase)


def erasers() -> tuple[Callable[[Case], None], ...]:
    return tuple(_erasers)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of a case in a desk's own keeping. `stage`: report, answer or note; `state` is the desk's word
    (`ready` when it can be opened at `address`); sizes in bytes and pixels, None where not known yet."""

    name: str
    kind: str
    stage: str
    state: str
    media: str
    size: int | None
    width: int | None
    height: int | None
    public: bool
    at: datetime
    address: str


_keepers: list[Callable[[Case], Sequence[KeptFile]]] = []


def register_keeper(files: Callable[[Case], Sequence[KeptFile]]) -> None:
    """Let a desk that keeps files of cases in tables of its own say which: they stand in the case's list with
    those attached to it."""
    if files not in _keepers:
        _keepers.append(files)


def kept_files(case: Case) -> tuple[KeptFile, ...]:
    return tuple(one for files in _keepers for one in files(case))


_forgetters: list[Callable[[Sequence[int]], None]] = []


def register_forgetter(forget: Callable[[Sequence[int]], None]) -> None:
    """Let whoever keeps something for parties (by their number) drop it once they are erased."""
    if forget not in _forgetters:
        _forgetters.append(forget)


def forget_parties(numbers: Sequence[int]) -> None:
    for forget in _forgetters if numbers else ():
        forget(numbers)


_reopeners: list[Callable[[Case], None]] = []


def register_reopener(begin: Callable[[Case], None]) -> None:
    """Let a desk start anew what it keeps beside a case that is opened again."""
    if begin not in _reopeners:
        _reopeners.append(begin)


def reopeners() -> tuple[Callable[[Case], None], ...]:
    return tuple(_reopeners)


Veil = Callable[[Sequence[Case]], Mapping[int, tuple[str, str, str]]]
_veils: dict[str, Veil] = {}
Cover = Callable[[tuple[str, str, str], Sequence[str]], tuple[str, str, str]]
_covers: dict[str, Cover] = {}


def register_cover(kind: str, cover: Cover) -> None:
    """Let a desk cover what leads to the sender in subject, text and address of its cases, given the names
    known: the case's row keeps what is covered; what was sent lies apart, for whoever may see reporters."""
    _covers[kind] = cover


def covered(kind: str, texts: tuple[str, str, str], names: Sequence[str] = ()) -> tuple[str, str, str]:
    """Subject, text and address as the row of a case of this kind keeps them."""
    cover = _covers.get(kind)
    return cover(texts, names) if cover is not None else texts


def register_veil(kind: str, cover: Veil) -> None:
    """Let a desk say what handling agencies read of its cases: number → subject, text, address, with
    whatever leads to the sender covered."""
    _veils[kind] = cover


def veils() -> Mapping[str, Veil]:
    return dict(_veils)


def services() -> Mapping[str, Offered]:
    return dict(_services)


def service_of(name: str) -> Offered:
    found = _services.get(name)
    if found is None:
        raise NoSuchService(service=name, known=", ".join(sorted(_services)) or "–")
    return found


register_kind(Kind("report", "PA", Text("Phản ánh", "Report")))
register_kind(Kind("task", "NV", Text("Nhiệm vụ", "Task"), opens="triage cases"))
register_kind(Kind("incident", "SC", Text("Sự cố", "Incident"), opens="triage cases"))
