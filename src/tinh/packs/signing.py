"""How a province lets people in: second factors, sessions, OpenID providers; compiled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen

SignInRole = Literal[
    "viewer", "leader", "operator", "data_officer", "commune_officer", "desk_officer", "case_officer",
    "programme_office", "security_officer", "auditor", "administrator",
]  # fmt: skip
GUARDED: tuple[SignInRole, ...] = ("administrator", "security_officer", "auditor")


class SessionLength(Frozen):
    """The longest session, and the longest pause in one."""

    hours: int = 12
    idle_minutes: int = 720


class Grant(Frozen):
    """A role for whoever the provider says has `value` in `claim`."""

    claim: str
    value: str
    role: SignInRole
    agency: str = ""


class OidcProvider(Frozen):
    """An OpenID provider people may sign in with."""

    id: str
    name: Text
    issuer: str
    client: str
    secret: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    second_factor: bool = False
    agency_claim: str = ""
    agencies: Mapping[str, str] = Field(default_factory=dict)
    grants: tuple[Grant, ...] = ()


class SignIn(Frozen):
    """The province's rules of coming in."""

    roles: tuple[SignInRole, ...] = GUARDED
    grace_days: int = 7
    sessions: Mapping[str, SessionLength] = Field(
        default_factory=lambda: {str(role): SessionLength(idle_minutes=60) for role in GUARDED}
    )
    providers: tuple[OidcProvider, ...] = ()

    def length_for(self, role: str) -> SessionLength:
        return self.sessions.get(role, SessionLength())

    def provider(self, id: str) -> OidcProvider | None:
        return next((one for one in self.providers if one.id == id), None)
