"""What holds however many reports there are: searches, counts that are kept, what comes twice at once."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("gathered", [5000, 0])
def test_everybody_finds_a_report_by_its_words_but_never_by_what_was_covered(
    draft: Callable[..., Any], caller: Callable[..., Any], who: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch, gathered: int,
) -> None:  # fmt: skip
    """Whether the hits are fetched first, or are so many that the list is walked."""
    from tinh.cases import hits
    from tinh.desks.api import reports

    monkeypatch.setattr(hits, "GATHERED", gathered)
    monkeypatch.setattr(hits, "_LISTED", min(2000, gathered))
    word = "q" + uuid.uuid4().hex[:9]
    sent = reports.submit(
        draft(text=f"Đường {word} đổ đầy rác. Gọi tôi 0912 345 678, số 0987654321."), caller()
    )
    reports.show(sent.code, who("desk_officer"))

    def found(text: str) -> list[str]:
        return [one.code for one in reports.public_list(reports.Wanted(text=text)).items]

    assert found(f"{word} đường") == found(f"duong {word.upper()}") == [sent.code]
    assert found(f"{word} dường") == []
    assert found(f"{word} 0987654321") == []
    assert reports.public_list(reports.Wanted(text=word, state="done")).items == ()


@pytest.mark.parametrize("gathered", [5000, 0])
def test_an_officer_finds_the_same_by_words_however_many_have_them(
    draft: Callable[..., Any], caller: Callable[..., Any], who: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch, gathered: int,
) -> None:  # fmt: skip
    from tinh.cases import api as cases
    from tinh.cases import hits
    from tinh.desks.api import reports

    monkeypatch.setattr(hits, "GATHERED", gathered)
    monkeypatch.setattr(hits, "_LISTED", min(2000, gathered))
    word = "q" + uuid.uuid4().hex[:9]
    sent = [reports.submit(draft(text=f"Rác chất đống ở ngõ {word}"), caller()).code for _ in range(3)]
    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    for code in sent[:2]:
        cases.act(code, "accept", clerk, data={"handler": "so-xd"})
    assert [one.code for one in cases.search(clerk, f"rac {word}").items] == sent[::-1]
    assert [one.code for one in cases.search(officer, f"rac {word}").items] == sent[1::-1]
    narrowed = cases.queue(officer, cases.Filter(text=word, state="assigned", category="street-light"))
    assert {one.code for one in narrowed.items} == set(sent[:2])


def test_sending_the_same_report_again_and_again_counts_once(
    draft: Callable[..., Any], caller: Callable[..., Any]
) -> None:
    """A bad line may send one report thirty times; nobody is asked a question for that, nor turned away."""
    from tinh.desks.api import reports

    one, phone = draft(), caller()
    codes = {reports.submit(one, phone).code for _ in range(30)}
    assert len(codes) == 1
    assert reports.needs_challenge(phone) is None


def test_a_report_and_its_photo_are_there_together_whichever_sending_was_first(
    draft: Callable[..., Any], caller: Callable[..., Any]
) -> None:
    from django.db import connections

    from tests.desks.pictures import encoded, scene
    from tinh.desks.api import photos, reports

    secret = uuid.uuid4().hex
    photos.store(secret, encoded(scene()))
    one, phone, codes = draft(photos=secret, photo_count=1), caller(), []

    def send() -> None:
        try:
            codes.append(reports.submit(one, phone).code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(codes)) == 1 and len(codes) == 4
    assert [view.case for view in photos.of_case(codes[0], public=False)] == [codes[0]]
    assert not photos.of_draft(secret)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_count_that_took_long_is_kept_thirty_times_as_long_and_asked_anew_by_one() -> None:
    from tinh.desks.reports.keeping import Keeper

    clock, asked = Clock(), []
    keeper: Any = Keeper(lambda found: found >= 10, clock)

    def count() -> int:
        clock.now += 2
        asked.append(clock.now)
        return 10 + len(asked)

    assert [keeper.get("year", count) for _ in range(3)] == [11, 11, 11]
    clock.now += 59
    assert keeper.get("year", count) == 11
    clock.now += 2
    while_counting: list[int] = []

    def count_again() -> int:
        while_counting.append(keeper.get("year", count))  # somebody else, meanwhile: not kept waiting
        return count()

    assert keeper.get("year", count_again) == 12
    assert while_counting == [11]
    assert keeper.get("month", lambda: 3) == 3 and keeper.get("month", lambda: 4) == 4  # small: always anew


def test_a_count_that_fails_is_asked_again_by_the_next() -> None:
    from tinh.desks.reports.keeping import Keeper

    clock = Clock()
    keeper: Any = Keeper(lambda _: True, clock)

    def slow() -> int:
        clock.now += 1
        return 1

    def broken() -> int:
        raise OSError

    assert keeper.get("all", slow) == 1
    clock.now += 100
    with pytest.raises(OSError):
        keeper.get("all", broken)
    assert keeper.get("all", lambda: 2) == 2
