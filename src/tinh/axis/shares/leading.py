"""Where an owner's answer leads (`Location`, `Link`): written anew as addresses of the axis, or left out.

An address under the declared base becomes the same path of the service; any other would tell callers how the
owner's network looks inside, or send them around the axis, its rights and its log.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

_LINK = re.compile(r"\s*<([^<>]*)>((?:[^,\"]|\"[^\"]*\")*)(?:,|$)")
_PORTS = {"http": 80, "https": 443}


def led(headers: dict[str, str], base: str, path: str, service: str) -> dict[str, str]:
    """`headers` of the answer to `path` (under `base`), for callers of `service`, an identifier as text."""
    out = dict(headers)
    for name, there in (("location", _location), ("link", _links)):
        if name in out:
            found = there(out[name], base, path, service)
            if found:
                out[name] = found
            else:
                del out[name]
    return out


def _location(value: str, base: str, path: str, service: str) -> str:
    return _anew(value.strip(), base, path, service)


def _links(value: str, base: str, path: str, service: str) -> str:
    kept = []
    for target, rest in _LINK.findall(value):
        found = _anew(target.strip(), base, path, service)
        if found and "anchor" not in rest.lower():
            kept.append(f"<{found}>{rest.rstrip()}")
    return ", ".join(kept)


def _anew(target: str, base: str, path: str, service: str) -> str:
    """The address on the axis; "" where there is none."""
    if any(c in target for c in "\\\r\n\t\0") or not target:
        return ""
    home = urlsplit(base)
    try:
        there = urlsplit(urljoin(base + path, target))
        same = _where(there) == _where(home)
    except ValueError:
        return ""
    root = home.path.rstrip("/")
    steps = there.path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").split("/")
    if not same or "@" in there.netloc or ".." in steps:
        return ""
    if there.path != root and not there.path.startswith(f"{root}/"):
        return ""
    query = f"?{there.query}" if there.query else ""
    fragment = f"#{there.fragment}" if there.fragment else ""
    return f"/r1/{quote(service)}{there.path[len(root) :]}{query}{fragment}"


def _where(parts: object) -> tuple[str, str, int]:
    scheme, host, port = (getattr(parts, name) for name in ("scheme", "hostname", "port"))
    return scheme, (host or "").lower(), port or _PORTS.get(scheme, 0)
