"""What must not happen to a report: its sender known, its answer counted late, one thing done twice."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.harness.casework import all_due


def test_an_agency_reads_what_was_sent_without_who_sent_it(draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    said = {"text": "Cột đèn hỏng, gọi tôi 0912 345 678. Nguyễn Thị Hạnh.", "address": "Nhà số 5, 0912345678"}
    code = reports.submit(draft(**said), caller()).code
    clerk = who("desk_officer")
    cases.act(code, "accept", clerk, data={"handler": "so-xd"})
    for reader in (who("case_officer", "so-xd"), who("leader"), who("auditor")):
        case = cases.case(code, reader).case
        listed = [one for one in cases.search(reader, code).items if one.code == code]
        told = cases.told_of(case, reader)
        everything = f"{case.subject} {case.body} {case.address} {listed[0].subject} {listed[0].body} {told}"
        assert "Cột đèn hỏng" in everything
        for secret in ("0912", "345 678", "Hạnh", "hanh@"):
            assert secret not in everything, (reader.role, secret)
    assert "0912 345 678" in cases.case(code, clerk).case.body
    row = cases.Case.objects.get(code=code)
    assert "345" not in row.body + row.address  # what was sent is kept apart


def test_letters_about_a_report_say_nothing_of_who_sent_it(draft, caller, who, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(text="Số của tôi 0912345678, đèn đường tắt"), caller())
    cases.act(sent.code, "accept", who("desk_officer"), data={"handler": "so-xd"})
    hands.later(days=40)
    all_due(hands.now)
    written = [one for one in cases.claim("mail", 500, hands.now) if one.code == sent.code]
    assert written and not any("0912345678" in f"{one.subject}{one.body}" for one in written)


def test_a_late_limit_is_told_to_those_above_once(draft, caller, who, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    who("leader")
    sent = reports.submit(draft(), caller())
    hands.later(days=2)
    all_due(hands.now)
    all_due(hands.now)
    case = cases.Case.objects.get(code=sent.code)
    told = [n for n in cases.notices_of(case) if n.audience == "supervisors" and n.channel == "mail"]
    assert len({n.recipient for n in told}) == len(told) > 0


def test_a_report_answered_in_time_stays_in_time(draft, caller, run, who, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    clerk = who("desk_officer")
    sent = reports.submit(draft(), caller())
    run(sent.code)
    hands.later(days=120)
    assert cases.band_of(cases.one_case(sent.code, clerk)) == "on_time"
    all_due(hands.now)
    all_due(hands.now)
    closed = cases.one_case(sent.code, clerk)
    assert (closed.state, cases.band_of(closed)) == ("closed", "on_time")


def test_an_answer_that_waits_for_approval_owes_its_publication_and_nothing_else(
    draft, caller, who, hands
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    who("leader")
    code = reports.submit(draft(), caller()).code
    cases.act(code, "accept", clerk, data={"handler": "so-xd"})
    cases.act(code, "start", officer)
    finish_by = cases.one_case(code, clerk).finish_by
    hands.later(days=60)  # answered long after its time
    cases.act(code, "answer", officer, data={"result": "fixed", "answer": "Đã thay bóng đèn mới"})
    case = cases.one_case(code, clerk)
    limit = cases.Limits.from_json(case.limits).publish
    assert case.due_at == case.publish_by == cases.ground().clock().due(hands.now, limit)
    assert cases.band_of(case) != "very_late" and case.finish_by == finish_by
    listed = cases.queue(clerk, cases.Filter(state="answered"), limit=1000, moment=hands.now)
    assert [c.due_at for c in listed.items if c.code == code] == [case.publish_by]
    late = cases.queue(clerk, cases.Filter(band="very_late"), limit=1000, moment=hands.now)
    assert code not in {one.code for one in late.items}
    hands.now = case.publish_by
    hands.later(minutes=5)
    for _ in range(3):
        all_due(hands.now)
    assert cases.band_of(cases.one_case(code, clerk)) == "late"
    told = [e.action for e in cases.history(case) if e.seq > case.seq]
    assert told == ["late"]  # one owner: the clock of the case
    with people.through("case"):
        heard = cases.Notice.objects.filter(case__code=code, audience="supervisors", created_at=hands.now)
        assert set(heard.values_list("template", flat=True)) == {"late"}
    cases.act(code, "rework", clerk, "Chưa rõ")
    again = cases.one_case(code, clerk)
    assert (again.due_at, again.answered_at, again.publish_by) == (finish_by, None, None)
    assert cases.band_of(again) in ("late", "very_late")  # it is owed again
    cases.act(code, "start", officer)
    cases.act(code, "answer", officer, data={"result": "fixed", "answer": "Đã thay bóng đèn mới"})
    done = cases.act(code, "publish", clerk)
    assert (done.state, done.due_at) == ("published", None)
    assert cases.band_of(done) == cases.band_of(again)  # as it was when it was answered


def _together(*acts):
    """Each in a process's own connection, at once; what each raised."""
    from django.db import connections

    from tinh.people import api as people

    gate, out = threading.Barrier(len(acts)), [None] * len(acts)

    def one(at, act):
        try:
            with people.through("case"):
                gate.wait(10)
            act()
        except Exception as fault:
            out[at] = fault
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return out


def test_two_ratings_at_once_are_one(draft, caller, run) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    code = reports.submit(draft(), caller()).code
    run(code)
    faults = _together(
        lambda: reports.rate(code, "satisfied"), lambda: reports.rate(code, "unsatisfied", "Chưa sáng")
    )
    assert sorted(type(f).__name__ for f in faults) == ["NoneType", "NotNow"]
    case = cases.Case.objects.get(code=code)
    word = reports.again(code).word
    assert (word, case.state) in (("satisfied", "closed"), ("unsatisfied", "assigned"))


def test_one_report_sent_by_two_processes_is_one(draft, caller) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    one, found = draft(), []
    faults = _together(*[lambda: found.append(reports.submit(one, caller()))] * 2)
    assert faults == [None, None] and len({r.code for r in found}) == 1
    assert cases.Case.objects.filter(key=f"report/{one.key}").count() == 1
    assert cases.verify_history(found[0].code).problem == ""


def test_what_a_sender_says_on_taking_it_back_is_covered_for_good(draft, caller) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    code = reports.submit(draft(), caller()).code
    reports.withdraw(code, "Gọi 0912345678 cho tôi\0")
    last = cases.history(cases.Case.objects.get(code=code))[-1]
    assert last.action == "withdraw" and "0912" not in last.reason


@pytest.mark.parametrize(
    "given", [7, {"a": 1}, [["dark"]], [{}], None, "x\0y", float("nan"), "1e999", ["dark"] * 5000, True]
)
def test_answers_of_any_shape_are_judged_not_stumbled_over(draft, caller, given) -> None:
    from tinh.desks.api import reports
    from tinh.desks.reports.drafts import _answer
    from tinh.kit.errors import Text
    from tinh.packs.api import Question

    for kind in ("choice", "multi", "number", "date", "text"):
        options = reports.category("street-light").questions[0].options if kind in ("choice", "multi") else ()
        question = Question(id="q", label=Text("q", "q"), kind=kind, options=options)
        value, fault = _answer(question, given)
        assert fault is not None or value == value
        assert "\0" not in str(value)


@pytest.mark.parametrize(
    "cursor",
    [
        "9999-12-31T23:59:59~1",
        "0001-01-01T00:00:00+14:00~1",
        "2026-01-01~²",
        "~",
        "2026-01-01T00:00:00Z~" + "9" * 40,
    ],
)
def test_a_forged_cursor_begins_anew(hands, cursor) -> None:
    from tinh.desks.api import reports

    assert reports.public_list(reports.Wanted(text="a\0b"), cursor, 3).items == ()
    assert reports.public_list(None, cursor, 3) == reports.public_list(None, "", 3)


def test_many_behind_one_address_may_send(draft, hands) -> None:
    from tinh.desks.api import reports
    from tinh.desks.reports import abuse

    address = "2001:db8:77:88::1"
    one = reports.Caller(address=address, device="a phone of its own")
    for n in range(abuse.FREE["network"]):
        abuse.may_send(reports.Caller(address=address, device=f"phone {n}"))
    assert reports.needs_challenge(one) is not None  # a question, not a refusal
    with pytest.raises(reports.ChallengeWrong):
        abuse.may_send(one)
    mark = f"send {one.marks['network']}"
    while abuse.count(mark) <= abuse.MOST["network"]:
        pass
    with pytest.raises(reports.TooManyReports):
        abuse.may_send(one)


def test_a_device_has_its_own_small_share_and_who_has_none_no_more(hands) -> None:
    from tinh.desks.api import reports
    from tinh.desks.reports import abuse

    for caller in (reports.Caller("2001:db8:1::1", "mine"), reports.Caller("2001:db8:2::1", "")):
        for _ in range(abuse.FREE["device"]):
            abuse.may_send(caller)
        with pytest.raises(reports.ChallengeWrong):
            abuse.may_send(caller)


def test_erasing_a_sender_takes_photos_parts_and_letters_too(draft, caller, who, hands, site) -> None:
    from tests.desks import pictures
    from tinh.cases import api as cases
    from tinh.channels import api as channels
    from tinh.desks.api import photos, reports
    from tinh.desks.photos.models import Photo
    from tinh.people import api as people

    secret, mail = "a secret of twenty-four!", f"x{hands.now.timestamp():.0f}@example.vn"
    name = photos.store(secret, pictures.encoded(pictures.scene()))
    sent = reports.submit(draft(email=mail, phone="", photos=secret, photo_count=1), caller())
    clerk, whole = who("desk_officer"), cases.Case.objects.get(code=sent.code)
    part = cases.Opening(
        "report", "Phần hai", f"part/{sent.code}", category=whole.category, body=whole.body,
        agency=whole.agency, process=whole.process, place=whole.place,
    )  # fmt: skip
    parted = cases.split(sent.code, [part], clerk, "Hai việc")[0]
    channels.send(channels.Notice(mail, "Thư", "Chào Hạnh", f"k/{sent.code}", name="Hạnh"), hands.now)
    cases.erase_person([mail], "yêu cầu 1")
    with people.through("work"):
        assert channels.of_person([mail]).count() == 1
        assert channels.erase_person([mail]) == 1 and not channels.of_person([mail]).exists()
        assert not channels.outbox(search="Chào Hạnh").exists()
    assert cases.Case.objects.get(pk=parted.pk).body == ""
    assert cases.verify_history(parted.code).problem == cases.verify_history(sent.code).problem == ""
    assert not Photo.objects.filter(name=name).exists()
    from tinh.desks.photos import shelves

    with pytest.raises(photos.PhotoError):
        shelves.open_sealed(name)


def test_a_merged_sender_of_both_is_told_once(draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    first, second = (reports.submit(draft(), caller()).code for _ in range(2))
    clerk = who("desk_officer")
    cases.merge(second, first, clerk)
    kept = cases.Case.objects.get(code=first)
    assert kept.parties.filter(erased_at=None).count() == 1 and kept.supporters == 0
    with pytest.raises(cases.CaseError):
        cases.merge(first, second, clerk)


def test_two_merges_against_each_other_leave_one_case(draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    a, b = (reports.submit(draft(phone="", email=""), caller()).code for _ in range(2))
    clerk = who("desk_officer")
    faults = _together(lambda: cases.merge(a, b, clerk), lambda: cases.merge(b, a, clerk))
    assert [f is None for f in faults].count(True) == 1
    states = sorted(cases.Case.objects.filter(code__in=[a, b]).values_list("state", flat=True))
    assert states == ["merged", "new"]


def test_two_clerks_who_accept_at_once_accept_once(draft, caller, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    code, clerk = reports.submit(draft(), caller()).code, who("desk_officer")
    faults = _together(*[lambda: cases.act(code, "accept", clerk, data={"handler": "so-xd"})] * 2)
    assert [f is None for f in faults].count(True) == 1
    deeds = [e.action for e in cases.history(cases.Case.objects.get(code=code))]
    assert deeds.count("accept") == 1 and cases.verify_history(code).problem == ""


def test_limits_that_start_before_tet_end_after_it(hands) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from tinh.cases import api as cases

    wound, zone = cases.ground().clock(), ZoneInfo("Asia/Ho_Chi_Minh")
    friday = datetime(2026, 11, 20, 16, 45, tzinfo=zone)
    due = wound.due(friday, cases.Limit(hours=4)).astimezone(zone)
    assert due.strftime("%a %d %H:%M").startswith("Mon 23")
    eve = datetime(2027, 2, 4, 16, 0, tzinfo=zone)  # Tết 2027 is on the 6th of February
    opened = cases.clock.opened(wound, cases.Limits(finish_days=3), eve)
    stood = cases.clock.paused(opened, eve + timedelta(hours=1))
    again = cases.clock.resumed(stood, wound, datetime(2027, 2, 7, 10, 0, tzinfo=zone))
    assert wound.is_open(again.finish_by - timedelta(minutes=1))
    left = wound.working_between(stood.paused_at, opened.finish_by)
    assert wound.working_between(datetime(2027, 2, 7, 10, 0, tzinfo=zone), again.finish_by) == left


def test_a_report_a_clerk_opens_again_owes_its_answer_anew(draft, caller, run, who, hands) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    run(sent.code)
    reports.rate(sent.code, "satisfied")
    cases.reopen(sent.code, who("desk_officer"), "Đèn lại tắt")
    told = reports.track_link(sent.token, caller())
    assert (told.state, told.answer) == ("new", "")
    seen = reports.public_case(sent.code)
    assert (seen.published_at, seen.answer, seen.outcome) == (None, "", "")
    assert reports.public_list(reports.Wanted(state="open", codes=(sent.code,))).items


def test_a_hidden_report_tells_a_stranger_with_its_code_only_how_it_stands(draft, caller) -> None:
    from tinh.desks.api import reports

    code = reports.submit(draft(), caller()).code
    seen = reports.named([code])[0]
    assert (seen.subject, seen.body, seen.latitude, seen.place, seen.name, seen.answers) == (
        "", "", None, "", "", (),
    )  # fmt: skip
    assert seen.source == ""  # a hotline, a visit: how somebody came says who they may be


def test_raw_sql_as_an_officer_shows_neither_senders_nor_other_agencies(draft, caller, who) -> None:
    from django.db import connection

    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.people import api as people

    code = reports.submit(draft(), caller()).code
    pk = cases.Case.objects.get(code=code).pk
    cases.act(code, "accept", who("desk_officer"), data={"handler": "so-xd"})

    def rows(reader, table, column="case_id"):
        with people.as_person(reader), connection.cursor() as cursor:
            cursor.execute(f"select count(*) from {table} where {column} = %s", [pk])
            return cursor.fetchone()[0]

    own, other = who("case_officer", "so-xd"), who("case_officer", "so-tc")
    assert (rows(own, "cases_case", "id"), rows(other, "cases_case", "id")) == (1, 0)
    for reader in (own, other):
        for table in ("cases_party", "desks_support"):
            assert rows(reader, table) == 0, table
    assert rows(other, "cases_event") == rows(other, "cases_note") == rows(other, "desks_report") == 0


def test_what_a_citizen_answers_and_adds_is_covered_for_agencies_and_kept_apart(
    draft, caller, who, hands
) -> None:
    """By page, by plain SQL under the second lock, and for rows stored before."""
    import importlib

    from django.apps import apps
    from django.db import connection

    from tinh.cases import api as cases
    from tinh.desks.api import reports
    from tinh.desks.reports.models import Report, Untold
    from tinh.people import api as people

    told = "Số nhà tôi ở cột 15, gọi 0912 345 678 gặp Nguyễn Thị Hạnh"
    sent = reports.submit(draft(), caller())
    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    cases.act(sent.code, "ask", clerk, "Cột đèn số mấy?")
    reports.supplement(sent.code, told)
    cases.act(sent.code, "accept", clerk, data={"handler": "so-xd"})
    pk = cases.one_case(sent.code, clerk).pk

    def sql(reader) -> str:
        with people.as_person(reader), connection.cursor() as cursor:
            found = ""
            for table in ("desks_report", "desks_untold"):
                cursor.execute(f"select string_agg(t::text, ' ') from {table} t where case_id = %s", [pk])
                found += cursor.fetchone()[0] or ""
        return found

    def nothing_leaks() -> None:
        text = sql(who("leader"))  # reads every agency's cases, and no reporter
        assert "345 678" not in sql(officer)
        assert "cột 15" in text and "345 678" not in text and "Hạnh" not in text
        assert "345 678" in sql(clerk)
        assert reports.as_sent(sent.code, clerk).added[0]["text"] == told
        with pytest.raises(people.NotAllowed):
            reports.as_sent(sent.code, officer)

    nothing_leaks()
    raw = {"what": "dark", "number": 912345678, "note": ["gọi 0987 654 321", "cột 7"]}
    with people.through("case"):  # as rows were stored before
        row = Report.objects.get(pk=pk)
        Untold.objects.filter(pk=pk).delete()
        Report.objects.filter(pk=pk).update(answers=raw, added=[{**row.added[0], "text": told}])
    upgrade = importlib.import_module("tinh.desks.migrations.0006_untold")
    for _ in range(2):  # a second time changes nothing
        with people.through("case"):
            upgrade.cover_stored(apps, type("Editor", (), {"connection": connection}))
    nothing_leaks()
    with people.through("case"):
        row = Report.objects.get(pk=pk)
    assert row.answers == {"what": "dark", "number": "▮▮▮", "note": ["gọi ▮▮▮", "cột 7"]}
    assert reports.as_sent(sent.code, clerk).answers == raw
    cases.erase_party(sent.code, clerk, "yêu cầu 12")
    assert "345 678" not in sql(clerk) and "cột 15" not in sql(clerk)


def test_what_was_sent_is_read_apart_also_of_a_report_opened_again(draft, caller, run, who) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import reports

    sent = reports.submit(draft(), caller())
    clerk = who("desk_officer")
    run(sent.code)
    reports.rate(sent.code, "satisfied")
    cases.reopen(sent.code, clerk, "Đèn lại tắt")
    cases.act(sent.code, "ask", clerk, "Cột đèn số mấy?")
    told = "Cột 15, gọi 0912 345 678"
    reports.supplement(sent.code, told)
    assert [one["text"] for one in reports.as_sent(sent.code, clerk).added] == [told]
