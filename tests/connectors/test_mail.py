"""Attachments of a real mailbox: whose, under which name, each once; and mails built to trip readers."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from typing import Any

import pytest

from tests.connectors.conftest import PASSWORD, feed_of
from tests.harness import mailboxes
from tests.harness import server as served
from tests.harness.mailboxes import Post
from tinh.packs.api import MailWay, Tls

CSV = b"ma,ten,phi\nH1,An,1\nH2,B\xc3\xacnh,2\n"


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with mailboxes.post() as found:
        yield found


def way(post: Post, user: str, **more: Any) -> MailWay:
    fields: dict[str, Any] = {
        "host": "127.0.0.1", "port": post.port, "user": user, "password": PASSWORD, "allow_private": True,
        "tls": Tls(mode="off"), "senders": {"lan@so.gov.vn": "", "@xa.gov.vn": "so-noi-vu"},
    }  # fmt: skip
    return MailWay(**{**fields, **more})


def mail(
    sender: str = "Lan <lan@so.gov.vn>", name: str = "bao-cao.csv", content: bytes = CSV, **more: str
) -> bytes:
    found = EmailMessage()
    found["From"], found["To"] = sender, "nhan@tinh.gov.vn"
    found["Subject"] = more.pop("subject", "Báo cáo tháng")
    for key, value in more.items():
        found[key.replace("_", "-")] = value
    found.set_content("Kính gửi")
    found.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return found.as_bytes()


def raw(disposition: bytes, sender: bytes = b"lan@so.gov.vn", body: bytes = CSV, more: bytes = b"") -> bytes:
    return (b"From: " + sender + b"\r\n" + more + b"Subject: x\r\nMIME-Version: 1.0\r\n"
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/csv\r\n"
            b"Content-Disposition: " + disposition + b"\r\n\r\n" + body + b"\r\n--b--\r\n")  # fmt: skip


def named(pulled: Any, done: Any) -> list[str]:
    return [pulled.corridor.lake.receipt(one).filename for one in done.receipts]


def codes(done: Any) -> list[str]:
    return [note["code"] for note in done.notes]


def test_attachments_come_once_from_those_who_may_send_and_the_mail_is_marked(post: Post, over) -> None:
    pulled = over(feed_of(mail=way(post, "a")), password=mailboxes.PASSWORD)
    post.put("a", mail(), mail("ke.la@gmail.com"), mail("Bí thư <bt@xa.gov.vn>", content=CSV + b"H3,Chi,3\n"))
    done = pulled.pull()
    assert (done.outcome, done.taken, done.refused) == ("refused", 2, 1), done
    assert codes(done) == ["SRC146"] and len(pulled.rows("ma")) == 3
    assert ["Seen" in one for one in post.flags("a")] == [True, False, True]
    assert pulled.pull().outcome == "nothing"
    post.put("a", mail(content=CSV + b"H4,Dung,4\n"))
    assert (pulled.pull().taken, len(pulled.rows("ma"))) == (1, 4)
    assert pulled.feeds.of(pulled.feeds.one("kho")).condition == "ok"


def test_names_are_read_whatever_way_they_were_written_and_lead_nowhere(post: Post, over) -> None:
    pulled = over(feed_of(mail=way(post, "b")), password=mailboxes.PASSWORD)
    wanted = "Báo cáo tháng 3.csv"
    spelt = [
        b"attachment; filename*=UTF-8''B%C3%A1o%20c%C3%A1o%20th%C3%A1ng%203.csv",
        b"attachment; filename*0*=UTF-8''B%C3%A1o%20c%C3; filename*1*=%A1o%20th%C3%A1ng%203.csv",
        b'attachment; filename="=?UTF-8?B?QsOhbyBjw6FvIHRow6FuZyAzLmNzdg==?="',
        b'attachment; filename="=?utf-8?Q?B=C3=A1o_c=C3=A1o?= =?utf-8?Q?_th=C3=A1ng_3=2Ecsv?="',
        'attachment; filename="Báo cáo tháng 3.csv"'.encode(),
        b"attachment; filename*=utf-8''..%2F..%2FB%C3%A1o%20c%C3%A1o%20th%C3%A1ng%203.csv",
        'attachment; filename="C:\\\\tmp\\\\Báo cáo tháng 3.csv"'.encode(),
        b"attachment; filename*=UTF-8''Ba%CC%81o%20ca%CC%81o%20tha%CC%81ng%203.csv",
    ]
    post.put("b", *(raw(one, body=CSV + b"X%d,x,1\n" % n) for n, one in enumerate(spelt)))
    done = pulled.pull()
    assert named(pulled, done) == [wanted] * len(spelt), named(pulled, done)


def test_forged_and_unproven_senders_are_refused(post: Post, over) -> None:
    trusted = way(post, "c", trust="mx.tinh.gov.vn")
    pulled = over(feed_of(mail=trusted), password=mailboxes.PASSWORD)
    ours = b"Authentication-Results: mx.tinh.gov.vn; dkim=%s header.d=%s\r\n"
    file = b"attachment; filename=a.csv"
    post.put(
        "c",
        raw(file, more=ours % (b"pass", b"so.gov.vn")),
        raw(file, more=ours % (b"fail", b"so.gov.vn"), body=CSV + b"F1,a,1\n"),
        raw(file, more=ours % (b"pass", b"evil.vn"), body=CSV + b"F2,a,1\n"),
        raw(file, more=b"Authentication-Results: evil.vn; dkim=pass header.d=so.gov.vn\r\n"
            + ours % (b"pass", b"so.gov.vn"), body=CSV + b"F3,a,1\n"),
        raw(file, more=b"", body=CSV + b"F4,a,1\n"),
        raw(file, sender=b"lan@so.gov.vn <ke@evil.vn>", more=ours % (b"pass", b"evil.vn")),
        raw(file, sender=b"lan@so.gov.vn, ke@evil.vn", more=ours % (b"pass", b"so.gov.vn")),
        raw(file, sender=b"=?utf-8?q?lan=40so=2Egov=2Evn?= <ke@evil.vn>",
            more=ours % (b"pass", b"so.gov.vn")),
    )  # fmt: skip
    done = pulled.pull()
    assert (done.taken, done.refused) == (1, 7), done
    assert codes(done) == ["SRC147"] * 4 + ["SRC146"] * 3
    assert [row[0] for row in pulled.rows("ma")] == ["H1", "H2"]


def test_malicious_mails_are_refused_and_do_not_stop_the_rest(post: Post, over) -> None:
    found = way(post, "d", patterns=("*.csv", "*.zip"), largest=1)
    pulled = over(feed_of(mail=found), password=mailboxes.PASSWORD)
    nested = b"From: lan@so.gov.vn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
    for n in range(300):
        nested += b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("../../a.csv", b"0" * 5_000_000)
    post.put(
        "d",
        nested,
        raw(b"attachment; filename=lon.csv", body=b"ma\n" + b"x" * 1_200_000),
        raw(b"attachment; filename=x.csv", more=b"X-Lon: " + b"y" * 400_000 + b"\r\n", body=CSV),
        mail(name="nen.zip", content=archive.getvalue()),
        raw(b"attachment; filename*=khong-co''%FF%FEa.csv", body=CSV + b"Q1,a,1\n"),
        mail(name="trống.csv", content=b""),
        mail(content=CSV + b"H9,Yen,9\n"),
    )
    done = pulled.pull()
    assert ("H9",) in pulled.rows("ma"), done
    assert {"SRC150", "SRC148", "SRC089"} <= set(codes(done)), codes(done)
    assert pulled.pull().outcome == "nothing"


def test_mails_are_moved_and_word_for_the_sender_is_left_without_a_loop(post: Post, over) -> None:
    moved = way(post, "e", after="move", done="Đã nhận", failed="Cần xem", answer=True,
                subject="*báo cáo*")  # fmt: skip
    pulled = over(feed_of(mail=moved), password=mailboxes.PASSWORD)
    post.put("e", mail(), mail(name="sai.csv", content=b"khong,co,gi\n1,2,3\n", Message_ID="<1@so>"),
             mail(subject="Tự động: BÁO CÁO", name="a.csv", content=b"", Auto_Submitted="auto-replied"),
             mail(subject="Chúc mừng"))  # fmt: skip
    pulled.pull()
    assert len(post.flags("e")) == 1, "a mail of another subject stays where it is"
    assert len(post.flags("e", '"&ARAA4w- nh&Hq0-n"')) == 1 and len(post.flags("e", '"C&Hqc-n xem"')) == 2
    replies = pulled.state.link["replies"]
    assert [(one["to"], one["about"]) for one in replies] == [("lan@so.gov.vn", "<1@so>")]


def test_a_mailbox_made_anew_is_read_from_its_start_without_doubling(post: Post, over) -> None:
    pulled = over(feed_of(mail=way(post, "g", folder="Vào")), password=mailboxes.PASSWORD)
    with post.signed_in("g") as box:
        box.create('"V&AOA-o"')
    post.put("g", mail(), folder='"V&AOA-o"')
    assert pulled.pull().taken == 1
    with post.signed_in("g") as box:
        box.delete('"V&AOA-o"')
        box.create('"V&AOA-o"')
    post.put("g", mail(), folder='"V&AOA-o"')
    done = pulled.pull()
    assert (done.outcome, done.taken, len(pulled.rows("ma"))) == ("repeated", 1, 2)


def test_a_check_goes_step_by_step_and_looking_changes_nothing(post: Post, over) -> None:
    pulled = over(feed_of(mail=way(post, "h")), password=mailboxes.PASSWORD)
    post.put("h", mail())
    assert [s.ok for s in pulled.feeds.check("kho")] == [True] * 4
    assert pulled.feeds.look("kho").columns == ("ma", "ten", "phi")
    assert "Seen" not in post.flags("h")[0]
    gone = over(feed_of(mail=way(post, "h", folder="Không có"))).feeds.check("kho")[-1]
    assert gone.error["code"] == "SRC145" and "INBOX" in gone.error["cure"]["vi"]
    wrong = over(feed_of(mail=way(post, "h")), password="sai-mật-khẩu").pull()
    assert wrong.error["code"] == "SRC105" and "sai-mật" not in str(wrong)


def test_the_sender_of_a_refused_attachment_is_told_once(post: Post, over, monkeypatch) -> None:
    served.running()
    from tinh.channels.models import Outgoing
    from tinh.jobs import replies
    from tinh.people import api as people

    pulled = over(feed_of(mail=way(post, "i", answer=True)), password=mailboxes.PASSWORD)
    post.put("i", mail(name="sai.csv", content=b"khong,co,gi\n1,2,3\n", Message_ID="<2@so>"))
    pulled.pull()
    house = type("House", (), {"corridor": lambda _: pulled.corridor})()
    monkeypatch.setattr(replies, "house", lambda: house)
    assert (replies.answer(), replies.answer()) == (1, 0)
    with people.through("work"):
        told = Outgoing.objects.get(key="mail:kho:<2@so>")
    assert told.address == "lan@so.gov.vn"
    assert "Báo cáo tháng" in told.body and "gửi lại" in told.body
