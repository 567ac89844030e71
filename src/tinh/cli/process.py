"""Verbs over processes: judge a drawing, and walk one from the terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tinh.cli import province
from tinh.cli.output import language, options, print_json, print_table, say, wants_json
from tinh.cli.process_errors import NoMigration, NoSoundProcess, NoSuchVersion, NotAMoment, NotAWalk

if TYPE_CHECKING:
    from tinh.cases.process import api as moves
    from tinh.packs.api import Linted, ProcessDefinition


@click.group()
@options
def process() -> None:
    """Processes drawn in BPMN: judged, and walked from the terminal."""


@process.command("lint")
@click.argument("place", type=click.Path(path_type=Path, exists=True))
@options
def lint(place: Path) -> int:
    """Judge one .bpmn or .dmn file, or a pack (its processes folder): every fault with line and cure.

    A file is judged together with those beside it, which it may call. Leaves with 1 when one has an error.
    """
    linted, shown = _linted(place)
    findings = [f for f in linted.findings if f.file in shown]
    if wants_json():
        print_json({
            "findings": [f.as_dict() for f in findings],
            "processes": {id: _digest(linted, id) for id in linted.processes if _path(id, shown)},
        })  # fmt: skip
    else:
        for finding in findings:
            print(finding.render(language(), place.parent if place.is_file() else place))
        for id in linted.processes:
            made = _digest(linted, id)
            if made and _path(id, shown):
                print(say(f"{id}: dùng được, mã {made[:12]}", f"{id}: sound, digest {made[:12]}"))
        broken = {f.file.name for f in findings if f.level == "error"}
        for path in sorted(shown):
            if path.suffix == ".dmn" and path.name not in broken and path.stem in linted.tables:
                gives = ", ".join(sorted(linted.tables[path.stem].gives))
                print(
                    say(
                        f"{path.stem}: bảng dùng được, cho {gives}",
                        f"{path.stem}: sound table, gives {gives}",
                    )
                )
    return 1 if any(f.level == "error" for f in findings) else 0


@process.command("try")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--facts", default="{}", help='Facts to start with, as JSON: \'{"severity": "urgent"}\'.')
@click.option(
    "--do", "doing", multiple=True,
    help="A move, in order: ACTION, STEP=ACTION, STEP=ACTION:{JSON fields}, fire STEP, wait, "
    "message NAME[:{JSON}], fail STEP=CODE. Repeat it.",
)  # fmt: skip
@click.option("--at", default="", help="The moment it starts, ISO 8601 (now).")
@options
def try_(file: Path, facts: str, doing: tuple[str, ...], at: str) -> int:
    """Walk FILE.bpmn: prints what waits after each move. Services answer at once with nothing.

    `wait` lets the time run to the next timer. Working time is that of Vietnam's calendar.
    """
    from tinh.cases.process import api as moves

    linted, _ = _linted(file)
    bundle = linted.bundle(file.stem)
    if bundle is None:
        for finding in linted.findings:
            print(finding.render(language(), file.parent))
        raise NoSoundProcess(path=file)
    from tinh.packs.api import unpack_process

    walk = _Walk(unpack_process(bundle), _moment(at), _json(facts))
    walk.tell("start", moves.start(walk.made, walk.given, walk.moment, walk.clock))
    for one in doing:
        walk.tell(one, walk.move(one))
    if wants_json():
        print_json(walk.told)
    return 0


@process.command("move")
@click.argument("old")
@click.argument("new")
@click.option("--dry-run", "dry", is_flag=True, help="Try every case and change nothing.")
@click.option("--reason", default="", help="Why, as the history of each case says it. Needed to move.")
@options
def move(old: str, new: str, dry: bool, reason: str) -> int:
    """Move running cases from version OLD to the process NEW as it is declared now.

    OLD: the first 12 digits of a version cases have, or a process id for all its older versions. Steps go by
    NEW.migration.yaml, without which nothing moves. Prints each case that cannot move, and why; leaves with
    1 when there is one.
    """
    from tinh.cli.accounts import opened

    declared = province.catalogue().processes
    found = declared.get(new)
    if found is None:
        raise NoSuchVersion(said=new, known=", ".join(sorted(declared)) or "–")
    told: list[dict[str, Any]] = []
    with opened():
        from tinh.cases import api as cases

        kept = [one for one in cases.kept_definitions(old) if one.digest != found.digest]
        if not kept:
            known = ", ".join(f"{k.digest[:12]} ({k.process}, {k.open})" for k in cases.kept_definitions())
            raise NoSuchVersion(said=old, known=known or "–")
        for one in kept:
            steps = next((m.steps for m in found.migrations if one.digest.startswith(m.before)), None)
            if steps is None and not dry and one.open:
                raise NoMigration(before=one.digest[:12], process=new)
            for case in cases.move_cases(one.digest, found.definition, steps or {}, reason, dry=dry):
                told.append(
                    {"case": case.code, "from": case.before[:12], "steps": list(case.steps),
                     "problem": say(case.problem.vi, case.problem.en) if case.problem else ""}
                )  # fmt: skip
    _tell_moves(told, found.digest, dry)
    return 1 if any(one["problem"] for one in told) else 0


def _tell_moves(told: list[dict[str, Any]], digest: str, dry: bool) -> None:
    stuck = [one for one in told if one["problem"]]
    if wants_json():
        print_json({"to": digest, "dry_run": dry, "moved": len(told) - len(stuck), "cases": told})
        return
    if stuck:
        print_table(
            [say("vụ việc", "case"), say("từ bản", "from"), say("đang ở bước", "waits at"),
             say("vì sao chưa chuyển được", "why it cannot move")],
            [(one["case"], one["from"], ", ".join(one["steps"]), one["problem"]) for one in stuck],
        )  # fmt: skip
    went, rest = len(told) - len(stuck), len(stuck)
    print(
        say(f"{went} vụ việc chuyển được, {rest} vụ việc chưa; chưa thay đổi gì.",
            f"{went} cases can move, {rest} cannot; nothing was changed.")
        if dry
        else say(f"Đã chuyển {went} vụ việc sang bản {digest[:12]}; {rest} vụ việc giữ bản cũ.",
                 f"{went} cases moved to version {digest[:12]}; {rest} keep the older one.")
    )  # fmt: skip


class _Walk:
    def __init__(self, made: ProcessDefinition, moment: datetime, given: dict[str, Any]) -> None:
        self.made, self.moment, self.given = made, moment, given
        from tinh.cases.process import api as moves

        self.clock = moves.clock()
        self.told: list[dict[str, Any]] = []
        self.now: moves.Outcome | None = None

    def tell(self, what: str, now: moves.Outcome) -> None:
        """Prints the outcome of a move, and lets services answer."""
        from tinh.cases.process import api as moves

        ran = []
        while now.services:
            call = now.services[0]
            ran.append({"service": call.name, "arguments": dict(call.arguments)})
            now = moves.complete(self.made, now.state, call.step, "", {}, self.moment, self.clock)
        before = self.now.facts if self.now is not None else self.given
        self.now = now
        waiting: list[dict[str, Any]] = [
            {
                "step": s.node, "kind": s.kind, "name": s.name.in_(language()), "role": s.role,
                "due": s.due_at.isoformat() if s.due_at else None, "actions": [a.id for a in s.actions],
                "message": s.message or None, "item": s.item,
            }
            for s in now.waiting
        ]  # fmt: skip
        self.told.append({
            "move": what, "at": self.moment.isoformat(), "services": ran, "waiting": waiting,
            "ended": now.ended, "facts": dict(now.facts), "passed": list(now.passed),
        })  # fmt: skip
        if wants_json():
            return
        print(f"▸ {what}")
        for name, value in now.facts.items():
            if name != "action" and before.get(name) != value:
                print(f"  {name} = {json.dumps(value, ensure_ascii=False)}")
        for one in ran:
            print(f"  ⚙ {one['service']} {json.dumps(one['arguments'], ensure_ascii=False)}")
        if now.ended:
            print(say("  đã kết thúc", "  ended"))
        elif waiting:
            columns = (
                ("bước", "step"),
                ("loại", "kind"),
                ("tên", "name"),
                ("hạn", "due"),
                ("việc", "actions"),
                *((("mục", "item"),) if any(w["item"] is not None for w in waiting) else ()),
            )
            print_table(
                [say(vi, en) for vi, en in columns],
                [
                    (w["step"], w["kind"], w["name"], w["due"] or "",
                     ", ".join(w["actions"] or [w["message"] or ""]),
                     *((str(w["item"]),) if len(columns) > 5 else ()))
                    for w in waiting
                ],
            )  # fmt: skip

    def move(self, text: str) -> moves.Outcome:
        from tinh.cases.process import api as moves

        now = self.now
        if now is None:
            raise NotAWalk(text=text)
        verb, _, rest = text.partition(" ")
        head, _, tail = rest.partition(":") if verb in ("message",) else text.partition(":")
        if verb == "message" and rest:
            return moves.message(self.made, now.state, head, _json(tail or "{}"), self.moment, self.clock)
        if verb == "fire" and rest:
            return self.fire(next((s for s in now.waiting if s.node == rest), None), text)
        if verb == "wait" and not rest:
            timers = [s for s in now.waiting if s.kind == "timer" and s.due_at is not None]
            return self.fire(min(timers, key=lambda s: (s.due_at, s.id), default=None), text)
        step, equals, action = head.partition("=")
        users = [s for s in now.waiting if s.kind == "user"]
        fits = [s for s in users if s.node == step] if equals else users
        if not fits or (len(fits) > 1 and not equals):
            raise NotAWalk(text=text)
        data = _json(tail or "{}")
        return moves.complete(self.made, now.state, fits[0].id, action or head, data, self.moment, self.clock)

    def fire(self, step: moves.Step | None, text: str) -> moves.Outcome:
        from tinh.cases.process import api as moves

        if step is None or self.now is None or step.due_at is None:
            raise NotAWalk(text=text)
        self.moment = max(self.moment, step.due_at)
        return moves.fire(self.made, self.now.state, step.id, self.moment, self.clock)


def _linted(place: Path) -> tuple[Linted, set[Path]]:
    """A file with those beside it, or a folder's; and which of them to tell about."""
    from tinh.packs.api import lint_processes, process_files

    if place.is_file():
        files = {**process_files(place.parent), place: place.read_bytes()}
        linted = lint_processes(files)
        needed = linted.companions(place.stem) if place.suffix == ".bpmn" else {place.name}
        return linted, {path for path in files if path.name in needed}
    folder = place / "processes" if (place / "processes").is_dir() else place
    files = process_files(folder)
    return lint_processes(files), set(files)


def _path(id: str, shown: set[Path]) -> bool:
    return any(path.name == f"{id}.bpmn" for path in shown)


def _digest(linted: Linted, id: str) -> str:
    from tinh.packs.api import unpack_process

    bundle = linted.bundle(id)
    return unpack_process(bundle).digest if bundle is not None else ""


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise NotAWalk(text=text) from error
    if not isinstance(found, Mapping):
        raise NotAWalk(text=text)
    return dict(found)


def _moment(text: str) -> datetime:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    if not text:
        return datetime.now(zone)
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAMoment(text=text) from error
    return found if found.tzinfo else found.replace(tzinfo=zone)


COMMANDS = (process,)
