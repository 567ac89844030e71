"""Notices go out once, through a real mail server, whatever it answers."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from tests.harness.mailbox import Mailbox, mailbox


@pytest.fixture
def box(site: Any):
    from tinh.channels import api as channels
    from tinh.people import api as people

    with people.through("work"):
        channels.Outgoing.objects.all().delete()
    with mailbox() as found:
        yield found


def notice(key: str = "late/telecom/2026-10", **more: Any) -> Any:
    from tinh.channels import api as channels

    fields = {
        "to": "lan@example.vn",
        "name": "Nguyễn Thị Lan",
        "subject": "Đến hạn gửi số liệu",
        "body": "Kính gửi…",
    }
    return channels.Notice(**{**fields, "key": key, **more})


def test_a_notice_arrives_with_its_words_and_says_that_a_program_wrote_it(box: Mailbox) -> None:
    from tinh.channels import api as channels

    assert channels.send(notice())
    assert channels.deliver().sent == 1
    (message,) = box.messages
    assert message["Subject"] == "Đến hạn gửi số liệu"
    assert message["To"].addresses[0].display_name == "Nguyễn Thị Lan"
    assert message["From"] == "tinh@example.vn"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Kính gửi…"


def test_the_same_key_goes_out_once_however_often_it_is_sent(box: Mailbox) -> None:
    from tinh.channels import api as channels

    assert [channels.send(notice()) for _ in range(3)] == [True, False, False]
    threads = [threading.Thread(target=channels.deliver) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    channels.deliver()
    assert len(box.messages) == 1


def test_a_server_that_is_busy_is_tried_again_and_one_that_refuses_the_person_is_not(box: Mailbox) -> None:
    from django.utils import timezone

    from tinh.channels import api as channels

    now = timezone.now()
    channels.send(notice("a"), now)
    box.refusals = ["450 try later"]
    assert channels.deliver(now).waiting == 1
    assert channels.deliver(now).sent == 0  # not before its time
    assert channels.deliver(now + timedelta(minutes=2)).sent == 1
    channels.send(notice("b"), now)
    box.refusals = ["550 no such user"]
    assert channels.deliver(now).failed == 1


def test_what_stays_unanswered_is_the_same_message_when_it_comes_again(box: Mailbox) -> None:
    from django.utils import timezone

    from tinh.channels import api as channels

    now = timezone.now()
    channels.send(notice(), now)
    box.deaf = 1
    assert channels.deliver(now).waiting == 1
    assert channels.deliver(now + timedelta(minutes=2)).sent == 1
    assert len(box.messages) == 2
    assert len({m["Message-ID"] for m in box.messages}) == 1


def test_a_process_that_dies_while_sending_leaves_the_notice_to_the_next(box: Mailbox) -> None:
    from django.utils import timezone

    from tinh.channels import api as channels
    from tinh.channels.outbox import LEASE
    from tinh.people import api as people

    now = timezone.now()
    channels.send(notice(), now)
    with people.through("work"):
        channels.Outgoing.objects.update(leased_until=now + LEASE, attempts=1)
    assert channels.deliver(now).sent == 0
    assert channels.deliver(now + LEASE + timedelta(seconds=1)).sent == 1


def test_without_a_mail_server_notices_wait(site: Any) -> None:
    from django.test import override_settings

    from tinh.channels import api as channels

    with override_settings(EMAIL_HOST=""):
        channels.send(notice("waits"))
        assert not channels.configured()
        assert channels.deliver().waiting >= 1


def test_a_notice_that_opens_something_is_blanked_once_it_is_sent(box: Mailbox) -> None:
    from tinh.channels import api as channels
    from tinh.people import api as people

    channels.send(notice(body="https://…/moi/abc", secret=True))
    channels.deliver()
    assert "moi/abc" in box.messages[0].get_content()
    with people.through("work"):
        assert channels.outbox().get().body == ""


@pytest.mark.parametrize("address", ["", "lan", "lan@", "a@b\nBcc: x@y.vn"])
def test_an_address_that_is_none_is_refused(box: Mailbox, address: str) -> None:
    from tinh.channels import api as channels

    with pytest.raises(channels.ChannelError, match="e-mail"):
        channels.send(notice(to=address))


def test_line_breaks_in_a_subject_write_no_header(box: Mailbox) -> None:
    from tinh.channels import api as channels

    channels.send(notice(subject="Nhắc việc\r\nBcc: x@y.vn", name="Lan\r\nCc: z@y.vn"))
    channels.deliver()
    (message,) = box.messages
    assert message["Bcc"] is None and message["Cc"] is None


def test_nobody_but_who_may_sees_what_was_written_to_others(box: Mailbox) -> None:
    from tinh.channels import api as channels
    from tinh.people import api as people

    channels.send(notice())
    viewer = people.Actor(name="x", role="viewer", account=1)
    operator = people.Actor(name="y", role="operator", account=2)
    with people.as_person(viewer):
        assert channels.outbox().count() == 0
    with people.as_person(operator):
        assert channels.outbox(search="lan@example.vn").count() == 1


def test_the_outbox_does_not_say_who_sent_or_follows_a_report(box: Mailbox, site: Any) -> None:
    from tinh.channels import api as channels

    channels.send(
        notice(
            to="hanh@nguoidan.vn", name="Trần Thị Hạnh", subject="PA-2345-6789: đã trả lời",
            body="Kính gửi bà Trần Thị Hạnh…", about="case:PA-2345-6789", citizen=True,
        )
    )  # fmt: skip
    channels.send(notice(to="so-xd@example.vn", name="Sở Xây dựng", about="case:PA-2345-6789"))
    with site.person("operator") as operator:
        listed = operator.get("/quan-tri/thu/").text
        number = re.findall(r'href="/quan-tri/thu/(\d+)">PA-2345-6789', listed)[0]
        by_address = operator.get("/quan-tri/thu/", params={"tim": "hanh@nguoidan.vn"}).text
        one = operator.get(f"/quan-tri/thu/{number}").text
    assert "so-xd@example.vn" in listed and "PA-2345-6789: đã trả lời" in one
    assert "PA-2345-6789" not in by_address
    assert not [text for text in (listed, one) if "Hạnh" in text or "nguoidan" in text]
    channels.deliver()
    assert [str(message["To"]) for message in box.messages if "nguoidan" in str(message["To"])]
