"""Sign-ins for a demonstration, the same at every start."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from tinh.people.models import Role, User

_WORDS = (
    "che", "nui", "song", "rung", "doi", "mua", "nang", "gio", "suoi", "hoa", "lua", "ngo", "tre", "sen",
    "cau", "thuyen", "trang", "sao", "may", "dat", "lang", "cho", "duong", "bien", "chim", "voi", "trau",
    "ngua", "cam", "buoi", "mit", "vai",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignIn:
    """`agency` by its id and in words, `owes` the names of what it must deliver."""

    username: str
    password: str
    role: str
    full_name: str
    agency: str = ""
    agency_name: str = ""
    owes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Debtor:
    """An agency that must deliver, in words."""

    agency: str
    name: str
    owes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody else a demonstration needs: at a desk, in an agency, in a commune."""

    username: str
    role: str
    full_name: str
    agency: str = ""
    agency_name: str = ""


def demo_accounts(
    home: Path, debtors: Iterable[Debtor], *, more: bool = False, posts: Iterable[Post] = ()
) -> tuple[SignIn, ...]:
    """Viewer, a data officer of every agency that owes something, `posts`, administrator; random passwords.

    Written once to `<home>/sign-ins.txt`, readable by this account alone, and read back at
    later starts; `more` adds officers of agencies, and posts, that the file does not know yet. A
    password changed in between is left as it is.
    """
    path = home / "sign-ins.txt"
    debtors = tuple(debtors)
    if path.exists():
        wanted = tuple(_read(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
        known = {one.agency for one in wanted if one.role == Role.DATA_OFFICER}
        taken = {one.username for one in wanted}
        new = [d for d in debtors if d.agency not in known and d.agency not in taken] if more else []
        there = [p for p in posts if p.username not in taken] if more else []
        if new or there:
            wanted = (*wanted, *map(_officer, new), *map(_at, there))
            _write(path, wanted)
    else:
        wanted = (
            SignIn("xem", _password(), Role.VIEWER, "Người xem (thử)"),
            *map(_officer, debtors),
            *map(_at, posts),
            SignIn("quantri", _password(), Role.ADMINISTRATOR, "Quản trị viên (thử)"),
        )
        _write(path, wanted)
    for one in wanted:
        if not User.objects.filter(username__iexact=one.username).exists():
            User.objects.create(
                username=one.username, password=one.password, role=one.role, full_name=one.full_name,
                agency=one.agency, demo=True,
            )  # fmt: skip
    return wanted


def _officer(of: Debtor) -> SignIn:
    """Named as the agency is, which is what its people know by heart."""
    return SignIn(
        of.agency, _password(), Role.DATA_OFFICER, f"Cán bộ dữ liệu {of.name} (thử)"[:200],
        of.agency, of.name, of.owes,
    )  # fmt: skip


def _at(post: Post) -> SignIn:
    return SignIn(
        post.username, _password(), post.role, f"{post.full_name} (thử)"[:200], post.agency, post.agency_name
    )


def _read(line: str) -> SignIn:
    known = json.loads(line)
    return SignIn(**{**known, "owes": tuple(known.get("owes", ()))})


def _write(path: Path, wanted: Iterable[SignIn]) -> None:
    """Whole or not at all, and never readable by others on the way."""
    text = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in wanted)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def _password() -> str:
    """Four syllables and four digits: 34 bits behind a brake, and easy to read to a colleague."""
    syllables = [secrets.choice(_WORDS) for _ in range(4)]
    return "-".join((*syllables, f"{secrets.randbelow(10_000):04d}"))
