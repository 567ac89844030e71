"""The habits of the house that a machine can check, each by enumerating the code itself."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reference import PAGES

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tinh"
ROOMS = sorted(p.name for p in SOURCE.iterdir() if p.is_dir() and (p / "__init__.py").is_file())
MODULES = sorted(p for p in SOURCE.rglob("*.py") if "migrations" not in p.parts)
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}

# Wiring that only names modules by path, as Django and ASGI servers ask for.
NO_FRONT_DOOR = {"kit", "cli"}


def _imports(module: Path) -> Iterator[tuple[int, str, int]]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, 0
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:  # `from tinh.people import api` names the front door too
                door = f"{node.module}.api" if alias.name == "api" else node.module or ""
                yield node.lineno, door, node.level


def test_every_room_is_described_in_the_architecture_page_and_no_other() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text()
    described = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert described == set(ROOMS)


def test_rooms_meet_only_at_their_front_doors() -> None:
    wrong = []
    for module in MODULES:
        room = module.relative_to(SOURCE).parts[0]
        for line, name, level in _imports(module):
            parts = name.split(".")
            assert level < 2, f"{module}:{line} climbs with '..'"
            if parts[0] != "tinh" or len(parts) < 2 or parts[1] in {room, "kit"}:
                continue
            if parts[-1] != "api" and module.name not in {"settings.py", "urls.py"}:
                wrong.append(f"{module.relative_to(ROOT)}:{line} imports {name}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", [r for r in ROOMS if r not in NO_FRONT_DOOR])
def test_a_front_door_is_a_short_page_with_a_list_of_what_it_offers(room: str) -> None:
    tree = ast.parse((SOURCE / room / "api.py").read_text())
    page = ast.get_docstring(tree) or ""
    assert 1 <= len(page.splitlines()) <= 25
    assert any(
        isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__" for node in tree.body
    )


def test_no_module_is_a_monster_or_has_a_vague_name() -> None:
    wrong = [
        f"{m.relative_to(ROOT)}: {n} lines" for m in MODULES if (n := len(m.read_text().splitlines())) > 400
    ]
    named_by_django = SOURCE / "people" / "postgres" / "base.py"  # a database engine is <package>.base
    vague = [m for m in MODULES if m.stem in VAGUE and m != named_by_django]
    wrong += [f"{m.relative_to(ROOT)}: vague name" for m in vague]
    assert not wrong, "\n".join(wrong)


def test_the_kit_stays_small() -> None:
    assert len([m for m in (SOURCE / "kit").glob("*.py") if m.stem != "__init__"]) <= 8


def _error_classes() -> list[tuple[Path, str, str]]:
    found = []
    for module in SOURCE.rglob("*errors.py"):
        for node in ast.parse(module.read_text()).body:
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    target = (
                        item.targets[0] if isinstance(item, ast.Assign) else getattr(item, "target", None)
                    )
                    value = getattr(item, "value", None)
                    if getattr(target, "id", "") == "code" and isinstance(value, ast.Constant):
                        found.append((module, node.name, str(value.value)))
    return found


def test_error_codes_are_unique_and_carry_their_rooms_prefix() -> None:
    codes = _error_classes()
    assert codes
    doubles = [c for c, n in Counter(code for _, _, code in codes).items() if n > 1]
    assert not doubles
    prefixes: dict[str, set[str]] = {}
    for module, _, code in codes:
        assert re.fullmatch(r"[A-Z]{3}\d{3}", code), f"{module}: {code}"
        prefixes.setdefault(module.relative_to(SOURCE).parts[0], set()).add(code[:3])
    assert all(len(p) == 1 for p in prefixes.values()), prefixes


def test_every_error_is_raised_somewhere() -> None:
    rest = "".join(m.read_text() for m in MODULES if not m.name.endswith("errors.py") and m.name != "api.py")
    used = set(re.findall(r"\w+", rest))
    families = {"000", "100"}
    unused = [
        f"{module.parent.name}: {name}"
        for module, name, code in _error_classes()
        if code[3:] not in families and name not in used
    ]
    assert not unused, unused


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_reference_says_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / "reference" / name).read_text()
    assert written == PAGES[name](), "run: python tests/house/reference.py"


def test_nothing_is_left_open_in_the_code() -> None:
    left = re.compile(r"(#|//|/\*|<!--).*\b(TODO|FIXME|XXX|HACK)\b|raise NotImplementedError")
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("src", "frontend/src", "packs")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".ts", ".css", ".html", ".yaml"} and "dist" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if left.search(line)
    ]
    assert not wrong, wrong
