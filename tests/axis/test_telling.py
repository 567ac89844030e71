"""Subscribers are told of deliveries, values and alerts by signed CloudEvents: each once, at their pace."""

from __future__ import annotations

import base64
import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.axis.receiver import Receiver, receiving
from tests.axis.test_shares import desk
from tests.harness.air import csv, hours, push

_names = itertools.count(1)


@pytest.fixture
def receiver(site: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    from tinh.jobs import run

    if run._running.teller is not None:  # its rounds would come between ours
        run._running.teller.stop()
    monkeypatch.setenv("TINH_PRIVATE_HOSTS", "127.0.0.1")
    monkeypatch.setenv("TINH_SECRET_BAO", "bí mật chung")
    with receiving() as found:
        yield found


def subscribed(
    receiver: Receiver, target: str = "secret: BAO", wanted: str = "receipts: [air-hourly]"
) -> str:
    from tinh.axis import api as axis

    for _ in range(600):  # what other tests delivered is judged by now, and not told to this one
        if not desk().corridor().waiting():
            break
        time.sleep(0.1)
    made = axis.subscribe(
        desk(),
        f"format: 1\nid: bao-{next(_names)}\nname: Báo\nagency: so-tc\nevents: {{{wanted}}}\n"
        f"target: {{url: '{receiver.url}', allow_private: true, {target}}}\n"
        "purpose: Thử\nlegal_basis: TT 1\n",
    )
    return made.id


@pytest.fixture
def done() -> Iterator[None]:
    """No subscription is left behind for the server's own rounds."""
    yield
    from tinh.axis import api as axis

    for id in list(axis.subscriptions(desk()).all()):
        axis.unsubscribe(desk(), id)


def delivery(site: Any, rows: int = 3) -> str:
    """A delivery of its own hours, judged; the receipt."""
    answer = push(site.program("data_officer", "so-nnmt"), csv(hours(rows)), params={"wait": "true"})
    assert answer.is_success, answer.text
    return str(answer.json()["receipt"])


def told(site: Any, id: str, at: datetime | None = None) -> None:
    """A round for one subscription, as the teller makes it."""
    from tinh.axis.telling.delivering import deliver
    from tinh.axis.telling.gathering import gather

    one = desk_one(id)
    gather(one, desk(), desk().corridor().alerts(), datetime.now(UTC))
    deliver(one, at or datetime.now(UTC))


def desk_one(id: str) -> Any:
    from tinh.axis import api as axis

    return axis.subscription(desk(), id)


def health(id: str) -> Any:
    from tinh.axis import api as axis

    return axis.health([id])[id]


def test_a_judged_delivery_is_told_once_with_a_signature_our_own_door_would_take(
    site, receiver, done
) -> None:
    from tinh.sources.cloudevents.event import events_of
    from tinh.sources.cloudevents.signature import verify

    before = delivery(site)
    id = subscribed(receiver)
    receipt = delivery(site)
    told(site, id)
    told(site, id)
    assert receiver.greetings[0]["webhook-request-origin"] == "vn-19" and len(receiver.greetings) == 1
    (one,) = receiver.events()
    assert one["type"] == "vn.tinh.receipt.judged" and one["id"] == f"receipt-{receipt}", before
    assert one["source"].startswith("/VN-19/GOV/") and one["subscription"] == id
    assert one["data"]["dataset"] == "air-hourly" and one["data"]["outcome"] == "accepted"
    assert set(one["data"]) == {
        "receipt", "dataset", "name", "outcome", "received", "accepted", "held", "received_at",
        "committed_at", "simulated",
    }, "nothing of who sent it"  # fmt: skip
    headers, body = receiver.heard[0]
    assert headers["content-type"].startswith("application/cloudevents+json")
    verify("bí mật chung", headers, body, datetime.now(UTC))
    (read,) = events_of(headers, body, 10)
    assert read.id == one["id"]
    assert health(id).sent == 1 and health(id).waiting == 0


def test_without_a_secret_events_are_signed_with_the_key_of_the_axis(site, receiver, done) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    from tinh.axis import api as axis

    id = subscribed(receiver, "mode: binary")
    receipt = delivery(site)
    told(site, id)
    headers, body = receiver.heard[0]
    assert headers["ce-id"] == f"receipt-{receipt}" and headers["content-type"] == "application/json"
    assert json.loads(body)["receipt"] == receipt
    said = dict(part.split("=", 1) for part in headers["tinh-key-signature"].split(","))
    home = axis.ground()
    certificate = axis.Seals(home.keys, home.instance).certificate(said["cert"])
    lines = "".join(
        f"{name}:{headers[name]}\n"
        for name in sorted([n for n in headers if n.startswith("ce-")] + ["content-type"])
    )
    signed = f"{said['t']}.".encode() + lines.encode() + body
    key: Any = certificate.public_key() if certificate else None
    key.verify(base64.b64decode(said["es256"]), signed, ec.ECDSA(hashes.SHA256()))


def test_a_receiver_that_does_not_allow_us_is_sent_nothing_and_the_event_waits(site, receiver, done) -> None:
    receiver.allowed = "someone-else"
    id = subscribed(receiver)
    delivery(site)
    told(site, id)
    assert receiver.greetings and not receiver.heard
    assert health(id).waiting == 1 and "WebHook-Allowed-Origin" in health(id).reason
    receiver.allowed = "vn-19"
    told(site, id, datetime.now(UTC) + timedelta(minutes=2))
    assert len(receiver.heard) == 1 and health(id).waiting == 0


def test_a_failing_receiver_is_left_alone_as_it_asks_and_gets_the_same_id_again(site, receiver, done) -> None:
    id = subscribed(receiver)
    receipt = delivery(site)
    receiver.answers.append((503, {"Retry-After": "600"}))
    told(site, id)
    assert len(receiver.heard) == 1
    told(site, id, datetime.now(UTC) + timedelta(minutes=9))
    assert len(receiver.heard) == 1, "Retry-After is kept"
    told(site, id, datetime.now(UTC) + timedelta(minutes=11))
    assert [e["id"] for e in receiver.events()] == [f"receipt-{receipt}"] * 2
    assert health(id).failures == 0 and health(id).sent == 1


def test_an_event_that_is_refused_is_a_dead_letter_which_a_person_sends_again(site, receiver, done) -> None:
    from tinh.axis import api as axis

    id = subscribed(receiver, "secret: BAO, batch: 10")
    for _ in range(3):
        delivery(site)
    receiver.answers.extend([(400, {}), (400, {}), (204, {}), (204, {})])
    told(site, id)
    assert health(id).dead == 1 and health(id).sent == 2, "the batch was halved until one stood alone"
    assert axis.tell_again(id) == 1
    told(site, id)
    assert health(id).dead == 0 and health(id).sent == 3


def test_what_cannot_be_sent_for_three_days_is_a_dead_letter(site, receiver, done) -> None:
    id = subscribed(receiver)
    delivery(site)
    receiver.answers.append((500, {}))
    told(site, id, datetime.now(UTC) + timedelta(hours=73))
    assert health(id).dead == 1 and health(id).waiting == 0


def test_a_receiver_that_is_gone_is_sent_nothing_more_until_a_person_says_so(site, receiver, done) -> None:
    from tinh.axis import api as axis

    id = subscribed(receiver)
    delivery(site)
    receiver.answers.append((410, {}))
    told(site, id)
    delivery(site)
    told(site, id, datetime.now(UTC) + timedelta(days=1))
    assert len(receiver.heard) == 1 and health(id).state == "gone" and health(id).dead == 1
    axis.set_state(id, paused=False)
    axis.tell_again(id)
    told(site, id)
    assert len(receiver.heard) >= 2 and health(id).state == "active"


def test_what_people_and_other_processes_do_while_events_are_sent_stands(
    site, receiver, done, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.axis import api as axis
    from tinh.axis.telling import delivering
    from tinh.axis.telling.keeping import Following

    id = subscribed(receiver)
    send, later = delivering.post, datetime.now(UTC) + timedelta(days=1)

    def meanwhile(*words: Any) -> Any:
        axis.set_state(id, paused=True)
        Following.objects.filter(subscription=id).update(since=later)
        return send(*words)

    monkeypatch.setattr(delivering, "post", meanwhile)
    delivery(site)
    told(site, id)
    kept = Following.objects.get(subscription=id)
    assert (kept.state, kept.since, kept.leased_until) == ("paused", later, None) and health(id).sent == 1

    def ended(*words: Any) -> Any:
        axis.unsubscribe(desk(), id)
        return send(*words)

    axis.set_state(id, paused=False)
    Following.objects.filter(subscription=id).update(since=datetime.now(UTC) - timedelta(minutes=1))
    monkeypatch.setattr(delivering, "post", ended)
    delivery(site)
    told(site, id)
    assert not Following.objects.filter(subscription=id).exists()


def test_the_rate_a_receiver_allows_is_kept(site, receiver, done) -> None:
    receiver.rate = "2"
    id = subscribed(receiver)
    for _ in range(3):
        delivery(site)
    at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=3)
    told(site, id, at)
    assert len(receiver.heard) == 2 and health(id).waiting == 1
    told(site, id, at + timedelta(minutes=1))
    assert len(receiver.heard) == 3


def test_the_network_inside_is_reached_only_when_an_administrator_lets_it(
    site, receiver, done, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tinh.jobs import api as jobs
    from tinh.sources.api import Hosts

    monkeypatch.delenv("TINH_PRIVATE_HOSTS")
    Hosts(jobs.corridor().home.root).close("127.0.0.1")  # other tests let it
    id = subscribed(receiver)
    delivery(site)
    told(site, id)
    assert not receiver.greetings and not receiver.heard
    assert health(id).waiting == 1 and "127.0.0.1" in health(id).reason


def test_a_value_that_changes_is_told_with_what_it_was(site, receiver, done) -> None:
    id = subscribed(receiver, wanted="indicators: [pm25-daily]")
    delivery(site, 24)
    for _ in range(1200):  # values follow their receipt by a moment, by minutes on a machine full of work
        told(site, id)
        if receiver.heard:
            break
        time.sleep(0.1)
    first = [e for e in receiver.events() if e["type"] == "vn.tinh.indicator.changed"]
    assert first and {e["data"]["indicator"] for e in first} == {"pm25-daily"}
    assert len({e["id"] for e in first}) == len(first)
    assert all(e["data"]["value"] != e["data"]["before"] for e in first)
    told(site, id)
    assert len(receiver.events()) == len(first), "what did not change is not told"


def test_an_alert_is_told_when_it_opens_and_when_it_closes_and_not_if_it_was_open_before(
    site, receiver, done
) -> None:
    from dataclasses import replace

    from tinh.axis.telling.delivering import deliver
    from tinh.axis.telling.gathering import gather
    from tinh.kit.errors import Text
    from tinh.watch.api import Alert

    rule = next(iter(desk().catalogue.alerts.values()))
    id = subscribed(receiver, wanted=f"alerts: [{rule.id}]")
    one = desk_one(id)
    here = Alert(
        rule.id, rule.name, rule.indicator, "19", "firing", "2026-10", "2026-10", 5.0, 4.0, rule.severity,
        Text("x", "x"), (), simulated=True,
    )  # fmt: skip
    there = replace(here, place="05443")
    for standing in ((here,), (here, there), (here, there), (there,), ()):
        gather(one, desk(), standing, datetime.now(UTC))
    deliver(one, datetime.now(UTC))
    assert [(e["type"].rpartition(".")[2], e["data"]["place"]) for e in receiver.events()] == [
        ("opened", "05443"), ("closed", "19"), ("closed", "05443")
    ]  # fmt: skip
    assert receiver.events()[0]["simulated"] is True


def test_an_officer_subscribes_an_agency_to_own_data_on_the_page_and_to_no_others(
    site, receiver, done
) -> None:
    from tinh.axis import api as axis

    officer, other = site.person("data_officer", "so-nnmt"), site.person("data_officer", "so-tc")
    form = {
        "ten": "Báo số liệu không khí", "co-quan": "so-tc", "muc-dich": "Theo dõi", "can-cu": "TT 1",
        "bo-du-lieu": "air-hourly", "dia-chi": "https://so-tc.example.vn/nhan", "bi-mat": "rất bí mật",
    }  # fmt: skip
    token = {"X-CSRFToken": ""}

    def post(person: Any, path: str, data: dict[str, str]) -> Any:
        person.get("/truc/su-kien/moi" if "moi" in path else path)
        token["X-CSRFToken"] = person.cookies.get("tinh_csrf") or person.cookies.get("csrftoken") or ""
        return person.post(path, data=data, headers={**token, "Referer": site.address})

    assert post(other, "/truc/su-kien/moi", form).status_code == 403, "data of another agency"
    inside = {**form, "dia-chi": "https://10.1.2.3/nhan", "noi-bo": "1"}
    assert post(officer, "/truc/su-kien/moi", inside).status_code == 403, "an administrator lets hosts"
    made = post(officer, "/truc/su-kien/moi", form)
    assert made.status_code == 302, made.text
    here = made.headers["location"].partition("?")[0]
    id = here.strip("/").rpartition("/")[2]
    text = axis.subscription(desk(), id).file.read_text()
    assert "rất bí mật" not in text and "SU_KIEN_" in text
    shown = officer.get(here)
    assert shown.status_code == 200 and "rất bí mật" not in shown.text
    assert other.get(here).status_code == 200, "who is told may look"
    assert post(other, here, {"act": "end"}).status_code == 403
    assert site.person("data_officer", "so-khcn").get(here).status_code == 403
    assert post(officer, here, {"act": "end"}).status_code == 302
    assert officer.get(here).status_code == 404


def test_the_command_line_makes_tries_and_ends_a_subscription(
    site, receiver, done, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contextlib import nullcontext

    from click.testing import CliRunner

    from tinh.cli import subscriptions
    from tinh.cli.main import tinh

    monkeypatch.setattr(subscriptions, "opened", nullcontext)
    text = desk_one(subscribed(receiver)).file.read_text()
    file = tmp_path / "bao.yaml"
    file.write_text(text.replace(text.splitlines()[1], "id: tu-dong-lenh"))

    def said(*words: str) -> dict[str, Any]:
        done = CliRunner().invoke(tinh, ["subscription", *words, "--json"])
        assert done.exit_code == 0, done.output
        return dict(json.loads(done.stdout))

    assert said("publish", str(file))["id"] == "tu-dong-lenh"
    delivery(site)
    receiver.rate = "30"
    assert said("check", "tu-dong-lenh")["rate"] == 30 and not receiver.heard
    receiver.answers.append((422, {}))
    told(site, "tu-dong-lenh")
    (line,) = [x for x in said("list")["subscriptions"] if x["id"] == "tu-dong-lenh"]
    assert (line["dead"], line["owners"]) == (1, ["so-nnmt"])
    assert said("again", "tu-dong-lenh")["events"] == 1
    assert said("withdraw", "tu-dong-lenh")["ended"] is True
