"""An agency as other rooms read it: who it is, whom it took over, and how it is reached."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

AgencyKind = Literal["department", "commune", "enterprise", "national", "other"]
AGENCY_KINDS: tuple[AgencyKind, ...] = ("department", "commune", "enterprise", "national", "other")


class Alias(Frozen):
    """A predecessor that was merged in, or another name; what names its id belongs to the agency."""

    id: str = ""
    name: Text = Text("", "")
    until: date | None = None


class Contact(Frozen):
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


class Agency(Frozen):
    """`since` and `until` are the days between which it stands (`from` in the files)."""

    id: str
    name: Text
    short: Text = Text("", "")
    code: str = ""
    kind: AgencyKind = "department"
    identifiers: dict[str, str] = Field(default_factory=dict)
    aliases: tuple[Alias, ...] = ()
    parent: str = ""
    place: str = ""
    sectors: tuple[str, ...] = ()
    head: str = ""
    contact: Contact = Contact()
    since: date | None = None
    until: date | None = None

    @property
    def official(self) -> str:
        """Its official identifier where one is known, else its id."""
        return self.code or next(iter(self.identifiers.values()), self.id)


def slug(text: str) -> str:
    """An id from a name: `Sở Y tế` → `so-y-te`."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "-".join(re.findall(r"[a-z0-9]+", letters.replace("&", "")))[:60].strip("-")


def matches(one: Agency, text: str) -> bool:
    """Whether a name, a former name, an id or an identifier holds the text, in any case and accent."""
    wanted = slug(text)
    if not wanted:
        return not text.strip()
    said = [one.id, one.code, one.place, *one.identifiers.values(), *(a.id for a in one.aliases)]
    said += [t for x in (one.name, one.short, *(a.name for a in one.aliases)) for t in (x.vi, x.en)]
    return any(wanted in slug(each) for each in said)
