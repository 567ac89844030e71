"""Sources made on the web or by the command line: written, changed, checked, removed; and the way
from an unknown table to a contract in the province's folder."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import yaml

from tinh.flow.feeds import connected, feeds
from tinh.flow.profiling import FileProfile, profile_file
from tinh.kit.durable import remove, write
from tinh.packs.api import Connector, Feed, connector, secret_name, secrets_named
from tinh.sources.api import (
    ConnectorDeclared,
    ConnectorFaulty,
    ConnectorTaken,
    ContractStands,
    FolderClosed,
    FolderOutside,
    Look,
    NoSuchConnector,
    SecretForeign,
    SecretInAddress,
    Step,
    Vault,
)

if TYPE_CHECKING:
    from tinh.flow.corridor import Corridor

SAMPLE = 20_000  # rows a contract is drafted from
PACK = "ket-noi"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# What may change of a source without its secrets going anywhere they have not gone before.
_WHAT = frozenset((
    "table", "query", "columns", "cursor", "gone", "encoding", "rows", "patterns", "after", "settle",
    "largest_mb", "records",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adopted:
    """A contract written into the province's folder; it counts once the folder is applied."""

    dataset: str
    contract: Path
    profile: FileProfile


class Connecting:
    """The connectors of a corridor's home."""

    def __init__(self, corridor: Corridor) -> None:
        self._corridor = corridor
        self._folder = corridor.home.root / "connectors"

    def all(self) -> list[Connector]:
        return connected(self._corridor)

    def one(self, id: str) -> Connector:
        file = self._folder / f"{id}.yaml"
        if not _ID.fullmatch(id) or not file.is_file():
            if id in self._corridor.catalogue.feeds:
                raise ConnectorDeclared(id=id)
            raise NoSuchConnector(id=id[:60], known=", ".join(c.id for c in self.all()) or "∅")
        found = self._corridor.catalogue
        return connector(file, found.datasets, found.agencies)

    def declared(self, id: str) -> dict[str, Any]:
        """What the file says."""
        value = yaml.safe_load(self.one(id).file.read_text("utf-8"))
        return value if isinstance(value, dict) else {}

    def save(
        self, value: dict[str, Any], by: str, at: datetime, fresh: bool, *, every_secret: bool
    ) -> Connector:
        """Write a declaration; ConnectorFaulty with every fault when it cannot be used. `every_secret`:
        whether whoever writes it may use any secret and any folder, or only the source's own secrets and
        `drop/<its agency>/`."""
        id = str(value.get("id", ""))
        if id in self._corridor.catalogue.feeds or (fresh and (self._folder / f"{id}.yaml").exists()):
            raise ConnectorTaken(id=id)
        found = self.tried(value)
        if found.feed is None:
            raise self._faulty(found)
        if not every_secret:
            before = {} if fresh else self.declared(id)
            _own_secrets(value, before)
            _own_folder(value, before)
        text = f"# {by}, {at:%Y-%m-%d %H:%M} UTC\n" + spelt(value)
        write(self._folder / f"{id}.yaml", text.encode())
        return self.one(id)

    def tried(self, value: dict[str, Any]) -> Connector:
        """A declaration compiled without being kept."""
        id = str(value.get("id", ""))
        with tempfile.TemporaryDirectory(prefix="tinh-noi-") as folder:
            file = Path(folder) / f"{id if _ID.fullmatch(id) else 'x'}.yaml"
            file.write_text(spelt(value), "utf-8")
            known = self._corridor.catalogue
            return connector(file, known.datasets, known.agencies)

    def _faulty(self, found: Connector) -> ConnectorFaulty:
        vi = "; ".join(f"{f.says.vi} → {f.cure.vi}" for f in found.findings) or "∅"
        en = "; ".join(f"{f.says.en} → {f.cure.en}" for f in found.findings) or "∅"
        return ConnectorFaulty(faults_vi=vi[:1500], faults_en=en[:1500])

    def feed(self, id: str) -> Feed:
        """The feed of a connector, or a declared one; ConnectorFaulty when its file cannot be used."""
        declared = self._corridor.catalogue.feeds.get(id)
        if declared is not None:
            return declared
        found = self.one(id)
        if found.feed is None:
            raise self._faulty(found)
        return found.feed

    def check(self, id: str) -> list[Step]:
        return feeds(self._corridor).check_of(self.feed(id))

    def look(self, id: str) -> Look:
        return feeds(self._corridor).look_of(self.feed(id))

    def remove(self, id: str) -> None:
        """Away with a connector and its own secrets; what it delivered stays."""
        found = self.one(id)
        vault = Vault(self._corridor.home.root)
        for name in _own_names(id, self.declared(id)):
            vault.forget(name)
        remove(found.file)
        feeds(self._corridor).forgotten(id)

    # ── from a table to a contract ──────────────────────────────────────────────────

    def profile(self, id: str, dataset: str = "", rows: int = SAMPLE) -> FileProfile:
        """What the source holds, and the contract drafted from its first rows."""
        with feeds(self._corridor).sample_of(self.feed(id), rows) as (path, name):
            return profile_file(path, name, self._corridor.catalogue, dataset, self._corridor.clock)

    def adopt(self, id: str, folder: Path, owner: str, dataset: str = "", title: str = "") -> Adopted:
        """Draft a contract owned by `owner` into the province's folder, and let the source feed it."""
        name = dataset or id
        standing = self._corridor.catalogue.datasets.get(name)
        if standing is not None:
            raise ContractStands(dataset=name, file=standing.file.name)
        found = self.profile(id, name)
        file = adopted(folder, name, owner, title or name, found.contract)
        if id not in self._corridor.catalogue.feeds:
            value = {**self.declared(id), "dataset": name, "sender": owner}
            write(self._folder / f"{id}.yaml", spelt(value).encode())
        return Adopted(name, file, found)


def _own_names(id: str, value: dict[str, Any]) -> set[str]:
    """The secrets of a declaration that are kept under its own fields' names."""
    return {name for path, name in secrets_named(value).items() if name == secret_name(id, _field(path))}


def _field(path: str) -> str:
    return path.partition(".")[2]


def _own_secrets(value: dict[str, Any], before: dict[str, Any]) -> None:
    """SecretForeign when a declaration asks for a secret that is neither its own nor used by it already, or
    would carry one that is not its own to another place."""
    id = str(value.get("id", ""))
    own, known = _own_names(id, value), set(secrets_named(before).values())
    moved = _where(value) != _where(before)
    for name in secrets_named(value).values():
        if name not in own and (moved or name not in known):
            raise SecretForeign(name=name[:100])


def _own_folder(value: dict[str, Any], before: dict[str, Any]) -> None:
    """FolderOutside when a declaration would read files that are not under its own agency's name."""
    paths, was = _paths(value), _paths(before)
    for path in paths - was if value.get("sender") == before.get("sender") else paths:
        if path.split("/")[0] != value.get("sender") or ".." in path.split("/"):
            raise FolderOutside(path=path[:200])


def _paths(value: dict[str, Any]) -> set[str]:
    groups = ((value.get("folder"), "path"), (value.get("sql"), "file"), (value.get("sql"), "socket"))
    return {str(group[key]) for group, key in groups if isinstance(group, dict) and group.get(key)}


def _where(value: dict[str, Any]) -> dict[str, Any]:
    """What of a declaration says where its secrets go."""
    kind = str(value.get("kind", ""))
    group = value.get(kind)
    lean: dict[str, Any] = _lean(group if isinstance(group, dict) else {})
    columns = isinstance(lean.get("key"), list)  # of a table; of a server it is a secret
    return {
        "kind": kind,
        **{k: v for k, v in lean.items() if v and k not in _WHAT and (k != "key" or not columns)},
    }


def sql_declaration(
    url: str, password: str = "", table: str = "", query: str = "", cursor: str = "", key: str = "",
    tls: str = "auto", private: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """The `sql` group of a declaration from an address and a few words."""
    engine, _, rest = url.partition(":")
    engine = {"postgres": "postgresql"}.get(engine, engine)
    keys = [part.strip() for part in key.split(",") if part.strip()]
    what: dict[str, Any] = {"table": table, "query": query}
    if cursor:
        what["cursor"] = {"column": cursor, "key": keys}
    else:
        what["key"] = keys
    if engine == "sqlite":
        return {"engine": engine, "file": rest.removeprefix("//"), **what}
    parts = urlsplit(url)
    if engine not in ("postgresql", "mariadb", "mysql"):
        return {"engine": "other", "url": url, "password": password, "allow_private": private, **what}
    try:
        port = parts.port or 0
    except ValueError:
        port = 0
    if parts.password:
        raise SecretInAddress
    return {
        "engine": engine, "host": parts.hostname or "", "port": port,
        "database": unquote(parts.path.lstrip("/")), "user": unquote(parts.username or ""),
        "password": password, "allow_private": private, "tls": {"mode": tls}, **what,
    }  # fmt: skip


def spelt(value: dict[str, Any]) -> str:
    """A declaration as a person would write it; empty parts left out, texts that look like numbers quoted."""
    return yaml.dump(_lean(value), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=100)


class _Plain(yaml.SafeDumper):
    """Strings of digits keep their quotes, for a place's code is no number."""


def _string(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else ('"' if re.fullmatch(r"[\d.:_+-]*", text) else None)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Plain.add_representer(str, _string)


def _lean(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _lean(v) for k, v in value.items() if v not in (None, "", [], {})}
    return [_lean(v) for v in value] if isinstance(value, list) else value


def adopted(province: Path, dataset: str, owner: str, title: str, contract: str) -> Path:
    """Write a drafted contract into the province's own pack, made and named in province.yaml at need."""
    pack = province / "packs" / PACK
    file = pack / "datasets" / f"{dataset}.odcs.yaml"
    if file.exists():
        raise ContractStands(dataset=dataset, file=file.name)
    try:
        if not (pack / "pack.yaml").exists():
            write(pack / "pack.yaml", f"format: 1\nid: {PACK}\nversion: 0.1.0\n".encode())
            for language, name in (("vi", "Nguồn kết nối"), ("en", "Connected sources")):
                write(pack / "locale" / f"{language}.yaml", spelt({"pack": {"name": name}}).encode())
        for language in ("vi", "en"):
            words = pack / "locale" / f"{language}.yaml"
            known = yaml.safe_load(words.read_text("utf-8")) or {}
            known.setdefault("datasets", {})[dataset] = {**words_of(contract, dataset), "name": title}
            write(words, spelt(known).encode())
        write(file, owned(contract, owner).encode())
        _named(province / "province.yaml")
    except OSError as error:
        raise FolderClosed(folder=province, reason=error.strerror or str(error)) from error
    return file


def owned(contract: str, owner: str) -> str:
    """A contract's text with its owner set in the `tinh` block."""
    if re.search(r"(?m)^\s*owner:", contract):
        return re.sub(r"(?m)^(\s*)owner:.*$", rf"\1owner: {owner}", contract, count=1)
    block = r"(?m)^(\s*)- property: tinh\n(\s*)value:\s*\n(\s*)"
    return re.sub(block, rf"\1- property: tinh\n\2value:\n\3owner: {owner}\n\3", contract, count=1)


def words_of(contract: str, dataset: str) -> dict[str, Any]:
    """The words a draft carries as a comment at its end."""
    _, _, tail = contract.partition("\n# datasets:\n")
    text = "datasets:\n" + "\n".join(line.removeprefix("# ") for line in tail.splitlines())
    try:
        found = yaml.safe_load(text)["datasets"][dataset]
    except (yaml.YAMLError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(file: Path) -> None:
    """`packs:` of a province names the pack of connected sources, its comments kept."""
    text = file.read_text("utf-8")
    if PACK in (yaml.safe_load(text).get("packs") or []):
        return
    flow = re.search(r"(?m)^packs:\s*\[([^\]]*)\]", text)
    block = re.search(r"(?m)^packs:[ \t]*(#.*)?\n((?:[ \t]*(?:-.*|#.*)?\n)*[ \t]*-[^\n]*)", text)
    if flow:
        inside = flow[1].strip()
        text = text[: flow.start(1)] + (f"{inside}, {PACK}" if inside else PACK) + text[flow.end(1) :]
    elif block:
        last = block[2].rsplit("\n", 1)[-1]
        indent = last[: len(last) - len(last.lstrip())]
        text = text[: block.end()] + f"\n{indent}- {PACK}" + text[block.end() :]
    else:
        text = text.rstrip("\n") + f"\npacks: [{PACK}]\n"
    assert PACK in yaml.safe_load(text)["packs"]
    write(file, text.encode())
