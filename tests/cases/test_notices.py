"""What is to be told is written with the change and goes out once a channel; never of what is only played."""

from __future__ import annotations

from typing import Any

from tests.cases.conftest import MONDAY


def outgoing(code: str) -> list[tuple[str, str]]:
    from tinh.channels import api as channels
    from tinh.people import api as people

    with people.through("work"):
        rows = channels.Outgoing.objects.filter(about=f"case:{code}").order_by("pk")
        return [(one.channel, one.address) for one in rows]


def answered(code: str, who: Any) -> None:
    from tinh.cases import api as cases

    cases.act(code, "accept", who("desk_officer"))
    cases.act(code, "answer", who("case_officer", "so-xd"), data={"text": "Đã vá"})


def test_a_reporter_is_told_once_over_each_channel_they_wish(opened: Any, who: Any) -> None:
    from tests.cases.test_together import at_once
    from tinh.cases import api as cases
    from tinh.channels import api as channels

    party = cases.Party("An", "0912 345 678", "an@example.vn", wishes=("mail", "sms", "push:41"))
    one = opened(party=party)
    answered(one.code, who)
    at_once(*[lambda: channels.pass_on(MONDAY) for _ in range(3)])
    channels.pass_on(MONDAY)
    found = outgoing(one.code)
    assert sorted(channel for channel, _ in found) == ["mail", "push", "sms"]
    assert ("mail", "an@example.vn") in found and ("push", "41") in found
    assert {n.state for n in cases.notices_of(one) if n.audience == "reporter"} == {"sent"}


def test_a_change_that_fails_tells_nobody(opened: Any, who: Any, monkeypatch: Any) -> None:
    import pytest

    from tinh.cases import api as cases
    from tinh.cases import turn

    one = opened()
    cases.act(one.code, "accept", who("desk_officer"))
    monkeypatch.setattr(turn.Turn, "save", lambda _self: (_ for _ in ()).throw(RuntimeError("x")))
    with pytest.raises(RuntimeError):
        cases.act(one.code, "answer", who("case_officer", "so-xd"), data={"text": "Đã vá"})
    assert cases.notices_of(one) == []


def test_nobody_is_told_of_simulated_cases_nor_after_being_erased(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.channels import api as channels

    played = opened(simulated=True)
    answered(played.code, who)
    assert cases.notices_of(played) == []
    gone = opened()
    answered(gone.code, who)
    cases.erase_party(gone.code, who("desk_officer"), "theo yêu cầu của người gửi")
    channels.pass_on(MONDAY)
    assert outgoing(gone.code) == []
    assert {n.state for n in cases.notices_of(gone)} == {"dropped"}


def test_a_letter_says_what_who_and_until_when_in_the_language_of_the_reader(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one = opened(party=cases.Party(email="mary@example.com", language="en"))
    answered(one.code, who)
    letter = next(c for c in cases.claim("mail", 1000, MONDAY) if c.code == one.code)
    assert letter.subject == f"Case {one.code} has changed"
    assert "Ổ gà trên đường" in letter.body and "{" not in letter.body
    cases.settle(letter.id, False, "451 thử lại", moment=MONDAY)
    assert letter.id not in {c.id for c in cases.claim("mail", 1000, MONDAY)}
    cases.settle(letter.id, True, moment=MONDAY)


def test_every_template_says_the_same_in_both_languages() -> None:
    import re

    from tinh.cases import letters

    for id, words in letters._house().items():
        vi, en = (set(re.findall(r"{(\w+)}", str(words[x]))) for x in ("vi", "en"))
        assert vi == en, id


def test_who_watches_is_told_no_more_once_the_case_is_another_agencys(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.people import api as people

    one, desk, officer = opened(agency="so-xd"), who("desk_officer"), who("case_officer", "so-xd")
    with people.through("work"):
        people.User.objects.filter(pk=officer.account).update(email="can-bo@so-xd.example.vn")
    cases.watch(one.code, officer)
    cases.note(one.code, "Đã xem hiện trường", desk)
    channels.pass_on(MONDAY)
    told = outgoing(one.code)
    assert ("mail", "can-bo@so-xd.example.vn") in told
    cases.assign(one.code, desk, agency="so-yt", reason="Việc của ngành y tế")
    cases.note(one.code, "Người gửi xin giữ kín chuyện này", desk)
    channels.pass_on(MONDAY)
    after = outgoing(one.code)[len(told) :]
    assert ("mail", "can-bo@so-xd.example.vn") not in after


def test_who_watches_is_told_once_of_each_move_and_not_of_their_own(opened: Any, who: Any) -> None:
    from tinh.cases import api as cases

    one, desk, officer = opened(agency="so-xd"), who("desk_officer"), who("case_officer", "so-xd")
    both = {f"account:{desk.account}", f"account:{officer.account}"}
    told: list[tuple[int, str]] = []

    def new() -> list[str]:
        """The templates over mail since last asked, of the two who watch."""
        found = [
            (n.pk, f"{n.template} {n.recipient}")
            for n in cases.notices_of(one)
            if n.channel == "mail" and n.recipient in both
        ]
        fresh, told[:] = [says for pk, says in found if (pk, says) not in told], found
        return fresh

    for person in (desk, officer):
        cases.watch(one.code, person)
    cases.act(one.code, "accept", desk)
    assert new() == [f"changed account:{officer.account}"]
    cases.assign(one.code, desk, person=officer.account)
    assert new() == [f"assigned account:{officer.account}"]
    cases.note(one.code, "Xem giúp", desk, mentions=[officer.account])
    assert new() == [f"mentioned account:{officer.account}"]
    cases.act(one.code, "answer", officer, data={"text": "Đã vá"})
    assert new() == [f"changed account:{desk.account}"]


def test_a_sender_hears_when_a_clerk_merges_takes_back_or_opens_their_report_again(
    opened: Any, who: Any
) -> None:
    from tinh.cases import api as cases

    desk, party = who("desk_officer"), cases.Party("An", "0912 345 678", "an@example.vn")

    def heard(one: Any) -> list[str]:
        return [n.template for n in cases.notices_of(one) if n.audience == "reporter" and n.channel == "mail"]

    gone, kept = opened(party=party), opened(party=party)
    cases.merge(gone.code, kept.code, desk, "Cùng một ổ gà")
    assert heard(gone) == ["merged"]
    letter = next(c for c in cases.claim("mail", 1000, MONDAY) if c.code == gone.code)
    assert kept.code in letter.body and "{" not in letter.body
    cases.withdraw(kept.code, desk, "Người gửi gọi điện xin rút")
    cases.reopen(kept.code, desk, "Người gửi đổi ý")
    assert sorted(heard(kept)) == ["reopened", "withdrawn"]
    own = opened(party=party)
    cases.withdraw(own.code, None, "Tôi gửi nhầm")
    assert heard(own) == []
