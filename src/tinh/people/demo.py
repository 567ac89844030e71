"""Three sign-ins for a demonstration, the same at every start."""

from __future__ import annotations

import json
import os
import secrets
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
    username: str
    password: str
    role: str
    full_name: str
    agency: str = ""


def demo_accounts(home: Path, agency: str) -> tuple[SignIn, ...]:
    """Viewer, data officer (of `agency`) and administrator with random passwords.

    Written once to `<home>/sign-ins.txt`, readable by this account alone, and read back at
    later starts. A password changed in between is left as it is.
    """
    path = home / "sign-ins.txt"
    if path.exists():
        wanted = tuple(
            SignIn(**json.loads(line))
            for line in path.read_text(encoding="utf-8").splitlines()
            if line.strip()
        )
    else:
        wanted = (
            SignIn("xem", _password(), Role.VIEWER, "Người xem (thử)"),
            SignIn("dulieu", _password(), Role.DATA_OFFICER, "Cán bộ dữ liệu (thử)", agency),
            SignIn("quantri", _password(), Role.ADMINISTRATOR, "Quản trị viên (thử)"),
        )
        text = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in wanted)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
    for one in wanted:
        if not User.objects.filter(username=one.username).exists():
            User.objects.create(**asdict(one), demo=True)
    return wanted


def _password() -> str:
    """Four syllables and four digits: 34 bits behind a brake, and easy to read to a colleague."""
    syllables = [secrets.choice(_WORDS) for _ in range(4)]
    return "-".join((*syllables, f"{secrets.randbelow(10_000):04d}"))
