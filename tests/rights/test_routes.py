"""Every address of the site × every role × own and foreign things, held against routes.yaml."""

from __future__ import annotations

import contextvars
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.rights.declared import FILE, STRANGER, Line, lines, promised, rights, scopes

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BEGINNINGS = ("POST /sign-out", "POST /sign-in", "GET /sign-in/buoc-hai", "POST /sign-in/buoc-hai")


def served() -> dict[str, set[str]]:
    """Every pattern of the site with the methods its view answers."""
    from django.urls import get_resolver

    found: dict[str, set[str]] = {}
    for pattern, view in _walk(get_resolver().url_patterns):
        found.setdefault(pattern, set()).update(_methods(view))
    return found


def _walk(patterns: list[Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for one in patterns:
        here = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from _walk(one.url_patterns, here)
        else:
            yield here if here.startswith("^") else f"/{here}", one.callback


def _methods(view: Any) -> set[str]:
    """Methods a REST view was given; {} where only asking tells."""
    operations = getattr(getattr(view, "__self__", None), "operations", None)
    if operations is None:
        cells = (
            [cell.cell_contents for cell in view.__closure__ or ()] if hasattr(view, "__closure__") else []
        )
        operations = next((cell.operations for cell in cells if hasattr(cell, "operations")), ())
    return {method for operation in operations for method in operation.methods}


@pytest.fixture(scope="module")
def declared() -> dict[str, Line]:
    return {line.key: line for line in lines()}


def test_every_address_has_its_line(site, declared) -> None:
    """A new route comes with a line, a line goes with its route."""
    routes = served()
    known = {line.pattern for line in declared.values()}
    missing = [
        f"{'/'.join(sorted(methods)) or 'GET'} {pattern}"
        for pattern, methods in routes.items()
        if pattern not in known
    ]
    missing += [
        f"{method} {pattern}"
        for pattern, methods in routes.items()
        for method in methods
        if pattern in known and f"{method} {pattern}" not in declared
    ]
    assert not missing, (
        f"{FILE.name} has no line for:\n  "
        + "\n  ".join(missing)
        + "\nAdd `METHOD /pattern: <action of rights.yaml>`, with `of: dataset|receipt|feed` where one"
        " thing is asked about, `with:` for the places of the pattern, or `nobody` for an open door."
    )
    gone = [key for key, line in declared.items() if line.pattern not in routes]
    assert not gone, f"{FILE.name} names what the site does not serve: {gone}"


def test_every_line_asks_an_action_of_the_table(site, declared) -> None:
    table = rights()
    odd = {k: a for k, line in declared.items() for a in line.asks if a not in table and a != "nobody"}
    assert not odd


class Asking:
    """The site asked from within, one client a role."""

    def __init__(self, site: Any) -> None:
        from django.test import Client

        from tinh.jobs import api as jobs
        from tinh.people import api as people

        self.site, self.own = site, "so-khcn"
        corridor = jobs.corridor()
        self.things: dict[str, dict[str, str]] = {}
        for whose, dataset, share in (
            ("own", "telecom-monthly", "ha-tang-vien-thong"),
            ("foreign", "digital-economy-yearly", "khong-khi-pm25"),
        ):
            owner = corridor.catalogue.datasets[dataset].owner
            receipt = corridor.load(
                b"khong,co\n1,2\n", dataset, sender=owner, filename="quyen.csv"
            ).receipt.id
            self.things[whose] = {"dataset": dataset, "receipt": receipt, "share": share}
        feed = next(iter(corridor.catalogue.feeds.values()))
        assert corridor.catalogue.datasets[feed.dataset].owner == self.own
        self.feed = feed.id
        self.clients: dict[str, Client] = {STRANGER: Client(SERVER_NAME="localhost")}
        self.headers: dict[str, str] = {}
        for role in people.Role.values:
            user = site.account(role, self.own)
            self.clients[role] = Client(SERVER_NAME="localhost")
            if role == people.Role.SERVICE:
                allowed = [a for a, roles in rights().items() if role in roles]
                _, self.headers[role] = people.create_token(user, "quyen", actions=allowed)
            else:
                self.clients[role].force_login(user)

    def address(self, line: Line, whose: str) -> str:
        thing = self.things.get(whose, self.things["own"])
        fill = dict(line.fill)
        if line.of == "receipt":
            fill["id"] = thing["receipt"]
        elif line.of == "dataset":
            fill |= {"id": thing["dataset"], "dataset": thing["dataset"]}
        elif line.of == "share":
            fill["id"] = thing["share"]
        elif line.of == "feed":
            fill["id"] = self.feed
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda m: fill[m[1]], line.pattern)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: fill[m[1]], path)
        return "/" + path.strip("^$").lstrip("/") + (f"?{line.query}" if line.query else "")

    def ask(self, line: Line, role: str, whose: str) -> str:
        """in, out (refused) or away (sent to sign in)."""
        client = self.clients[role]
        more: dict[str, Any] = {"headers": {}}
        if role in self.headers:
            more["headers"]["Authorization"] = f"Bearer {self.headers[role]}"
        if line.method in ("POST", "PUT", "DELETE"):
            form = not line.pattern.startswith("/api/")
            more |= {"data": line.send} if form else {"data": line.send, "content_type": "application/json"}
        caller = getattr(client, line.method.lower())
        response = contextvars.copy_context().run(caller, self.address(line, whose), **more)
        if response.streaming:
            response.close()
        assert response.status_code < 500, (line.key, role, response.content[:200])
        if response.status_code == 401 and (role == STRANGER or line.pattern.startswith("/api/")):
            return "away"  # a page of one's own also says so of a wrong password
        if response.status_code == 302 and response["Location"].startswith("/sign-in?"):
            return "out" if role == "service" else "away"  # a program cannot sign in
        return "out" if response.status_code == 403 else "in"


@pytest.fixture(scope="module")
def asking(site) -> Asking:
    return Asking(site)


@pytest.mark.parametrize("role", [
    STRANGER, "viewer", "leader", "operator", "data_officer", "commune_officer", "desk_officer",
    "case_officer", "programme_office", "security_officer", "auditor", "administrator", "service",
])  # fmt: skip
def test_a_role_gets_in_where_the_table_says_and_nowhere_else(asking: Asking, role: str) -> None:
    table = rights()
    wrong = []
    for line in lines():
        if line.key in BEGINNINGS:
            continue  # they end or begin the session this walk goes with; asked in tests/people
        if line.asks == ("nobody",) and role != STRANGER:
            continue  # open to a stranger is open to all
        for whose in scopes(line):
            if line.of == "feed" and whose == "foreign":
                continue  # asked below: the demo province pulls for one agency
            says = promised(line, role, whose, table)
            got = asking.ask(line, role, whose)
            wanted = "in" if says else "away" if role == STRANGER else "out"
            if got != wanted:
                wrong.append(f"{line.key} ({whose}): the table says {wanted}, the site says {got}")
    assert not wrong, f"{role}:\n  " + "\n  ".join(wrong)


def test_every_role_of_the_table_is_walked(site) -> None:
    from tinh.people import api as people

    marks = test_a_role_gets_in_where_the_table_says_and_nowhere_else.pytestmark  # type: ignore[attr-defined]
    assert set(marks[0].args[1]) == {STRANGER, *people.Role.values}
