"""How `province.yaml` and the agencies are written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from tinh.kit.errors import Language
from tinh.packs.agency import AgencyKind
from tinh.packs.axisfile import AxisEntry
from tinh.packs.calendarfile import AnyCalendar, CalendarEntry
from tinh.packs.foreseen import AS_SAID, Verdicts
from tinh.packs.reminding import AS_A_RULE, Reminding
from tinh.packs.shape import ID, NO_WORDS, BothWords, Day, Declared, Id, languages
from tinh.packs.signfile import SignInEntry
from tinh.packs.tiling import BaseMapEntry
from tinh.packs.watching import AS_WATCHED, Watching


def _maybe_id(value: Any) -> Any:
    if isinstance(value, str) and value and not ID.fullmatch(value):
        raise ValueError("id")
    return value


MaybeId = Annotated[str, BeforeValidator(_maybe_id)]


class AliasEntry(Declared):
    """A predecessor that was merged in, or another name of the agency."""

    id: MaybeId = Field("", description="id of the merged predecessor; what names it belongs to the agency")
    name: BothWords = Field(NO_WORDS, description="its name")
    until: Day | None = Field(None, description="the last day it stood by itself")


class ContactEntry(Declared):
    """Whom to write to or call."""

    name: str = Field("", description="person or office")
    email: str = Field("", description="e-mail address")
    phone: str = Field("", description="telephone")
    address: str = Field("", description="postal address")


class AgencyEntry(Declared):
    """An agency that owns data, sends it, has people, or is told of alerts."""

    id: Id = Field(description="short id other files use, such as `so-khcn`")
    name: BothWords = Field(description="official name")
    short: BothWords = Field(NO_WORDS, description="name for narrow places")
    code: str = Field("", description="the agency's official identification code")
    kind: AgencyKind = Field("department", description="what sort of agency it is")
    identifiers: dict[str, str] = Field(
        default_factory=dict,
        description="official identifiers: scheme, such as `ma-dinh-danh` or `ma-so-thue`, → value",
    )
    aliases: list[AliasEntry] = Field(
        default_factory=list, description="agencies merged into it, and other names"
    )
    parent: str = Field("", description="agency it belongs to")
    place: str = Field("", description="code of the unit it answers for, in quotes")
    sectors: list[str] = Field(default_factory=list, description="packs it works in; empty: any")
    head: str = Field("", description="user name of its head")
    contact: ContactEntry = Field(
        default_factory=lambda: ContactEntry.model_validate({}), description="whom to write to or call"
    )
    since: Day | None = Field(None, alias="from", description="first day it stands")
    until: Day | None = Field(None, description="last day it stands; empty: for good")


class AgencyFile(AgencyEntry):
    """`agencies/<id>.yaml` in a data folder: an agency made or changed on the web or by `tinh agency`.

    It stands in front of an entry of `province.yaml` with the same id.
    """

    format: Literal[1] = Field(description="number of this file format")


class RoomEntry(Declared):
    """What the operations room shows first."""

    map: str = Field("", description="indicator that colours the map")
    tiles: list[str] = Field(default_factory=list, description="indicators shown as tiles, in order")


class ProvinceFile(Declared):
    """`province.yaml`: one province and the packs it uses."""

    format: Literal[1] = Field(description="number of this file format")
    id: Id = Field(description="short id; names the data folder")
    name: BothWords = Field(description="name of the province")
    place: str = Field(pattern=r"^\d{2}$", description='official two-digit code in quotes, such as "19"')
    languages: list[Language] = Field(default_factory=languages, description="languages offered")
    timezone: str = Field("Asia/Ho_Chi_Minh", description="IANA time zone of all local times")
    packs: list[Id] = Field(
        description="packs in use; where ids collide the first listed keeps the short one"
    )
    agencies: list[AgencyEntry] = Field(default_factory=list, description="agencies of the province")
    calendar: AnyCalendar = Field(
        default_factory=lambda: CalendarEntry.model_validate({}),
        description="hours of a working day, and days that differ from the national calendar",
    )
    room: RoomEntry = Field(
        default_factory=lambda: RoomEntry.model_validate({}), description="the operations room"
    )
    reminders: Reminding = Field(AS_A_RULE, description="when agencies are reminded of deliveries")
    verdicts: Verdicts = Field(AS_SAID, description="from which likelihood a target is called what")
    anomalies: Watching = Field(AS_WATCHED, description="how the province looks for what is unusual")
    sign_in: SignInEntry = Field(
        default_factory=SignInEntry, description="who needs a second factor, how long sessions last, OIDC"
    )
    axis: AxisEntry = Field(
        default_factory=lambda: AxisEntry.model_validate({}), description="the integration axis"
    )
    base_map: BaseMapEntry = Field(
        default_factory=lambda: BaseMapEntry.model_validate({}),
        description="pictures that maps are laid on; none: borders alone",
    )
