"""The axis: agencies exchange data by right, every message logged and provable, in the X-Road manner.

Comes in: requests of `/r1` (`face.Axis`, an ASGI application) and words of people. Goes out: answers of
the services' providers, each logged in a signed chain before it leaves. Refuses: a client that
cannot prove who it is, a call nobody gave a right to, and any change of the log.

`install` tells which province; `follow_agencies` gives agencies their members; `add_subsystem`,
`publish`, `provide`, `create_key`, `grant`, `revoke` make the registry. Identifiers are text:
`INSTANCE/CLASS/MEMBER/SUBSYSTEM/SERVICE`, a member also by the id of its agency. `call` asks a
member elsewhere; `exchanges`, `verify`, `evidence` read the log; `stop` ends what runs.

Shares (`packs/*/shares`, or made on the web) are services from the lake or behind a proxy: `open_shares`
and `offer` bring them onto the axis, `preview`, `keep`, `withdraw_share` are their desk, `ask` leaves a
request for one, `attempt` calls one in an officer's name.
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
    NotInstalled,
    NoWay,
    ProviderMissing,
    Unreachable,
)
from tinh.axis.evidence import evidence
from tinh.axis.exchange import Answer, Body, Exchange, Provider
from tinh.axis.face import Axis
from tinh.axis.glance import Glance, between, glance
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
from tinh.axis.seals import Seals, Shown, certificates
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
    named_members,
)
from tinh.axis.shares.breakers import Condition, circuit
from tinh.axis.shares.callers import Seen, agency_of, entries, seen_by
from tinh.axis.shares.data import DataService, Reading
from tinh.axis.shares.demands import allow, ask, last_of, refuse, waiting
from tinh.axis.shares.describing import openapi
from tinh.axis.shares.errors import NoDemand, NoSuchShare, ShareError, ShareFaulty
from tinh.axis.shares.fields import Field, fields_of, labels_of
from tinh.axis.shares.ground import Desk, desk
from tinh.axis.shares.keeping import Demand
from tinh.axis.shares.offering import Offered, identifier, offer, systems_of
from tinh.axis.shares.publishing import Preview, Wish, keep, next_version, preview
from tinh.axis.shares.publishing import withdraw as withdraw_share
from tinh.axis.shares.serving import open_shares
from tinh.axis.shares.trying import Tried, attempt
from tinh.axis.stamps import stamp
from tinh.axis.telling.desk import (
    Ask,
    Health,
    health,
    knock,
    may_change,
    may_see,
    set_state,
    subscribe,
    subscription,
    subscriptions,
    tell_again,
    tellings,
    unsubscribe,
)
from tinh.axis.telling.desk import check as check_subscription
from tinh.axis.telling.errors import NoSuchSubscription, SubscriptionFaulty, TellingError
from tinh.axis.telling.keeping import Following, Telling
from tinh.axis.telling.rounds import Told, forget_told, tell
from tinh.axis.verify import Flaw, Verdict, verify

__all__ = [
    "AlreadyThere",
    "Answer",
    "AnswerNotBound",
    "Ask",
    "Axis",
    "AxisError",
    "Body",
    "CallRefused",
    "Condition",
    "Credential",
    "DataService",
    "Demand",
    "Desk",
    "Entry",
    "Exchange",
    "Field",
    "Figures",
    "Flaw",
    "Following",
    "Glance",
    "Ground",
    "GroundMissing",
    "Group",
    "Health",
    "IdentifierRefused",
    "Member",
    "NoDemand",
    "NoSuchExchange",
    "NoSuchMember",
    "NoSuchShare",
    "NoSuchSubscription",
    "NoWay",
    "NotInstalled",
    "Offered",
    "Preview",
    "Provider",
    "ProviderMissing",
    "Reading",
    "Reply",
    "Result",
    "Right",
    "Row",
    "Seals",
    "Seen",
    "Server",
    "Service",
    "ShareError",
    "ShareFaulty",
    "Shown",
    "SubscriptionFaulty",
    "Subsystem",
    "Telling",
    "TellingError",
    "Told",
    "Tried",
    "Unreachable",
    "Verdict",
    "Wanted",
    "Wish",
    "add_member",
    "add_subsystem",
    "agency_of",
    "allow",
    "ask",
    "attempt",
    "between",
    "call",
    "certificates",
    "check_subscription",
    "circuit",
    "close_log",
    "create_key",
    "desk",
    "entries",
    "every",
    "evidence",
    "exchange",
    "exchanges",
    "fields_of",
    "figures",
    "follow_agencies",
    "forget",
    "forget_told",
    "glance",
    "grant",
    "ground",
    "group_of",
    "health",
    "identifier",
    "install",
    "keep",
    "knock",
    "labels_of",
    "last_of",
    "live_rights",
    "may_change",
    "may_see",
    "member",
    "members_of",
    "named_members",
    "next_version",
    "offer",
    "open_shares",
    "openapi",
    "preview",
    "provide",
    "provider_of",
    "publish",
    "refuse",
    "register_certificate",
    "revoke",
    "revoke_credential",
    "seen_by",
    "service",
    "set_state",
    "stamp",
    "stop",
    "subscribe",
    "subscription",
    "subscriptions",
    "subsystem",
    "systems_of",
    "tell",
    "tell_again",
    "tellings",
    "trust_server",
    "unsubscribe",
    "verify",
    "waiting",
    "withdraw",
    "withdraw_share",
]
