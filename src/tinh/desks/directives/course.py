"""What the desk does while a directive goes through its process: the service `directive` of its diagram.

Called with `what`: progress, asked, granted, kept, late, reported, closed, returned. The leader who issued it
watches its case and is told as a watcher; the agencies are told by their ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tinh.cases import api as cases
from tinh.cases.api import Case, tell
from tinh.desks.directives.helping import agency_of
from tinh.desks.directives.models import Directive
from tinh.kit.errors import Text

Facts = Mapping[str, Any]


def directive(case: Case, arguments: Facts, moment: datetime) -> Facts:
    """The service. An unknown `what` is a fault of the diagram."""
    row, _ = Directive.objects.get_or_create(case=case)
    given = _STEPS[str(arguments.get("what"))](case, row, arguments, moment)
    row.save()
    return given


def _text(arguments: Facts) -> str:
    return str(arguments.get("text") or "").strip()


def _agencies(case: Case, row: Directive, template: str, moment: datetime, **data: str) -> None:
    tell(case, template, "agency", moment, data=data)
    for one in row.cooperating:
        tell(case, template, f"agency:{one}", moment, data=data)


def _progress(_case: Case, row: Directive, arguments: Facts, moment: datetime) -> Facts:
    row.progress, row.progress_at = _text(arguments), moment
    done = arguments.get("done")
    if isinstance(done, int | float):
        row.done = round(min(max(done, 0), 100))
    return {}


def _asked(case: Case, row: Directive, arguments: Facts, moment: datetime) -> Facts:
    row.asked_until = date.fromisoformat(str(arguments["until"])[:10])
    row.asked_why = _text(arguments)
    tell(case, "directive-asked", "watchers", moment, data={"until": f"{row.asked_until:%d/%m/%Y}"})
    return {}


def _granted(case: Case, row: Directive, _arguments: Facts, moment: datetime) -> Facts:
    row.asked_until, row.asked_why = None, ""
    _agencies(case, row, "directive-granted", moment)
    return {}


def _kept(case: Case, row: Directive, _arguments: Facts, moment: datetime) -> Facts:
    row.asked_until, row.asked_why = None, ""
    _agencies(case, row, "directive-kept", moment)
    return {}


def _late(case: Case, _row: Directive, _arguments: Facts, moment: datetime) -> Facts:
    tell(case, "directive-late", "watchers", moment)
    tell(case, "directive_finish_late", "supervisors", moment)
    return {}


def _reported(case: Case, row: Directive, arguments: Facts, moment: datetime) -> Facts:
    row.result, row.answer = str(arguments.get("result") or ""), _text(arguments)
    row.reported_at = moment
    tell(case, "directive-reported", "watchers", moment)
    return {}


def _returned(case: Case, row: Directive, _arguments: Facts, moment: datetime) -> Facts:
    row.reported_at = None
    row.returned += 1
    case.answered_at = None
    _agencies(case, row, "directive-returned", moment)
    return {}


def _closed(case: Case, row: Directive, arguments: Facts, moment: datetime) -> Facts:
    case.state = "closed"
    case.outcome = str(arguments.get("result") or row.result or "answered")
    _agencies(case, row, "directive-closed", moment)
    return {"state": "closed", "outcome": case.outcome}


_STEPS: dict[str, Callable[[Case, Directive, Facts, datetime], Facts]] = {
    "progress": _progress, "asked": _asked, "granted": _granted, "kept": _kept, "late": _late,
    "reported": _reported, "returned": _returned, "closed": _closed,
}  # fmt: skip


def _begun_anew(case: Case) -> None:
    """A leader opens a directive again: nothing is reported or asked any more."""
    Directive.objects.filter(pk=case.pk).update(
        asked_until=None, asked_why="", reported_at=None, done=None, progress="", progress_at=None
    )


def _erase(case: Case) -> None:
    Directive.objects.filter(pk=case.pk).update(progress="", asked_why="", answer="")


def register() -> None:
    """Let there be cases of the kind `directive`, its service and its letters."""
    cases.register_kind(
        cases.Kind(
            "directive", "CD", Text("Ý kiến chỉ đạo", "Directive"), opens="issue directives",
            acts={
                "assign": ("handle cases",), "extend": ("supervise cases",), "reopen": ("supervise cases",),
                "withdraw": ("supervise cases",),
            },
            shown=False, covered=True, watched=False,
        )
    )  # fmt: skip
    cases.register_service("directive", directive, quick=True)
    cases.register_reopener(_begun_anew)
    cases.register_eraser(_erase)
    cases.register_helper("directive", agency_of)
    cases.register_letters(Path(__file__).with_name("letters.yaml"))
