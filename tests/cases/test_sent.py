"""What a citizen wrote lies apart from the case, and leads nobody to them who may not know."""

from __future__ import annotations

import importlib
import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.cases.conftest import MONDAY

PHONE = "0915 224 668"
BODY = f"Hố sâu trước nhà tôi, gọi {PHONE}, tôi tên là Hoàng Văn Lộc"


@pytest.fixture
def written(opened: Any) -> Any:
    return opened(body=BODY, subject=f"Hố sâu, gọi {PHONE}", key=uuid.uuid4().hex)


def seen_as(who: Any, case: Any) -> str:
    """All a person's own sight of the database gives of a case, table by table."""
    from django.db import connection

    from tinh.people import api as people

    found = []
    with people.as_person(who), connection.cursor() as cursor:
        for table, key in (
            ("cases_case", "id"), ("cases_sent", "case_id"), ("cases_payload", "case_id"),
            ("cases_instance", "case_id"), ("cases_party", "case_id"), ("desks_report", "case_id"),
            ("desks_untold", "case_id"),
        ):  # fmt: skip
            cursor.execute(f"select string_agg(t::text, ' ') from {table} t where {key} = %s", [case.pk])
            found.append(cursor.fetchone()[0] or "")
    return " ".join(found)


def test_an_officer_of_the_agency_reads_no_raw_text_by_page_search_or_plain_sql(
    written: Any, who: Any
) -> None:
    from tinh.cases import api as cases

    officer, clerk = who("case_officer", "so-xd"), who("desk_officer")
    row = cases.one_case(written.code, officer)
    assert "Hố sâu trước nhà" in row.body and "224" not in row.body + row.subject and "Lộc" not in row.body
    text = seen_as(officer, written)
    assert "Hố sâu trước nhà" in text and "224 668" not in text and "Lộc" not in text
    assert "224 668" in seen_as(clerk, written)
    for asked in ("0915", "668", "0915224668", "0915 224 668", "hoang van loc"):
        assert written.code not in [c.code for c in cases.search(officer, asked).items], asked
    assert written.code in [c.code for c in cases.search(officer, "ho sau nha toi").items]
    assert written.code in [c.code for c in cases.search(clerk, PHONE).items]
    assert cases.one_case(written.code, clerk).body == BODY


def test_what_was_sent_stays_out_of_the_row_through_changes_and_goes_when_it_is_erased(
    written: Any, who: Any
) -> None:
    from django.db import connection

    from tinh.cases import api as cases

    clerk, officer = who("desk_officer"), who("case_officer", "so-xd")
    cases.act(written.code, "accept", clerk, at=MONDAY + timedelta(hours=1))
    cases.assign(written.code, clerk, agency="so-nnmt", reason="đúng thẩm quyền")
    other = who("case_officer", "so-nnmt")
    assert "668" not in cases.one_case(written.code, other).body
    assert written.code not in [c.code for c in cases.search(other, "668").items]
    assert written.code in [c.code for c in cases.search(clerk, "668").items]  # also after it moved
    cases.erase_party(written.code, clerk, "yêu cầu 11")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from cases_sent where case_id = %s", [written.pk])
        assert cursor.fetchone()[0] == 0
    assert written.code not in [c.code for c in cases.search(clerk, "668").items]
    assert cases.verify_history(written.code).problem == ""
    assert "224 668" not in seen_as(clerk, written) + seen_as(officer, written)


def test_reports_stored_with_their_raw_text_are_covered_by_the_upgrade(
    written: Any, opened: Any, who: Any
) -> None:
    from django.apps import apps
    from django.db import connection

    from tinh.cases import api as cases

    plain = opened()
    with connection.cursor() as cursor:  # as it was stored before
        cursor.execute("delete from cases_sent where case_id = %s", [written.pk])
        cursor.execute(
            "update cases_case set body = %s, subject = %s where id = %s",
            [BODY, f"Hố sâu, gọi {PHONE}", written.pk],
        )
    upgrade = importlib.import_module("tinh.desks.migrations.0004_cover_sent")
    for _ in range(2):  # a second time changes nothing
        upgrade.cover_stored(apps, type("Editor", (), {"connection": connection}))
    officer, clerk = who("case_officer", "so-xd"), who("desk_officer")
    assert "224 668" not in seen_as(officer, written)
    assert written.code not in [c.code for c in cases.search(officer, "668").items]
    assert cases.one_case(written.code, clerk).body == BODY
    assert cases.one_case(plain.code, officer).body == plain.body
