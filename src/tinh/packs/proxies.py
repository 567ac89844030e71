"""The proxy group of a share: the owner's own API and its OpenAPI file."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import yaml

from tinh.kit.errors import Text
from tinh.kit.yamltree import Document
from tinh.packs.feeds import PLACE, SECRET, seconds
from tinh.packs.findings import Faults, Keys
from tinh.packs.share import Breaker, ProxyWay
from tinh.packs.sharefile import ProxyEntry

METHODS = ("get", "head", "post", "put", "patch", "delete")
SUFFIX = ".openapi.yaml"
_SECRETS = {"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "x-auth-token"}
_LARGEST = 4 << 20


def proxied(document: Document, entry: ProxyEntry, faults: Faults) -> ProxyWay:
    """The compiled way; findings tell what cannot stand."""

    def add(path: Keys, code: str, vi: str, en: str, cure_vi: str, cure_en: str) -> None:
        faults.add(document, ("proxy", *path), code, Text(vi, en), Text(cure_vi, cure_en))

    parts = urlsplit(entry.base)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        add(("base",), "PCK062", "base không phải địa chỉ http hoặc https",
            "base is not an http or https address", "viết như https://máy-chủ/api",
            "write it like https://host/api")  # fmt: skip
    if "@" in parts.netloc:
        add(("base",), "PCK065", "base chứa tài khoản hoặc mật khẩu", "base holds a user name or password",
            "dùng headers với {secret.TEN}", "use headers with {secret.NAME}")  # fmt: skip
    for name, value in entry.headers.items():
        wrong = [i for i in PLACE.findall(value) if not SECRET.fullmatch(i)]
        if wrong or re.search(r"[\r\n\x00]", name + value):
            add(("headers", name), "PCK063", f"tiêu đề “{name}” chỉ nhận {{secret.TEN}}",
                f'the header "{name}" takes {{secret.NAME}} only', "sửa giá trị",
                "mend its value")  # fmt: skip
        elif name.lower() in _SECRETS and "{secret." not in value:
            add(("headers", name), "PCK065", f"tiêu đề “{name}” chứa bí mật viết thẳng trong tệp",
                f'the header "{name}" holds a secret written into the file',
                "viết {secret.TEN}", "write {secret.NAME}")  # fmt: skip
    spec, why = _openapi(document, entry.openapi)
    if why:
        add(("openapi",), "PCK145", f"không dùng được tệp OpenAPI: {why}",
            f"the OpenAPI file cannot be used: {why}",
            f"đặt tệp OpenAPI 3 tên *{SUFFIX} cạnh tệp này",
            f"put an OpenAPI 3 file named *{SUFFIX} beside this one")  # fmt: skip
    there = {
        path: tuple(m.upper() for m in METHODS if isinstance(item.get(m), dict))
        for path, item in spec.get("paths", {}).items()
    }
    allow = dict(there)
    if entry.allow:
        allow = {path: tuple(m.upper() for m in methods) for path, methods in entry.allow.items()}
        for path, methods in allow.items():
            if there and (path not in there or not set(methods) <= set(there[path])):
                add(("allow", path), "PCK146", f"“{path}” ({', '.join(methods)}) không có trong tệp OpenAPI",
                    f'"{path}" ({", ".join(methods)}) is not in the OpenAPI file',
                    f"có: {', '.join(there)}", f"there are: {', '.join(there)}")  # fmt: skip
    breaker = entry.breaker
    return ProxyWay(
        base=entry.base.rstrip("/"), openapi=spec, allow=allow, headers=dict(entry.headers),
        timeout=max(0.1, seconds(entry.timeout)), allow_private=entry.allow_private,
        largest_request=entry.largest_request_kb * 1024, largest_answer=entry.largest_answer_kb * 1024,
        retries=entry.retries,
        breaker=Breaker(failures=breaker.failures, within=seconds(breaker.within),
                        pause=seconds(breaker.pause), probes=breaker.probes),
    )  # fmt: skip


def _openapi(document: Document, name: str) -> tuple[dict[str, Any], str]:
    """The file's content as plain JSON, or why it cannot be used."""
    if not name.endswith(SUFFIX) or "/" in name or "\\" in name or name.startswith("."):
        return {}, name
    path = document.path.parent / name
    try:
        if path.stat().st_size > _LARGEST:
            return {}, f"> {_LARGEST >> 20} MB"
        found = yaml.safe_load(path.read_text("utf-8"))
        spec = json.loads(json.dumps(found, default=str))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        return {}, (str(error).splitlines() or [type(error).__name__])[0].replace("{", "(").replace("}", ")")
    if not isinstance(spec, dict) or not str(spec.get("openapi", "")).startswith("3."):
        return {}, "openapi: 3.x"
    paths = spec.get("paths")
    if not isinstance(paths, dict) or not paths or not all(isinstance(p, dict) for p in paths.values()):
        return {}, "paths"
    outside = [r for r in _references(spec) if not r.startswith("#/")]
    return (spec, "") if not outside else ({}, f"$ref {outside[0][:80]}")


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [r for item in node for r in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [str(node["$ref"])] if isinstance(node.get("$ref"), str) else []
    return own + [r for item in node.values() for r in _references(item)]
