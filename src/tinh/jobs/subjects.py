"""What is held of one person, in both floors, and doing what they may ask for."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tinh.jobs.house import corridor, now

if TYPE_CHECKING:
    from tinh.people import api as people

_SYSTEM = {"_receipt": "receipt", "_row": "row", "_received_at": "received_at"}


def identifiers_of(user: people.User | None) -> tuple[str, ...]:
    """What names the owner of an account: its name, its address, and identifiers somebody checked."""
    from tinh.people import api as people

    if user is None:
        return ()
    checked = people.subjects.Subject.objects.filter(
        requests__account=user, requests__identity_at__isnull=False
    ).distinct()
    with people.through("subject"):
        found = (user.username, user.email, *(one.value for one in checked))
    return tuple(dict.fromkeys(one for one in found if one))


def collected(identifiers: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Everything held of a person, by what it is: accounts, log, consents, requests, rows of each dataset."""
    from tinh.people import api as people

    with people.through("work"):
        return _collected(identifiers)


def _collected(identifiers: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.flow.api import personal_of, terms_of
    from tinh.people import api as people

    wanted = [one for one in identifiers if one]
    out: dict[str, list[dict[str, Any]]] = {
        "accounts": [_account(u) for u in map(people.User.objects.by_name, wanted) if u is not None],
        "access_log": [_line(one) for one in people.about(wanted)],
        "consents": [],
        "requests": [],
    }
    if of_cases := cases.held_of(wanted):
        out["cases"] = of_cases
    if letters := [_letter(one) for one in channels.of_person(wanted).order_by("pk")[:5000]]:
        out["letters"] = letters
    for one in wanted:
        subject = people.subjects.Subject.objects.filter(mark=people.fingerprint(one)).first()
        if subject is None:
            continue
        out["consents"] += [_consent(c) for c in subject.consents.order_by("id")]
        out["requests"] += [_request(r) for r in subject.requests.order_by("id")]
    opened, terms = corridor(), terms_of(wanted)
    for dataset in opened.catalogue.datasets.values():
        if not personal_of(dataset):
            continue
        columns = [c.name for c in dataset.columns]
        for name, held in ((f"data/{dataset.id}", False), (f"held/{dataset.id}", True)):
            rows = opened.lake.of_people(dataset, terms, held)
            if rows.height:
                kept = [c for c in (*_SYSTEM, *columns) if c in rows.columns]
                out[name] = [_plain(row) for row in rows.select(kept).rename(_renamed(kept)).to_dicts()]
    return out


def _letter(one: Any) -> dict[str, Any]:
    return {
        "channel": one.channel, "address": one.address, "name": one.name, "subject": one.subject,
        "body": "" if one.secret else one.body, "state": one.state, "created_at": one.created_at.isoformat(),
    }  # fmt: skip


def archive(identifiers: Iterable[str]) -> bytes:
    """The same as a ZIP: one JSON document, and a CSV for each kind that has any."""
    found = collected(identifiers)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data.json", json.dumps(found, ensure_ascii=False, indent=1))
        for name, rows in found.items():
            if rows:
                packed.writestr(f"{name.replace('/', '-')}.csv", "\ufeff" + _csv(rows))
    return out.getvalue()


def act(request: people.subjects.SubjectRequest, who: str, change: Mapping[str, str]) -> dict[str, Any]:
    """Do what was granted. `change` says dataset, column and value of a correction."""
    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.flow.api import correct_person, erase_person, personal_of
    from tinh.people import api as people

    subject, done = request.subject, {}
    what, opened = subject.value, corridor()
    reason = f"yêu cầu {request.pk}"
    fields: tuple[str, ...] = ()
    if request.kind == "delete":
        done = erase_person(opened, [what], reason).as_dict()
        fields = tuple(sorted({c for d in opened.catalogue.datasets.values() for c in personal_of(d)}))
        erased = cases.erase_person([what], reason, now())
        if erased["parties"]:
            done["cases"] = erased
        with people.through("work"):
            if letters := channels.erase_person([what]):
                done["letters"] = letters
        done["account"] = "kept" if _has_account(what) else ""
    elif request.kind == "correct":
        dataset = opened.catalogue.datasets.get(change.get("dataset", ""))
        column = change.get("column", "")
        if dataset is None or column not in personal_of(dataset):
            raise people.NoSuchColumn(dataset=change.get("dataset", ""), column=column)
        done = correct_person(opened, dataset, [what], column, change.get("value", "")).as_dict()
        fields = (column,)
    elif request.kind in ("see", "export"):
        found = collected([what])
        done = {"found": {name: len(rows) for name, rows in found.items() if rows}}
    reading = people.Reading(fields, "subject-requests", "public-duty", reason, (what,))
    action = {"delete": "erase", "correct": "correct", "restrict": "restrict"}.get(request.kind, "answer")
    wiped = {name: done[name] for name in ("rows", "cases") if done.get(name)}
    told = json.dumps(wiped, sort_keys=True) if wiped else str(request.pk)
    people.note(who, action, f"{request.pk} {told}", allowed=True, reading=reading)
    people.requests.finish(request, done, now(), who)
    if request.kind == "delete":
        people.requests.blank(subject, now())
    return done


def _has_account(name: str) -> bool:
    from tinh.people import api as people

    with people.through("work"):
        return people.User.objects.by_name(name) is not None


def expire() -> dict[str, int]:
    """Erase what was kept long enough, with a line in the log for each table: the certificate."""
    from tinh.flow.api import expire as erase_old
    from tinh.people import api as people

    done = erase_old(corridor())
    for table, count in done.rows.items():
        people.note(
            "tinh",
            "erase",
            f"{table} {count}",
            allowed=True,
            reading=people.Reading((), "retention", "", "declared retention"),
        )
    for digest in done.raw:
        people.note(
            "tinh",
            "erase",
            f"raw {digest}",
            allowed=True,
            reading=people.Reading((), "retention", "", "declared retention"),
        )
    return {**done.rows, "raw": len(done.raw)} if done.rows or done.raw else {}


def _account(user: people.User) -> dict[str, Any]:
    return {
        "username": user.username,
        "email": user.email,
        "full_name": user.full_name,
        "role": user.role,
        "agency": user.agency,
        "created_at": _said(user.created_at),
        "last_login": _said(user.last_login),
    }


def _line(one: people.Access) -> dict[str, Any]:
    return {
        "at": _said(one.at),
        "who": one.who,
        "action": one.action,
        "subject": one.subject,
        "fields": " ".join(one.fields),
        "purpose": one.purpose,
        "basis": one.basis,
        "reason": one.reason,
    }


def _consent(one: people.subjects.Consent) -> dict[str, Any]:
    return {
        "purpose": one.purpose,
        "version": one.version,
        "act": one.act,
        "channel": one.channel,
        "at": _said(one.at),
        "proof": one.proof,
        "proof_digest": one.proof_digest,
        "text_digest": one.text_digest,
    }


def _request(one: people.subjects.SubjectRequest) -> dict[str, Any]:
    return {
        "number": one.pk,
        "kind": one.kind,
        "received_at": _said(one.received_at),
        "state": one.state,
        "due": _said(one.due),
        "decision": one.decision,
        "reason": one.reason,
        "details": one.details,
    }


def _renamed(kept: Iterable[str]) -> dict[str, str]:
    return {old: new for old, new in _SYSTEM.items() if old in set(kept)}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _said(value) for name, value in row.items()}


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    for row in rows:
        writer.writerow({k: _harmless(v) for k, v in row.items()})
    return out.getvalue()


def _harmless(value: Any) -> Any:
    """Text that no spreadsheet takes for a formula."""
    risky = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if risky else value
