"""`sign_in` of `province.yaml` as it is written, and what it compiles to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.signing import GUARDED, Grant, OidcProvider, SessionLength, SignIn, SignInRole
from tinh.packs.written import BothWords, Declared, Id

Address = Annotated[str, Field(pattern=r"^https?://[^\s?#]+$")]


class SecondFactorEntry(Declared):
    """Who must show a passkey or a one-time code besides the password."""

    roles: list[SignInRole] = Field(
        default_factory=lambda: list(GUARDED), description="roles that must have a second factor"
    )
    grace_days: int = Field(
        7, ge=0, le=90, description="days after the account is opened in which it may still be put off"
    )


class SessionEntry(Declared):
    """How long people of some roles stay signed in."""

    roles: list[SignInRole] = Field(min_length=1, description="the roles this is for")
    hours: int = Field(12, ge=1, le=720, description="longest session, in hours")
    idle_minutes: int = Field(720, ge=5, le=43200, description="longest pause before signing in again")


class GrantEntry(Declared):
    """What the provider says of a person, and the role it gives. Without a line: no right."""

    claim: str = Field(min_length=1, description="claim of the ID token; `realm_access.roles` looks inside")
    value: str = Field(min_length=1, description="value the claim must be, or must have among its values")
    role: SignInRole = Field(description="role it gives")
    agency: str = Field("", description="agency id; empty: the agency of `agency_claim`")


class ProviderEntry(Declared):
    """An OpenID provider, such as the province's single sign-on."""

    id: Id = Field(description="short id; the last part of the address /tai-khoan/oidc/<id>/")
    name: BothWords = Field(description="name on the button")
    issuer: Address = Field(description="issuer exactly as it names itself")
    client: str = Field(min_length=1, description="client id registered there")
    secret: str = Field(
        "", pattern=r"^([A-Za-z][A-Za-z0-9_]*)?$",
        description="name of the client secret (TINH_SECRET_NAME, or a line of `secrets`); empty: none",
    )  # fmt: skip
    scopes: list[str] = Field(
        default_factory=lambda: ["openid", "profile", "email"], description="scopes asked for"
    )
    second_factor: bool = Field(
        False, description="the provider asks for a second factor itself, so that ours is not asked again"
    )
    agency_claim: str = Field("", description="claim that names the person's agency")
    agencies: dict[str, str] = Field(
        default_factory=dict, description="the provider's names of agencies, each with the agency id here"
    )
    grants: list[GrantEntry] = Field(
        default_factory=list, description="roles given by claims; the first that fits counts"
    )


class SignInEntry(Declared):
    """How people come in."""

    second_factor: SecondFactorEntry = Field(
        default_factory=lambda: SecondFactorEntry.model_validate({}), description="second factors"
    )
    sessions: list[SessionEntry] = Field(
        default_factory=list,
        description="lengths of sessions; 12 hours otherwise, for guarded roles with a pause of 60 minutes",
    )
    providers: list[ProviderEntry] = Field(default_factory=list, description="OpenID providers")

    def agencies_named(self) -> list[tuple[tuple[str | int, ...], str]]:
        """Every agency a provider's lines name, with where it stands."""
        out: list[tuple[tuple[str | int, ...], str]] = []
        for i, one in enumerate(self.providers):
            out += [((i, "grants", at, "agency"), g.agency) for at, g in enumerate(one.grants) if g.agency]
            out += [((i, "agencies", name), agency) for name, agency in one.agencies.items()]
        return out

    def compiled(self) -> SignIn:
        guarded = self.second_factor.roles
        sessions: dict[str, SessionLength] = {role: SessionLength(idle_minutes=60) for role in guarded}
        for entry in self.sessions:
            length = SessionLength(hours=entry.hours, idle_minutes=entry.idle_minutes)
            sessions |= dict.fromkeys(entry.roles, length)
        return SignIn(
            roles=tuple(guarded),
            grace_days=self.second_factor.grace_days,
            sessions=sessions,
            providers=tuple(_provider(one) for one in self.providers),
        )


def _provider(entry: ProviderEntry) -> OidcProvider:
    return OidcProvider(
        id=entry.id,
        name=Text(entry.name.vi, entry.name.en or entry.name.vi),
        issuer=entry.issuer,
        client=entry.client,
        secret=entry.secret,
        scopes=tuple(dict.fromkeys(("openid", *entry.scopes))),
        second_factor=entry.second_factor,
        agency_claim=entry.agency_claim,
        agencies=dict(entry.agencies),
        grants=tuple(Grant(**one.model_dump()) for one in entry.grants),
    )
