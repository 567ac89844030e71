"""Documents: told by their bytes, given out as downloads; cooperating agencies send them with a note."""

from __future__ import annotations

import io
import uuid
import zipfile
from typing import Any

import pytest

from tests.desks import test_directives as ours
from tests.desks.test_directives import HELPS, LEAD, OTHER

hands, who, draft, issued, does = ours.hands, ours.who, ours.draft, ours.issued, ours.does
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


def packed(*parts: str, mimetype: str = "", **texts: str | bytes) -> bytes:
    """An archive of empty parts, and of parts with a text: `types` and `bonds` by their short names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        if mimetype:
            pack.writestr("mimetype", mimetype)
        for part in parts:
            if not (part == "[Content_Types].xml" and "types" in texts):
                pack.writestr(part, "<x/>")
        for short, text in texts.items():
            pack.writestr(_LONG[short], text)
    return out.getvalue()


_LONG = {
    "types": "[Content_Types].xml",
    "bonds": "word/_rels/settings.xml.rels",
    "inside": "word/embeddings/oleObject1.bin",
}
_WORD = ("[Content_Types].xml", "word/document.xml")
_BOND = '<Relationship Id="r1" Target="{}" TargetMode="External" Type="http://schemas/x/{}"/>'


DOCX = packed("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("data", "name", "called"),
    [
        (PDF, "Báo cáo số 5.pdf", "Báo cáo số 5.pdf"),
        (PDF, "../../etc/ket-qua.html", "ket-qua.html.pdf"),
        (DOCX, "bao-cao.pdf", "bao-cao.pdf.docx"),
        (packed("[Content_Types].xml", "xl/workbook.xml"), "a\u202ex.xlsx", "ax.xlsx"),
        (packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), "a.odt", "a.odt"),
        (b"\xff\xd8\xff\xe0" + b"0" * 40, 'x".jpeg', "x.jpg"),
        (PDF, "", "tep.pdf"),
        (PDF, "a\u061cb\u2028c\x85d\udc80e\ue000f.pdf", "abcdef.pdf"),
        (PDF, "Cộng hòa 社会 😀.pdf", "Cộng hòa 社会 😀.pdf"),
        (packed(*_WORD, bonds=_BOND.format("https://thainguyen.gov.vn/", "hyperlink")), "a", "a.docx"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,  # a ZIP holds the moment it was made
)
def test_a_document_is_told_by_its_bytes_and_called_by_what_it_is(
    data: bytes, name: str, called: str
) -> None:
    from tinh.desks.papers import kinds

    assert kinds.called(name, kinds.kind_of(data, name)) == called


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"<!doctype html><script>alert(1)</script>", "HTML"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "SVG"),
        (b"%PDF-1.4\n<script>alert(1)</script>", "HTML"),
        (b"MZ" + b"0" * 90, "EXE"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 90, "DOC"),
        (packed("a.txt"), "ZIP"),
        (packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "macro"),
        (packed(*_WORD, types='<Override ContentType="application/vnd.ms-office.vbaProject"/>'), "macro"),
        (packed(*_WORD, bonds=_BOND.format("http://192.0.2.1/a.dotm", "attachedTemplate")), "template"),
        (packed(*_WORD, bonds=_BOND.format("x", "attachedTemplate").encode("utf-16")), "ZIP"),
        (packed(*_WORD, inside=b"  " + "\x01Ole10Native".encode("utf-16-le")), "OLE"),
        (packed(*_WORD, inside=bytes(60_000_000)), "ZIP"),
        (DOCX[:60], "ZIP"),
        (b"GIF89a", "?"),
    ],
    ids=lambda value: "bytes" if isinstance(value, bytes) else None,
)
def test_what_is_no_document_is_refused_under_any_name(data: bytes, found: str) -> None:
    from tinh.desks.papers.errors import PaperNotTaken
    from tinh.desks.papers.kinds import kind_of

    with pytest.raises(PaperNotTaken) as refused:
        kind_of(data, "van-ban.pdf")
    assert found in refused.value.detail().vi


def test_a_cooperating_agency_writes_and_sends_along_and_cannot_close(
    issued: Any, does: Any, who: Any, site: Any
) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import directives, papers
    from tinh.people import api as people

    code = issued().code
    helper = who("case_officer", HELPS)
    sent = papers.Sent("Số liệu.pdf", PDF + b" " + code.encode())
    key = uuid.uuid4().hex
    for _ in range(2):  # a line cut after the first
        directives.contribute(code, "Đã khảo sát 3 điểm ngập", helper, [sent], key=key)
    for reader in (who("case_officer", LEAD), who("leader"), helper):
        [one] = directives.contributions(directives.one(code, reader))
        assert (one.agency, one.text, [f.title for f in one.files]) == (
            HELPS, "Đã khảo sát 3 điểm ngập", ["Số liệu.pdf"]
        )  # fmt: skip
    with people.through("case"):
        event = cases.Event.objects.filter(case__code=code, action="note").get()
    assert (event.facts["helping"], event.actor) == (HELPS, helper.name)
    assert cases.verify_history(code).problem == ""
    with pytest.raises(cases.NoSuchCase):
        cases.act(code, "accept", helper)
    with pytest.raises(directives.NoSuchDirective):
        directives.contribute(code, "Xen vào", who("case_officer", OTHER), key="x")
    with pytest.raises(cases.NoSuchCase):  # leads it, and writes on the case itself
        directives.contribute(code, "Chủ trì", who("case_officer", LEAD), key="x")
    with pytest.raises(people.NotAllowed):
        directives.contribute(code, "Chỉ xem", who("viewer", HELPS), key="x")
    mine, other = site.person("case_officer", HELPS), site.person("case_officer", OTHER)
    page = mine.get(f"/chi-dao/{code}/").text
    assert "Viết ý kiến phối hợp" in page and "Số liệu.pdf" in page
    link = f"/vu-viec/tep/{one.files[0].name}"
    answer = mine.get(link)
    assert answer.content == sent.data and answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert other.get(link).status_code == 404
    assert site.stranger().get(link.replace("/vu-viec/", "/phan-anh/")).status_code == 404


def test_the_form_of_a_cooperating_agency_keeps_what_was_typed_when_a_file_is_refused(
    issued: Any, site: Any, who: Any
) -> None:
    import re

    from tinh.desks.api import directives

    code = issued().code
    mine = site.person("case_officer", HELPS)
    page = mine.get(f"/chi-dao/{code}/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "text": "Ý kiến dài", "key": "k1"}
    head = {"Referer": str(mine.base_url)}
    bad = {"papers": ("a.pdf", b"<html>", "application/pdf")}
    answer = mine.post(f"/chi-dao/{code}/phoi-hop", data=fields, files=bad, headers=head)
    assert answer.status_code == 415 and "Ý kiến dài" in answer.text and "HTML" in answer.text
    good = {"papers": ("a.docx", DOCX, "text/html")}
    mine.post(f"/chi-dao/{code}/phoi-hop", data=fields, files=good, headers=head)
    [one] = directives.contributions(directives.one(code, who("leader")))
    assert [f.media.rpartition(".")[2] for f in one.files] == ["document"]


def test_an_answer_in_writing_reaches_citizens_only_once_the_desk_shows_it(site: Any) -> None:
    import re

    from tests.desks.test_partners import given
    from tinh.cases import api as cases
    from tinh.desks.api import papers, reports
    from tinh.people import api as people

    code = given(people.Actor(name="tiep-nhan", role="administrator"), LEAD)
    clerk = people.actor_named(site.account("desk_officer"))
    reports.show(code, clerk)
    staff = site.person("administrator")
    page = staff.get(f"/vu-viec/{code}/anh").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    fields = {"csrfmiddlewaretoken": token[1], "act": "add"}
    head = {"Referer": str(staff.base_url)}
    data = PDF + code.encode()
    staff.post(f"/vu-viec/{code}/anh", data=fields, files={"papers": ("Trả lời.pdf", data)}, headers=head)
    [one] = papers.of_case(code)
    assert "Trả lời.pdf" in staff.get(f"/vu-viec/{code}/anh").text
    assert [a.name for a in cases.case(code, clerk).attachments if a.kind == "paper"] == ["Trả lời.pdf"]
    everybody, link = site.stranger(), f"/phan-anh/tep/{one.name}"
    assert (
        everybody.get(link).status_code == 404
        and "Trả lời.pdf" not in everybody.get(f"/phan-anh/{code}").text
    )
    with pytest.raises(people.NotAllowed):
        papers.show(code, True, people.actor_named(site.account("case_officer", LEAD)))
    papers.show(code, True, clerk, [one.name])
    assert everybody.get(link).content == data and link in everybody.get(f"/phan-anh/{code}").text
    reports.hide(code, clerk, "Có tên người trong văn bản")
    assert everybody.get(link).status_code == 404


def test_an_archive_whose_parts_are_damaged_is_refused_like_any_other() -> None:
    from tinh.desks.papers import kinds
    from tinh.desks.papers.errors import PaperNotTaken

    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    data = bytearray(whole.getvalue())
    start = 30 + len("mimetype")
    data[start : start + 12] = b"\xff" * 12
    with pytest.raises(PaperNotTaken):
        kinds.kind_of(bytes(data), "a.odt")


def _answered(site: Any, title: str) -> tuple[str, Any, Any]:
    """A shown report whose agency sent a document everybody may have: its code, the document, the clerk."""
    from tests.desks.test_partners import given
    from tinh.desks.api import papers, reports
    from tinh.people import api as people

    code = given(people.Actor(name="tiep-nhan", role="administrator"), LEAD)
    clerk = people.actor_named(site.account("desk_officer"))
    reports.show(code, clerk)
    kept = papers.store(code, papers.Sent(title, PDF + code.encode()), clerk)
    papers.show(code, True, clerk)
    return code, kept, clerk


def test_a_document_opened_on_a_hidden_report_waits_until_the_report_is_shown(site: Any) -> None:
    from tinh.desks.api import papers, reports

    code, kept, clerk = _answered(site, "Kín.pdf")
    everybody, link = site.stranger(), f"/phan-anh/tep/{kept.name}"
    assert everybody.get(link).status_code == 200
    reports.hide(code, clerk, "Có tên người")
    papers.show(code, True, clerk)
    assert everybody.get(link).status_code == 404
    reports.show(code, clerk)
    assert everybody.get(link).status_code == 200


def test_documents_of_an_erased_case_are_dropped_with_their_bytes(site: Any, who: Any) -> None:
    from tinh.cases import api as cases
    from tinh.desks.api import papers

    code, kept, _ = _answered(site, "Quên.pdf")
    [bytes_] = site.prepared.home.glob(f"photos/papers/*/{kept.name}")
    cases.erase_party(code, who("administrator"), "Theo yêu cầu")
    assert papers.of_case(code) == [] and not bytes_.exists()
    assert cases.verify_history(code).problem == ""
    assert site.stranger().get(f"/phan-anh/tep/{kept.name}").status_code == 404


def test_documents_are_dropped_five_years_after_their_case_was_closed(site: Any) -> None:
    import os
    from datetime import timedelta

    from tinh.cases import api as cases
    from tinh.desks.api import papers
    from tinh.people import api as people

    old, kept, _ = _answered(site, "Cũ.pdf")
    young, stays, _ = _answered(site, "Mới.pdf")
    now = cases.ground().now()
    with people.through("case"):
        for code, years in ((old, 5.1), (young, 4.9)):
            cases.Case.objects.filter(code=code).update(closed_at=now - timedelta(days=365 * years))
    orphan = site.prepared.home / "photos" / "papers" / "00" / ("00" + "z" * 22)
    orphan.parent.mkdir(exist_ok=True, parents=True)
    orphan.write_bytes(b"a writer that died")
    os.utime(orphan, (0, 0))
    papers.forget()
    assert (papers.of_case(old), papers.of_case(young)) == ([], [stays])
    assert not list(site.prepared.home.glob(f"photos/papers/*/{kept.name}")) and not orphan.exists()
    assert papers.bytes_of(stays)


def test_a_document_sent_twice_at_once_is_kept_once(site: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor
    from threading import Barrier

    from django.db import connection

    from tinh.desks.api import papers

    code, _, clerk = _answered(site, "Một.pdf")
    start = Barrier(4)

    def send(n: int) -> str:
        start.wait()
        try:
            return papers.store(code, papers.Sent(f"Hai {n}.pdf", PDF + b"2" + code.encode()), clerk).name
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(send, range(4)))
    assert len(names) == 1 and len(papers.of_case(code)) == 2
    assert len(list(site.prepared.home.glob(f"photos/papers/*/{names.pop()}"))) == 1
