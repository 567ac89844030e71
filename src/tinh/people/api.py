"""Accounts, roles, tokens and the access log.

Comes in: a request's session or bearer token. Goes out: an `Actor`, and a yes or no to what
it may do. Refuses: anything the table in `rights` does not name.

`actor_of(request)` finds who is at the door; `require(actor, action, dataset, agency=…, place=…)`
is the one question every door asks, `through(door)` says who stands behind a query (docs/guide/
second-lock.md); `delegate` and `end_post` hand posts on. `sign_in`, then `answer_code` or
`answer_passkey`, begin a session; `begin_oidc` and `finish_oidc` do so by way of an OpenID provider;
`visits_of` lists sessions, `factors_of` what else a person can show. `make_key` makes a key for a
program; `demo_accounts` the sign-ins of a demonstration.
"""

from __future__ import annotations

from tinh.people import asking as requests
from tinh.people import clocks, consents, subjects
from tinh.people.access import Reading, about, forget, note
from tinh.people.accounts import account_named, change_details, create_account, set_password
from tinh.people.addresses import address_of
from tinh.people.agencies import AgencyBook
from tinh.people.brake import network_of
from tinh.people.callers import actor_named, actor_of, face_of, person_at
from tinh.people.chain import Verified, verify
from tinh.people.chain import link as link_log
from tinh.people.context import as_person, stand, standing, through
from tinh.people.delegation import delegate, end_post, give_post, given_posts, live_posts
from tinh.people.demo import Debtor, SignIn, demo_accounts
from tinh.people.demo import Post as DemoPost
from tinh.people.errors import (
    DelegationRefused,
    KeyTooWide,
    NoSuchPost,
    NotAllowed,
    PeopleError,
    ShiftRefused,
    ShiftTaken,
    SignInNeeded,
    TokenRefused,
    TooManyAttempts,
    WrongPassword,
)
from tinh.people.factors import (
    Factors,
    add_passkey,
    add_totp,
    ask_passkey,
    begin_totp,
    drop_factors,
    factors_of,
    has_second,
    new_codes,
    remove_factor,
    rename_passkey,
    shown_codes,
)
from tinh.people.invitations import Invitation, accept, invitation_of, invite, withdraw
from tinh.people.invitations import renew as renew_invitation
from tinh.people.keys import fingerprint, public_key
from tinh.people.lines import Access, Anchor, Unmasking
from tinh.people.locks import Lock, close_locks, narrow
from tinh.people.models import Role, Token, User, Visit
from tinh.people.oidc.flow import begin as begin_oidc
from tinh.people.oidc.flow import finish as finish_oidc
from tinh.people.oidc.flow import going_to, identities_of, unlink
from tinh.people.oidc.logout import leave_address
from tinh.people.oidc.logout import told as told_by_provider
from tinh.people.policy import Rules, declare, may_wait_until, must_have_second, rules
from tinh.people.postgres.base import tell
from tinh.people.posts import Post
from tinh.people.privacy_errors import NoSuchColumn, NoSuchPurpose, UnmaskFirst
from tinh.people.pruning import forget_looks, forget_requests
from tinh.people.resets import make_reset, use_reset, whose_reset
from tinh.people.rights import (
    ACTIONS,
    MATRIX,
    Action,
    Actor,
    among,
    among_agencies,
    may,
    may_anywhere,
    not_allowed,
    require,
    require_anywhere,
)
from tinh.people.scope import Ground, Scope, own_agencies, stand_on
from tinh.people.services import (
    LONGEST,
    close_service,
    ends_soon,
    grantable,
    keys_for,
    make_key,
    open_service,
    revoke_key,
    rotate_key,
    service_named,
    services_for,
)
from tinh.people.sessions import end_visit, end_visits, proved, renew, stay, visits_of
from tinh.people.shifts import duty, hand_over_shift, note_in_shift, shift_book, take_shift
from tinh.people.signin import (
    answer_code,
    answer_passkey,
    owes_second,
    pending,
    prove_with_code,
    prove_with_passkey,
    prove_with_password,
    sign_in,
    sign_in_with_passkey,
    sign_out,
)
from tinh.people.signin_errors import (
    AlreadyLinked,
    LinkSpent,
    NoSuchProvider,
    ProofNeeded,
    SecondFactorNeeded,
    SecondFactorOwed,
    SignInLost,
    WrongCode,
)
from tinh.people.staff import (
    Duties,
    appoint_acting,
    change_main_post,
    colleagues,
    duties,
    fit_days,
    leave,
    move_staff,
    posts_of,
    staff,
    staff_count,
    staff_counts,
)
from tinh.people.staff_errors import NoSuchAgency, PostUnusable, ScopeUnknown
from tinh.people.table import REACHES, table
from tinh.people.tokens import actor_of_token, create_token, live_tokens, revoke_token, revoke_tokens_of
from tinh.people.unmasking import leave as leave_to_see
from tinh.people.unmasking import leaves, looked, mask_again, purposes_of, reasoned, restricted, unmask

__all__ = [
    "ACTIONS",
    "LONGEST",
    "MATRIX",
    "REACHES",
    "Access",
    "Action",
    "Actor",
    "AgencyBook",
    "AlreadyLinked",
    "Anchor",
    "Debtor",
    "DelegationRefused",
    "DemoPost",
    "Duties",
    "Factors",
    "Ground",
    "Invitation",
    "KeyTooWide",
    "LinkSpent",
    "Lock",
    "NoSuchAgency",
    "NoSuchColumn",
    "NoSuchPost",
    "NoSuchProvider",
    "NoSuchPurpose",
    "NotAllowed",
    "PeopleError",
    "Post",
    "PostUnusable",
    "ProofNeeded",
    "Reading",
    "Role",
    "Rules",
    "Scope",
    "ScopeUnknown",
    "SecondFactorNeeded",
    "SecondFactorOwed",
    "ShiftRefused",
    "ShiftTaken",
    "SignIn",
    "SignInLost",
    "SignInNeeded",
    "Token",
    "TokenRefused",
    "TooManyAttempts",
    "UnmaskFirst",
    "Unmasking",
    "User",
    "Verified",
    "Visit",
    "WrongCode",
    "WrongPassword",
    "about",
    "accept",
    "account_named",
    "actor_named",
    "actor_of",
    "actor_of_token",
    "add_passkey",
    "add_totp",
    "address_of",
    "among",
    "among_agencies",
    "answer_code",
    "answer_passkey",
    "appoint_acting",
    "as_person",
    "ask_passkey",
    "begin_oidc",
    "begin_totp",
    "change_details",
    "change_main_post",
    "clocks",
    "close_locks",
    "close_service",
    "colleagues",
    "consents",
    "create_account",
    "create_token",
    "declare",
    "delegate",
    "demo_accounts",
    "drop_factors",
    "duties",
    "duty",
    "end_post",
    "end_visit",
    "end_visits",
    "ends_soon",
    "face_of",
    "factors_of",
    "fingerprint",
    "finish_oidc",
    "fit_days",
    "forget",
    "forget_looks",
    "forget_requests",
    "give_post",
    "given_posts",
    "going_to",
    "grantable",
    "hand_over_shift",
    "has_second",
    "identities_of",
    "invitation_of",
    "invite",
    "keys_for",
    "leave",
    "leave_address",
    "leave_to_see",
    "leaves",
    "link_log",
    "live_posts",
    "live_tokens",
    "looked",
    "make_key",
    "make_reset",
    "mask_again",
    "may",
    "may_anywhere",
    "may_wait_until",
    "move_staff",
    "must_have_second",
    "narrow",
    "network_of",
    "new_codes",
    "not_allowed",
    "note",
    "note_in_shift",
    "open_service",
    "owes_second",
    "own_agencies",
    "pending",
    "person_at",
    "posts_of",
    "prove_with_code",
    "prove_with_passkey",
    "prove_with_password",
    "proved",
    "public_key",
    "purposes_of",
    "reasoned",
    "remove_factor",
    "rename_passkey",
    "renew",
    "renew_invitation",
    "requests",
    "require",
    "require_anywhere",
    "restricted",
    "revoke_key",
    "revoke_token",
    "revoke_tokens_of",
    "rotate_key",
    "rules",
    "service_named",
    "services_for",
    "set_password",
    "shift_book",
    "shown_codes",
    "sign_in",
    "sign_in_with_passkey",
    "sign_out",
    "staff",
    "staff_count",
    "staff_counts",
    "stand",
    "stand_on",
    "standing",
    "stay",
    "subjects",
    "table",
    "take_shift",
    "tell",
    "through",
    "told_by_provider",
    "unlink",
    "unmask",
    "use_reset",
    "verify",
    "visits_of",
    "whose_reset",
    "withdraw",
]
