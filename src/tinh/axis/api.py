"""The axis: agencies exchange data by right, every message logged and provable, in the X-Road manner.

Comes in: requests of `/r1` (`face.Axis`, an ASGI application) and words of people. Goes out: answers of
the services' providers, each logged in a signed chain before it leaves. Refuses: a client that
cannot prove who it is, a call nobody gave a right to, and any change of the log.

`install` tells which province; `follow_agencies` gives agencies their members; `add_subsystem`,
`publish`, `provide`, `create_key`, `grant`, `revoke` make the registry. Identifiers are text:
`INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE`, a member also by the id of its agency. `call` asks a
member elsewhere; `exchanges`, `verify`, `evidence` read the log; `stop` ends what runs.
"""

from __future__ import annotations

from tinh.axis.calls import Reply, call
from tinh.axis.errors import (
    AlreadyThere,
    AnswerNotBound,
    AxisError,
    CallRefused,
    GroundMissing,
    IdentifierRefused,
    NoSuchExchange,
    NoSuchMember,
    NoWay,
    ProviderMissing,
    Unreachable,
)
from tinh.axis.evidence import evidence
from tinh.axis.exchange import Answer, Body, Exchange, Provider
from tinh.axis.face import Axis
from tinh.axis.ground import Ground, ground, install
from tinh.axis.locks import close_log
from tinh.axis.models import Credential, Entry, Group, Member, Right, Server, Service, Subsystem
from tinh.axis.providers import provide, provider_of
from tinh.axis.registry import (
    add_member,
    add_subsystem,
    create_key,
    follow_agencies,
    group_of,
    member,
    publish,
    register_certificate,
    revoke_credential,
    service,
    subsystem,
    trust_server,
    withdraw,
)
from tinh.axis.rights import grant, live_rights, revoke
from tinh.axis.running import stop
from tinh.axis.seals import Seals
from tinh.axis.search import (
    Figures,
    Result,
    Row,
    Wanted,
    every,
    exchange,
    exchanges,
    figures,
    forget,
    members_of,
)
from tinh.axis.stamps import stamp
from tinh.axis.verify import Flaw, Verdict, verify

__all__ = [
    "AlreadyThere",
    "Answer",
    "AnswerNotBound",
    "Axis",
    "AxisError",
    "Body",
    "CallRefused",
    "Credential",
    "Entry",
    "Exchange",
    "Figures",
    "Flaw",
    "Ground",
    "GroundMissing",
    "Group",
    "IdentifierRefused",
    "Member",
    "NoSuchExchange",
    "NoSuchMember",
    "NoWay",
    "Provider",
    "ProviderMissing",
    "Reply",
    "Result",
    "Right",
    "Row",
    "Seals",
    "Server",
    "Service",
    "Subsystem",
    "Unreachable",
    "Verdict",
    "Wanted",
    "add_member",
    "add_subsystem",
    "call",
    "close_log",
    "create_key",
    "every",
    "evidence",
    "exchange",
    "exchanges",
    "figures",
    "follow_agencies",
    "forget",
    "grant",
    "ground",
    "group_of",
    "install",
    "live_rights",
    "member",
    "members_of",
    "provide",
    "provider_of",
    "publish",
    "register_certificate",
    "revoke",
    "revoke_credential",
    "service",
    "stamp",
    "stop",
    "subsystem",
    "trust_server",
    "verify",
    "withdraw",
]
