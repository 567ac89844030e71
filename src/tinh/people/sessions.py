"""Sessions: begun anew at each sign-in, ended by time, by their owner, or by the provider they came from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from tinh.people.access import note
from tinh.people.addresses import address_of
from tinh.people.context import through
from tinh.people.models import User
from tinh.people.policy import rules
from tinh.people.visits import Visit

BACKEND = "tinh.people.signin.NameOrEmail"
PROOF = 15 * 60  # seconds a proof of who one is holds
STEP = 60  # seconds between two notes of a session being used

_BEGAN, _SEEN, _PROVED, _SECOND, _HINT = (
    "tinh.began", "tinh.seen", "tinh.proved", "tinh.second", "tinh.id_token",
)  # fmt: skip


@through("sign-in")
def enter(
    request: HttpRequest,
    user: User,
    how: str,
    *,
    second: bool = False,
    provider: str = "",
    subject: str = "",
    sid: str = "",
    hint: str = "",
) -> None:
    """Begin a session for `user` under a new key. `second`: a second factor, or one as good, was shown."""
    Visit.objects.filter(key=request.session.session_key or "").delete()
    if auth.SESSION_KEY in request.session:
        request.session.flush()  # nothing of one sign-in lives on in the next
    auth.login(request, user, backend=BACKEND)
    for name in [name for name in request.session.keys() if name.startswith("tinh.")]:  # noqa: SIM118
        del request.session[name]  # what a stranger began is over
    now = time.time()
    request.session.update({_BEGAN: now, _SEEN: now, _PROVED: now, _SECOND: second, _HINT: hint})
    request.session.set_expiry(rules().sign_in().length_for(user.role).hours * 3600)
    request.session.save()
    moment = timezone.now()
    Visit.objects.create(
        user=user, key=request.session.session_key or "", how=how, address=address_of(request),
        agent=request.headers.get("User-Agent", "")[:300].replace("\0", ""),
        provider=provider, subject=subject[:255], sid=sid[:255], began=moment, seen=moment,
    )  # fmt: skip
    note(
        user.username, "sign in", how if how != "password" else "", allowed=True, address=address_of(request)
    )


@through("sign-in")
def leave(request: HttpRequest) -> tuple[str, str]:
    """End this session; the provider it came from and the ID token to hint with, else empty texts."""
    provider = hint = ""
    if isinstance(request.user, User):
        note(request.user.username, "sign out", allowed=True, address=address_of(request))
        visit = Visit.objects.filter(key=request.session.session_key or "").first()
        provider, hint = (visit.provider if visit else ""), str(request.session.get(_HINT, ""))
    Visit.objects.filter(key=request.session.session_key or "").delete()
    auth.logout(request)
    return provider, hint


@through("sign-in")
def renew(request: HttpRequest) -> None:
    """A new key for this session, as after every change of what it may do."""
    before = request.session.session_key or ""
    request.session.cycle_key()
    Visit.objects.filter(key=before).update(key=request.session.session_key or "")


@through("sign-in")
def stay(request: HttpRequest, user: User) -> None:
    """Keep this session, under a new key, through a change of the password."""
    before = request.session.session_key or ""
    auth.update_session_auth_hash(request, user)
    request.session[_PROVED] = time.time()
    Visit.objects.filter(key=before).update(key=request.session.session_key or "")


@through("sign-in")
def visits_of(user: User) -> list[Visit]:
    """Sessions of `user` that still open the door, the one used last first."""
    visits = list(Visit.objects.filter(user=user).order_by("-seen", "-pk"))
    alive = set(
        Session.objects.filter(
            session_key__in=[v.key for v in visits], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    gone = [v.pk for v in visits if v.key not in alive]
    if gone:
        Visit.objects.filter(pk__in=gone).delete()
    return [v for v in visits if v.key in alive]


def end_visit(user: User, number: int) -> bool:
    """End one session of `user`; False when it is not theirs or gone."""
    return _end(Visit.objects.filter(user=user, pk=number)) > 0


def end_visits(user: User, keep: str = "") -> int:
    """End all sessions of `user` but the one whose key is `keep`."""
    return _end(Visit.objects.filter(user=user).exclude(key=keep))


@through("sign-in")
def end_at_provider(provider: str, sid: str, subject: str) -> int:
    """End the sessions a provider says are over: of its session `sid`, else all of its `subject`."""
    found = Visit.objects.filter(provider=provider)
    if sid:
        found = found.filter(sid=sid)
    if subject:
        found = found.filter(subject=subject)
    return _end(found)


@through("sign-in")
def _end(visits: Any) -> int:
    keys = list(visits.values_list("key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    visits.delete()
    return len(keys)


def prove(request: HttpRequest) -> None:
    """The person has just shown again who they are."""
    renew(request)
    request.session[_PROVED] = time.time()


def proved(request: HttpRequest) -> bool:
    """Whether they did so lately enough for a sensitive change."""
    then = request.session.get(_PROVED)
    return isinstance(then, int | float) and 0 <= time.time() - then < PROOF


def second_shown(request: HttpRequest) -> bool:
    return bool(request.session.get(_SECOND))


def mark_second(request: HttpRequest) -> None:
    request.session[_SECOND] = True


class Keeper:
    """Ends sessions that are too old or were left alone too long, and notes that the others are used."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            with through("sign-in"):
                if isinstance(request.user, User):
                    self._look(request, request.user)
        return self.get_response(request)

    @through("sign-in")
    def _look(self, request: HttpRequest, user: User) -> None:
        now = time.time()
        began, seen = request.session.get(_BEGAN), request.session.get(_SEEN)
        length = rules().sign_in().length_for(user.role)
        if began is None or seen is None:  # a session from before this was kept
            request.session.update({_BEGAN: began or now, _SEEN: seen or now})
            self._write(request, user)
        elif now - began > length.hours * 3600 or now - seen > length.idle_minutes * 60:
            Visit.objects.filter(key=request.session.session_key or "").delete()
            note(user.username, "session ended", allowed=True, address=address_of(request))
            auth.logout(request)
        elif now - seen > STEP and _by_hand(request):
            request.session[_SEEN] = now
            self._write(request, user)

    def _write(self, request: HttpRequest, user: User) -> None:
        moment = timezone.now()
        Visit.objects.update_or_create(
            key=request.session.session_key or "",
            defaults={"seen": moment, "address": address_of(request), "user": user},
            create_defaults={
                "user": user, "began": moment, "seen": moment, "address": address_of(request),
                "agent": request.headers.get("User-Agent", "")[:300].replace("\0", ""),
            },
        )  # fmt: skip


def _by_hand(request: HttpRequest) -> bool:
    """Whether a person asked: pages that fetch themselves when data lands keep nobody signed in."""
    return request.method == "POST" or request.headers.get("Sec-Fetch-Dest", "document") == "document"
