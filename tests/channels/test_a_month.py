"""A month over the holidays of 2 September, through a real mail server: every letter counted."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.harness.houses import standing_in
from tests.harness.mailbox import Mailbox, mailbox

sys.path.insert(0, str(Path(__file__).parents[1] / "flow"))
from flow_province import COMMUNES, catalogue, report_csv  # type: ignore[import-not-found]

from tinh.flow.api import Corridor, Home
from tinh.kit.clock import HeldClock

VIETNAM = timedelta(hours=7)
START = datetime(2026, 8, 3, tzinfo=UTC)


class Month:
    """A province of its own in the running house, with a clock that is moved by hand."""

    def __init__(self, home: Path, made: Any, start: datetime) -> None:
        from tinh.jobs.house import House
        from tinh.people import api as people

        self.clock, self.home = HeldClock(start), home
        self._away = ExitStack()
        self._away.enter_context(standing_in(House(made, home, self.clock)))
        with people.through("work"):
            self._asleep = list(people.User.objects.filter(is_active=True).values_list("pk", flat=True))
            people.User.objects.update(is_active=False)
        self.clean()

    def clean(self) -> None:
        from tinh.channels import api as channels
        from tinh.people import api as people

        with people.through("work"):
            for model in (channels.Outgoing, channels.Reminded, channels.Round, channels.Pause):
                model.objects.all().delete()
            people.User.objects.filter(username__startswith="thang-").delete()

    def close(self) -> None:
        from tinh.people import api as people

        self._away.close()
        self.clean()
        with people.through("work"):
            people.User.objects.filter(pk__in=self._asleep).update(is_active=True)

    def account(self, name: str, role: str, agency: str = "", email: str | None = None) -> Any:
        from tinh.people import api as people

        return people.User.objects.create(
            username=f"thang-{name}", password="đồi chè xanh 2026", role=role, agency=agency,
            email=f"{name}@thang.example.vn" if email is None else email, full_name=name.title(),
        )  # fmt: skip

    def deliver(self, month: str, communes: tuple[str, ...] = COMMUNES) -> None:
        from tinh.jobs import api as jobs

        rows = [(code, month, 10, 5) for code in communes]
        path = report_csv(self.home / f"{month}-{len(communes)}.csv", rows)
        jobs.corridor().load(path, "stations", sender="so-khcn")

    def have(self, delivered: Path) -> None:
        """What was delivered until July, copied: loading is what costs time."""
        shutil.copytree(delivered, self.home, dirs_exist_ok=True)

    def live(self, until: datetime, off: tuple[datetime, datetime] | None = None) -> None:
        """Day and night, as the clock's jobs do; nothing while the server is `off`."""
        from tinh.channels import api as channels
        from tinh.jobs import api as jobs

        while self.clock.moment < until:
            self.clock.moment += timedelta(hours=4)
            if off and off[0] <= self.clock.moment < off[1]:
                continue
            jobs.remind()
            quiet = "" if jobs.clockwork().open(self.clock.moment) else channels.ABOUT
            channels.deliver(self.clock.moment, quiet=quiet)

    def told(self) -> dict[str, list[str]]:
        from tinh.channels import api as channels
        from tinh.people import api as people

        out: dict[str, list[str]] = {}
        with people.through("work"):
            for one in channels.Outgoing.objects.filter(state="sent").order_by("sent_at"):
                local = one.sent_at + VIETNAM
                out.setdefault(one.address, []).append(f"{local:%m-%d %H:%M}")
        return out


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the province with the reports of seven months."""
    home, files = tmp_path_factory.mktemp("delivered"), tmp_path_factory.mktemp("files")
    corridor = Corridor(catalogue(), Home(home), HeldClock(START))
    for each in range(1, 8):
        rows = [(code, f"2026-{each:02d}", 10, 5) for code in COMMUNES]
        corridor.load(report_csv(files / f"2026-{each:02d}.csv", rows), "stations", sender="so-khcn")
    corridor.close()
    return home


@pytest.fixture
def month(site: Any, tmp_path: Path) -> Any:
    made = Month(tmp_path, catalogue(), START)
    try:
        with mailbox() as box:
            yield made, box
    finally:
        made.close()


def folk(month: Month) -> None:
    month.account("lan", "data_officer", "so-khcn")
    month.account("hoa", "leader", "so-khcn")
    month.account("truc", "operator")
    month.account("nam", "data_officer", "so-nnmt")
    month.account("xem", "viewer")
    gone = month.account("nghi", "data_officer", "so-khcn")
    gone.is_active = False
    gone.save()


def test_each_person_hears_what_is_theirs_in_time_and_not_once_more(
    month: tuple[Month, Mailbox], delivered: Path
) -> None:
    here, box = month
    folk(here)
    here.have(delivered)
    here.clock.moment = datetime(2026, 8, 20, 21, tzinfo=UTC)
    here.live(datetime(2026, 9, 14, 6, tzinfo=UTC))
    here.deliver("2026-08")
    here.live(datetime(2026, 9, 28, tzinfo=UTC))
    told = here.told()
    assert told == {
        "lan@thang.example.vn": ["09-03 08:00", "09-07 08:00", "09-11 08:00"],
        "hoa@thang.example.vn": ["09-09 08:00"],
        "truc@thang.example.vn": ["09-11 08:00"],
    }
    assert Counter(m["To"].addresses[0].addr_spec for m in box.messages) == {
        address: len(days) for address, days in told.items()
    }
    overdue = box.messages[1]
    assert overdue["Subject"] == "[Thử] 1 kỳ số liệu quá hạn"
    text = overdue.get_content()
    assert "Kính gửi Lan," in text
    assert "tháng 8.2026: hạn hết ngày 05.09.2026, quá hạn 1 ngày làm việc. Còn thiếu 3/3: Phường" in text


def test_what_was_missed_while_the_server_was_down_comes_once_when_it_is_back(
    month: tuple[Month, Mailbox], delivered: Path
) -> None:
    here, _ = month
    folk(here)
    here.have(delivered)
    here.clock.moment = datetime(2026, 8, 30, 21, tzinfo=UTC)
    off = (datetime(2026, 9, 2, tzinfo=UTC), datetime(2026, 9, 8, 6, tzinfo=UTC))
    here.live(datetime(2026, 9, 8, 20, tzinfo=UTC), off)
    assert here.told() == {"lan@thang.example.vn": ["09-08 16:00"]}


def test_a_mail_server_that_was_away_gets_the_newest_letter_only(
    month: tuple[Month, Mailbox], delivered: Path
) -> None:
    from django.test import override_settings

    here, box = month
    folk(here)
    here.have(delivered)
    here.clock.moment = datetime(2026, 9, 2, 13, tzinfo=UTC)
    with override_settings(EMAIL_PORT=1):
        here.live(datetime(2026, 9, 6, 12, tzinfo=UTC))
    here.live(datetime(2026, 9, 7, 12, tzinfo=UTC))
    letters = [m for m in box.messages if m["To"].addresses[0].addr_spec == "lan@thang.example.vn"]
    assert len(letters) == 1 and "quá hạn" in letters[0]["Subject"]


def test_an_extension_moves_the_reminders_and_the_score_and_taking_it_back_moves_them_again(
    month: tuple[Month, Mailbox], delivered: Path
) -> None:
    from tinh.jobs import api as jobs

    here, _ = month
    folk(here)
    here.have(delivered)
    here.clock.moment = datetime(2026, 8, 31, 21, tzinfo=UTC)
    corridor = jobs.corridor()
    dataset, due = corridor.catalogue.datasets["stations"], corridor.board.due("stations", "2026-08")
    made = corridor.extensions.grant(dataset, "2026-08", due, date(2026, 9, 18), "truc", "Bão số 9")
    here.live(datetime(2026, 9, 17, 12, tzinfo=UTC))
    assert here.told() == {"lan@thang.example.vn": ["09-16 08:00"]}
    here.deliver("2026-08")
    here.clock.moment = datetime(2026, 9, 19, tzinfo=UTC)
    alive = corridor.status().dataset("stations").scores.alive
    corridor.extensions.undo(made.number, "truc", "Nhầm kỳ")
    after = corridor.status().dataset("stations").scores.alive
    assert (alive.num - after.num, alive.den) == (3, after.den)


def test_one_dead_feed_under_twenty_indicators_is_told_once(site: Any, tmp_path: Path) -> None:
    from tinh.channels import api as channels
    from tinh.jobs import api as jobs

    made = catalogue()
    base, rule = made.indicators["air-daily"], made.alerts["few"]
    twenty = {f"air-{n}": base.model_copy(update={"id": f"air-{n}"}) for n in range(20)}
    alerts = {
        f"silent-{n}": rule.model_copy(
            update={"id": f"silent-{n}", "indicator": f"air-{n}", "silent_after": "P1D", "below": 0.0}
        )
        for n in range(20)
    }
    later = made.datasets["stations"].model_copy(update={"expect": made.datasets["air"].expect})
    air = made.datasets["air"]
    hourly = air.model_copy(update={"expect": air.expect.model_copy(update={"due": "PT2H"})})
    made = made.model_copy(
        update={
            "datasets": {**made.datasets, "air": hourly, "stations": later},
            "indicators": {**made.indicators, **twenty},
            "alerts": {**made.alerts, **alerts},
        }
    )
    here = Month(tmp_path, made, datetime(2026, 9, 7, 5, tzinfo=UTC))
    try:
        with mailbox() as box:
            here.account("truc", "operator")
            here.account("nam", "data_officer", "so-nnmt")
            from flow_province import air_csv  # type: ignore[import-not-found]

            jobs.corridor().load([air_csv("s1", range(5), "2026-09-07")], "air", sender="so-nnmt")
            here.live(datetime(2026, 9, 12, tzinfo=UTC))
            status = jobs.corridor().status()
            (outage,) = status.outages
            assert len(outage.indicators) == 21
            from tinh.flow.api import explained
            from tinh.web.pages.room import notices

            raised = jobs.corridor().alerts()
            assert (
                len([a for a in raised if a.status == "silent"])
                == len(explained(raised, status.outages))
                == 20
            )
            said = notices(jobs.corridor(), status, raised, "vi")
            assert [n.key for n in said if "air" in n.key or "silent" in n.key] == ["outage-air"]
            told = here.told()
            assert {who: len(days) for who, days in told.items()} == {
                "truc@thang.example.vn": 1,
                "nam@thang.example.vn": 1,
            }
            text = box.messages[0].get_content()
            assert text.count("Không nhận được gì") == 1 and "21 chỉ tiêu" in text
            assert channels.counts().failed == 0
    finally:
        here.close()


def test_an_agency_without_an_officer_is_told_to_the_administrator_once_a_week(
    month: tuple[Month, Mailbox],
) -> None:
    here, box = month
    here.account("quan", "administrator")
    here.account("lan", "data_officer", "so-khcn", email="")
    here.clock.moment = datetime(2026, 8, 2, 21, tzinfo=UTC)
    here.live(datetime(2026, 8, 15, tzinfo=UTC))
    assert here.told() == {"quan@thang.example.vn": ["08-03 08:00", "08-10 08:00"]}
    text = box.messages[0].get_content()
    assert "Sở Khoa học và Công nghệ: có 1 bộ dữ liệu" in text and "Sở Nông nghiệp" in text


def test_the_declared_head_hears_of_it_and_a_letter_now_counts_as_the_letter_of_the_day(
    month: tuple[Month, Mailbox], delivered: Path
) -> None:
    from tinh.channels import api as channels
    from tinh.jobs import api as jobs

    here, box = month
    folk(here)
    boss = here.account("binh", "leader", "so-khcn")
    jobs.change_agency("so-khcn", {"head": boss.username}, "thang")
    here.have(delivered)
    here.clock.moment = datetime(2026, 9, 8, 21, tzinfo=UTC)
    with pytest.raises(channels.ReasonMissing):
        jobs.remind_agency("so-khcn", "truc", " ")
    sent = jobs.remind_agency("so-khcn", "truc", "Họp giao ban chiều nay")
    assert [d.person.address for d in sent.letters] == ["binh@thang.example.vn", "lan@thang.example.vn"]
    assert channels.deliver(here.clock.moment).sent == 0  # it is four in the morning
    with pytest.raises(channels.NobodyToRemind):
        jobs.remind_agency("so-khcn", "truc", "Lần nữa")
    here.live(datetime(2026, 9, 9, 17, tzinfo=UTC))
    assert here.told() == {"binh@thang.example.vn": ["09-09 08:00"], "lan@thang.example.vn": ["09-09 08:00"]}
    assert "Quý vị nhận thư vì đứng đầu" in box.messages[0].get_content() + box.messages[1].get_content()


def test_nobody_is_reminded_of_a_paused_dataset_until_the_pause_is_over(
    month: tuple[Month, Mailbox], delivered: Path
) -> None:
    from tinh.channels import api as channels

    here, _ = month
    folk(here)
    here.have(delivered)
    here.clock.moment = datetime(2026, 9, 1, 21, tzinfo=UTC)
    channels.pause("stations", date(2026, 9, 7), "truc", "Đổi phần mềm", here.clock.moment, date(2026, 9, 2))
    with pytest.raises(channels.PauseUnfit):
        channels.pause("stations", date(2026, 9, 9), "truc", "Nữa", here.clock.moment, date(2026, 9, 2))
    here.live(datetime(2026, 9, 8, 12, tzinfo=UTC))
    assert here.told() == {"lan@thang.example.vn": ["09-08 08:00"]}
