"""What the repository declares of itself, held against what it holds."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tinh"
# Their makers tell one to import these beside the library they come with.
COMPANIONS = {
    "asgiref": "django", "httpcore": "httpx", "jwt": "django-allauth", "pydantic_core": "pydantic",
    "pandas": "statsforecast", "qrcode": "django-allauth",
}  # fmt: skip
CONTRACTS = sorted((ROOT / "packs").glob("*/datasets/*.odcs.yaml"))


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda p: p.name)
def test_every_column_of_our_packs_says_whether_it_is_personal(contract: Path) -> None:
    silent = []
    for one in yaml.safe_load(contract.read_text())["schema"]:
        for column in one["properties"]:
            blocks = [p["value"] for p in column.get("customProperties", []) if p["property"] == "tinh"]
            if not any("personal" in block for block in blocks):
                silent.append(column["name"])
    assert not silent, f"personal: none, or the kind and how long it is kept, is missing at {silent}"


def test_every_library_the_code_imports_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    declared = {_plain(re.split(r"[\[<>=~ ;]", one, maxsplit=1)[0]) for one in asked}
    owners = packages_distributions()
    wanted: dict[str, str] = {}
    for module in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                wanted.setdefault(name.split(".")[0], f"{module.relative_to(ROOT)}:{node.lineno}")
    own = {"tinh", *sys.stdlib_module_names}
    missing = [
        f"{where} imports {name}"
        for name, where in wanted.items()
        if name not in own
        and not declared & {_plain(owner) for owner in [COMPANIONS.get(name, ""), *owners.get(name, [])]}
    ]
    assert not missing, missing


def test_every_variable_the_code_reads_has_a_line_in_the_settings() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    read = {
        name
        for module in SOURCE.rglob("*.py")
        for name in re.findall(r"""environ(?:\.get\(|\[)["'](TINH_\w+)""", module.read_text())
    }
    assert read
    assert not [name for name in sorted(read) if f"`{name}`" not in page]


def test_everything_the_data_folder_holds_has_a_line() -> None:
    """By its name: what is lost with it, and whether to keep it with the backup."""
    page = (ROOT / "docs" / "reference" / "data-folder.md").read_text()
    named = {
        name
        for module in SOURCE.rglob("*.py")
        for name in re.findall(r"""\bhome(?:\.root)? / "([a-z][\w.-]*)\"""", module.read_text())
    }
    assert {"connectors", "vault.json", "axis", "keys"} <= named
    assert not [name for name in sorted(named) if f"`{name}" not in page]


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, broken


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")
