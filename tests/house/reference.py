"""Writes the parts of the reference that the code itself knows: errors and verbs.

Run `python tests/house/reference.py` after changing either; a test compares.
"""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import click

from tinh.kit.errors import TinhError

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def error_classes() -> list[type[TinhError]]:
    found: dict[str, type[TinhError]] = {TinhError.code: TinhError}
    for module in sorted((ROOT / "src" / "tinh").rglob("*errors.py")):
        path = module.relative_to(ROOT / "src").with_suffix("")
        loaded = importlib.import_module(".".join(path.parts))
        for _, cls in inspect.getmembers(loaded, inspect.isclass):
            if issubclass(cls, TinhError) and "code" in vars(cls):
                found[cls.code] = cls
    return [found[code] for code in sorted(found)]


def errors_page() -> str:
    out = [
        "# Error codes",
        "",
        "Every refusal carries one of these codes, what was found, and what to do, in both languages. "
        "Words in braces are filled in when it happens. *Try again* marks those that may pass by themselves.",
        "",
    ]
    for cls in error_classes():
        again = " · *try again*" if cls.retry else ""
        out += [f"### {cls.code}", "", f"`{cls.__name__}` · HTTP {cls.status}{again}", ""]
        out += [f"- vi: {cls.says.vi}" + (f" → {cls.cure.vi}" if cls.cure.vi else "")]
        out += [f"- en: {cls.says.en}" + (f" → {cls.cure.en}" if cls.cure.en else ""), ""]
    return "\n".join(out).rstrip() + "\n"


def _verbs(group: click.Group, prefix: str) -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _verbs(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}", command


def command_page() -> str:
    from tinh.cli.main import tinh

    out = [
        "# Command line",
        "",
        "`./tinh VERB` from a checkout. Every verb takes `--json` (print for programs), "
        "`--lang vi|en` and `--province DIR`, before or after the verb. "
        "`TINH_HOME` chooses the data folder. Exit codes: 0 done · 1 done, with findings · 2 not understood.",
        "",
    ]
    for name, command in _verbs(tinh, "tinh"):
        with click.Context(command, info_name=name) as ctx:
            usage = " ".join(command.collect_usage_pieces(ctx)[1:])
            help_text = inspect.cleandoc(command.help or "")
            out += [f"### `{name}{' ' + usage if usage else ''}`", "", help_text, ""]
            rows = [
                record
                for p in command.params
                if p.name not in {"as_json", "lang", "province", "help"}
                and isinstance(p, click.Option)
                and (record := p.get_help_record(ctx))
            ]
            out += [f"- `{option}`: {words}" for option, words in rows]
            if rows:
                out.append("")
    return "\n".join(out).rstrip() + "\n"


def settings_page() -> str:
    from tinh.site.api import field_help

    out = [
        "# Settings",
        "",
        "All settings are environment variables; none is needed to begin. `TINH_NOW` (ISO 8601 with offset) "
        "holds the clock still for a trial, `TINH_PACKS` adds folders in which packs are looked for (colon "
        "separated), `TINH_QUERY_MEMORY` bounds the memory of the query engine (`4GB`; two fifths of the "
        "machine's otherwise).",
        "",
        "Feeds: `TINH_FEED_ROOTS` are the folders (colon separated) inside which a watched folder with an "
        "absolute path may lie; without it only the data folder's `drop` is watched. `TINH_PRIVATE_HOSTS` "
        "are the hosts (comma separated) inside the network that a feed with `allow_private: true` may ask. "
        "`TINH_FEED_CA` is a file of root certificates trusted besides the public ones. `TINH_SECRET_NAME` "
        "is the secret that a feed calls `{secret.NAME}`; it wins over what `tinh secret set NAME` keeps "
        "sealed in the data folder, and that over a line `NAME=value` of the older file `secrets`. "
        "`TINH_VAULT_KEY` (32 bytes in base64) opens the sealed ones instead of the file "
        "`keys/vault.key`, so that the key need not lie beside them.",
        "",
        "Sign-in: who needs a second factor, how long sessions last and which OpenID providers there are "
        "is declared in `province.yaml` under `sign_in` ([keys](packs.md), "
        "[how to](../guide/dang-nhap.md)). "
        "A provider's client secret is a secret like the others: `TINH_SECRET_NAME`, or "
        "`tinh secret set NAME`. Its certificate is checked against the system's roots; `SSL_CERT_FILE` "
        "names others. `TINH_TLS=true` gives the cookies the `__Host-` prefix.",
        "",
        "| Variable | Default | Meaning |",
        "|---|---|---|",
    ]
    out += [
        f"| `{name}` | {f'`{default}`' if default else ''} | {words} |"
        for name, default, words in field_help()
    ]
    return "\n".join(out) + "\n"


def schema_pages() -> dict[str, Callable[[], str]]:
    """JSON Schemas for editors: `# yaml-language-server: $schema=…` at the head of a declared file."""
    from tinh.packs.api import schemas

    def text(schema: object) -> str:
        return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"

    return {f"schemas/{name}.json": partial(text, schema) for name, schema in schemas().items()}


def rights_page() -> str:
    """The table of rights, as a reviewer reads it."""
    from tinh.people.table import table

    found = table()
    out = [
        "# Rights",
        "",
        "Who may do what, from `src/tinh/people/rights.yaml`; what is not here, nobody may. *own agency* "
        "is what belongs to the agency of one's post under any name it has had, *own place* what lies in its "
        "unit, below it or went whole into it at a reform, *unless personal* what holds no personal data. "
        "What each address asks stands in `tests/rights/routes.yaml`; a test walks all with every "
        "role.",
        "",
        "## Roles",
        "",
        *(f"- `{one.id}` {one.name.vi} / {one.name.en}: {one.says.en}" for one in found.roles.values()),
        "",
        "## Actions",
        "",
    ]
    for right in found.rights.values():
        by_reach: dict[str, list[str]] = {}
        for role, reach in right.reach.items():
            by_reach.setdefault(reach, []).append(role)
        out += [f"### {right.id}", "", f"{right.says.vi} / {right.says.en}", ""]
        out += [f"- {reach}: {', '.join(roles)}" for reach, roles in by_reach.items()] + [""]
    return "\n".join(out).rstrip() + "\n"


PAGES = {
    **schema_pages(),
    "rights.md": rights_page,
    "settings.md": settings_page,
    "errors.md": errors_page,
    "command-line.md": command_page,
}

if __name__ == "__main__":
    (REFERENCE / "schemas").mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page())
