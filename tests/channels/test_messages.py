"""Text messages and push messages go out once, to real counterparts, whatever those answer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.harness.pushing import Browser, Taker, taking


@pytest.fixture
def empty(site: Any) -> Any:
    from tinh.channels import api as channels
    from tinh.people import api as people

    with people.through("work"):
        channels.Outgoing.objects.all().delete()
    return channels


@pytest.fixture
def gateway(empty: Any) -> Iterator[Taker]:
    from django.test import override_settings

    with taking(Taker()) as taker, override_settings(
        SMS_URL=f"{taker.url}/sms", SMS_TOKEN="t0ken", SMS_SENDER="TINH", SMS_PLAIN=True,
        PUBLIC_URL="https://tinh.example.vn",
    ):  # fmt: skip
        yield taker


@pytest.fixture
def browser(empty: Any) -> Iterator[Browser]:
    from django.test import override_settings

    made = Browser()
    with taking(made), override_settings(PUSH_HOSTS="127.0.0.1", PUSH_CONTACT="mailto:tinh@example.vn"):
        yield made


def text(channels: Any, **more: Any) -> Any:
    fields = {"to": "0912 345 678", "subject": "Phản ánh", "body": "Phản ánh của ông/bà đã được tiếp nhận."}
    return channels.Notice(**{**fields, "key": uuid.uuid4().hex, "channel": "sms", **more})


def row(channels: Any, key: str) -> Any:
    from tinh.people import api as people

    with people.through("work"):
        return channels.Outgoing.objects.get(key=key)


def test_a_text_message_reaches_the_gateway_with_its_link_and_without_diacritics(
    empty: Any, gateway: Taker
) -> None:
    notice = text(empty, link="/phan-anh/PA-1")
    assert empty.send(notice)
    empty.deliver()
    (_, headers, body) = gateway.posts[0]
    message = json.loads(body)
    assert headers["authorization"] == "Bearer t0ken"
    assert message["to"] == "+84912345678"
    assert message["text"] == "Phan anh cua ong/ba da duoc tiep nhan. https://tinh.example.vn/phan-anh/PA-1"
    assert row(empty, notice.key).state == "sent"


def test_one_number_written_in_three_ways_is_told_once(empty: Any, gateway: Taker) -> None:
    key = uuid.uuid4().hex
    sent = [
        empty.send(text(empty, key=key, to=to)) for to in ("0912345678", "+84 912 345 678", "84912345678")
    ]
    assert sent == [True, False, False]
    empty.deliver()
    assert len(gateway.posts) == 1


def test_a_gateway_that_is_down_is_tried_again_and_one_that_refuses_is_not(
    empty: Any, gateway: Taker
) -> None:
    from django.utils import timezone

    later, refused = text(empty), text(empty, to="0987654321")
    gateway.answers = [503, 422]
    empty.send(later)
    empty.send(refused)
    now = timezone.now()
    empty.deliver(now)
    assert (row(empty, later.key).state, row(empty, refused.key).state) == ("waiting", "failed")
    assert "503" in row(empty, later.key).answer
    empty.deliver(now + timedelta(minutes=2))
    assert row(empty, later.key).state == "sent"
    first, again = (json.loads(post[2])["id"] for post in (gateway.posts[0], gateway.posts[2]))
    assert first == again


def test_text_messages_wait_until_a_gateway_is_named(empty: Any, tmp_path: Path) -> None:
    from django.test import override_settings

    notice = text(empty)
    empty.send(notice)
    empty.deliver()
    assert row(empty, notice.key).state == "waiting"
    with override_settings(SMS_URL=f"folder:{tmp_path}", SMS_SENDER="TINH", SMS_PLAIN=False):
        empty.deliver()
    (file,) = tmp_path.iterdir()
    assert json.loads(file.read_text(encoding="utf-8"))["text"] == "Phản ánh của ông/bà đã được tiếp nhận."


@pytest.mark.parametrize(
    "written", ["", "113", "09123", "0212345678", "+840912345678", "lan@example.vn", "+12"]
)
def test_what_is_no_mobile_number_is_refused_when_the_notice_is_written(empty: Any, written: str) -> None:
    with pytest.raises(empty.NotAPhone):
        empty.send(text(empty, to=written))


def test_a_push_message_is_read_by_the_browser_alone_and_signed_by_us(empty: Any, browser: Browser) -> None:
    number = empty.sign_on(browser.subscription)
    notice = empty.Notice(
        to=str(number), subject="Đã xử lý", body="Phản ánh PA-1 đã xử lý xong.", key=uuid.uuid4().hex,
        channel="push", link="/phan-anh/PA-1", about="case:PA-1",
    )  # fmt: skip
    empty.send(notice)
    empty.deliver()
    assert browser.opened() == {
        "title": "Đã xử lý", "body": "Phản ánh PA-1 đã xử lý xong.", "link": "/phan-anh/PA-1",
        "tag": "case:PA-1",
    }  # fmt: skip
    assert "Phản ánh".encode() not in browser.posts[0][2]
    claims = browser.signed_by()
    assert claims["sub"] == "mailto:tinh@example.vn"
    assert claims["k"] == empty.public_key()


def test_a_browser_that_has_gone_is_forgotten(empty: Any, browser: Browser) -> None:
    number = empty.sign_on(browser.subscription)
    browser.answers = [410]
    notice = empty.Notice(to=str(number), subject="x", body="y", key=uuid.uuid4().hex, channel="push")
    empty.send(notice)
    empty.deliver()
    assert row(empty, notice.key).state == "failed"
    assert not empty.sign_off(browser.endpoint)


def test_a_browser_that_signs_on_again_is_one_device_and_can_sign_off(empty: Any, browser: Browser) -> None:
    assert empty.sign_on(browser.subscription) == empty.sign_on(browser.subscription, "en")
    number = empty.sign_on(browser.subscription, holder="party:7100")
    assert empty.devices_of("party:7100") == [number]
    assert empty.sign_off(browser.endpoint)
    assert empty.devices_of("party:7100") == []


@pytest.mark.parametrize(
    "endpoint",
    ["https://evil.example/push", "http://fcm.googleapis.com/x", "https://169.254.169.254/latest", "file:///etc/passwd",
     "https://fcm.googleapis.com.evil.example/", "https://[::1/x"],
)  # fmt: skip
def test_only_push_services_of_browsers_are_spoken_to(empty: Any, browser: Browser, endpoint: str) -> None:
    subscription = json.loads(browser.subscription) | {"endpoint": endpoint}
    with pytest.raises(empty.DeviceUnfit):
        empty.sign_on(json.dumps(subscription))


@pytest.mark.parametrize(
    "said", ["", "[]", "{}", '{"endpoint": 1, "keys": {"p256dh": "é", "auth": ""}}', "[" * 4000]
)
def test_a_subscription_that_cannot_be_read_is_refused(empty: Any, said: str) -> None:
    with pytest.raises(empty.DeviceUnfit):
        empty.sign_on(said)


def test_few_browsers_follow_for_one_party_and_none_once_it_is_erased(empty: Any, browser: Browser) -> None:
    from tinh.cases import api as cases
    from tinh.channels import push

    def told(number: int) -> str:
        said = json.loads(browser.subscription)
        return json.dumps({**said, "endpoint": f"{said['endpoint']}/{number}"})

    case = cases.open_case(
        cases.Opening(
            kind="report", subject="Đèn đường hỏng", key=uuid.uuid4().hex, agency="so-xd", process="",
            party=cases.Party(name="Lê Thị Na", phone="0966 123 456"),
        ),
        None,
    )  # fmt: skip
    party = cases.known_by("0966123456")[-1]
    assert party.case.code == case.code
    holder = f"party:{party.pk}"
    numbers = [empty.sign_on(told(n), holder=holder) for n in range(push.MOST_OF_PARTY + 3)]
    assert empty.devices_of(holder) == numbers[3:]
    assert cases.erase_person(["0966123456"], "yêu cầu 12")["parties"] >= 1
    assert empty.devices_of(holder) == []
