"""The message log: what it holds, that no change of it goes unseen, and evidence that stands by itself."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.axis.conftest import Pair
from tests.axis.tsa import authority


def verdict() -> Any:
    from tinh.axis import api as axis

    return axis.verify(axis.ground())


@pytest.fixture
def attacker(pair: Pair) -> Iterator[psycopg.Connection[Any]]:
    """Somebody with every right in the database; what they did is undone afterwards."""
    from tinh.axis import api as axis
    from tinh.site.embedded import EmbeddedPostgres

    for number in range(6):
        assert pair.call("POST", f"/n{number}", content=b"x").status_code == 200
    tables = ("axis_entry", "axis_batch", "axis_kept")
    owner = EmbeddedPostgres(axis.ground().home).conninfo()
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        for table in tables:
            connection.execute(f"create temp table saved_{table} as select * from {table}")
        yield connection
        for table in tables:
            connection.execute(f"truncate {table}")
            connection.execute(f"insert into {table} select * from saved_{table}")


def last(connection: psycopg.Connection[Any]) -> int:
    found = connection.execute("select max(seq) from axis_entry").fetchone()
    assert found
    return int(found[0])


def test_both_sides_of_an_exchange_are_on_record_and_refusals_too(pair: Pair) -> None:
    from tinh.axis import api as axis

    asked = pair.call("POST", "/r?a=1", content=b"{}", headers={"X-Road-Id": "rec-1", "X-Road-UserId": "VN1"})
    third = {"X-Road-Client": pair.third, "Authorization": f"Bearer {pair.third_key}"}
    refused = pair.call("GET", "/r", headers=third)
    request, response = axis.exchange(asked.headers["x-road-request-id"])
    assert (request.kind, request.message_id, request.user, request.right) == (
        "request",
        "rec-1",
        "VN1",
        pair.right,
    )
    assert (response.status, response.error, request.query) == (200, "", "a=1")
    assert request.message_hash == asked.headers["x-road-request-hash"]
    assert pair.key not in request.head
    (row,) = axis.exchanges(axis.Wanted(client=pair.third))
    assert (row.result, row.error) == ("refused", "Server.ServerProxy.AccessDenied")
    assert row.exchange == refused.json()["detail"]
    assert axis.exchange("rec-1")[0].seq == request.seq
    mine = axis.members_of(["so-nnmt"])
    assert {r.client for r in axis.exchanges(axis.Wanted(members=mine, service=pair.service))} == {pair.third}
    with pytest.raises(axis.NoSuchExchange):
        axis.exchange("rec-1", mine)


def test_a_log_that_nobody_touched_is_whole(attacker: psycopg.Connection[Any]) -> None:
    found = verdict()
    assert found.whole, found.flaws
    assert found.entries == last(attacker)


@pytest.mark.parametrize("who", ["tinh", "tinh_app"])
def test_the_database_itself_refuses_changes_of_the_log(pair: Pair, who: str) -> None:
    from tinh.axis import api as axis
    from tinh.site.embedded import EmbeddedPostgres

    pair.call()
    conninfo = EmbeddedPostgres(axis.ground().home).conninfo(user=who)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for change in (
            "update axis_entry set status = 1", "delete from axis_entry", "truncate axis_entry",
            "update axis_batch set last = 0", "delete from axis_stamp",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)
        if who == "tinh_app":
            privileges = connection.execute(
                "select has_table_privilege('axis_entry', p) from unnest(array['update', 'delete']) p"
            ).fetchall()
            assert privileges == [(False,), (False,)]


@pytest.mark.parametrize(
    ("change", "kind", "off"),
    [
        ("update axis_entry set status = status + 1 where seq = {n}", "changed", 0),
        ("update axis_entry set client = 'VN-19/GOV/x/Y' where seq = {n}", "changed", 0),
        ("update axis_entry set head = head || 'x' where seq = {n}", "changed", 0),
        ("update axis_entry set digest = repeat('a', 64) where seq = {n}", "changed", 0),
        ("delete from axis_entry where seq = {n}", "missing", 0),
        ("delete from axis_entry where seq between {n} and {n} + 2", "missing", 0),
        (
            "update axis_entry set seq = -1 where seq = {n};"
            "update axis_entry set seq = {n} where seq = {n} + 2;"
            "update axis_entry set seq = {n} + 2 where seq = -1",
            "moved",
            0,
        ),
        ("delete from axis_entry where seq > {n}", "cut", 1),
        (
            "delete from axis_entry where batch > (select batch from axis_entry where seq = {n});"
            "delete from axis_batch where number > (select batch from axis_entry where seq = {n})",
            "cut",
            None,
        ),
        ("update axis_batch set head = repeat('0', 64) where number = 2", "changed", None),
        ("update axis_batch set signature = '\\x3006020101020101' where number = 2", "forged", None),
        ("delete from axis_batch where number = 2", "missing", None),
        ("truncate axis_entry; truncate axis_batch", "cut", None),
    ],
)  # fmt: skip
def test_any_change_of_the_log_is_found_and_named(
    attacker: psycopg.Connection[Any], change: str, kind: str, off: int | None
) -> None:
    n = last(attacker) - 6
    for statement in change.format(n=n).split(";"):
        attacker.execute(statement)
    found = verdict()
    assert not found.whole
    named = [(flaw.kind, flaw.seq) for flaw in found.flaws]
    if off is None:
        assert kind in {k for k, _ in named}, named
    else:
        assert (kind, n + off) in named, named


def test_an_entry_changed_with_its_digest_made_to_fit_is_found_as_well(
    attacker: psycopg.Connection[Any],
) -> None:
    """Whoever knows how digests are made still cannot sign."""
    from tinh.axis import api as axis
    from tinh.axis import chain

    n = last(attacker) - 3
    attacker.execute("update axis_entry set client = 'VN-19/GOV/x/Y' where seq = %s", [n])
    previous = ""
    for seq in range(n, last(attacker) + 1):
        row = axis.Entry.objects.get(pk=seq)
        fields = {f: chain.moment(row.at) if f == "at" else getattr(row, f) for f in chain.FIELDS}
        if previous:
            fields["previous"] = previous
            attacker.execute("update axis_entry set previous = %s where seq = %s", [previous, seq])
        previous = chain.digest(chain.line(fields))
        attacker.execute("update axis_entry set digest = %s where seq = %s", [previous, seq])
    found = verdict()
    assert any(flaw.kind == "changed" and flaw.seq <= n for flaw in found.flaws), found.flaws


def test_a_body_is_kept_as_the_service_says_and_its_loss_or_change_found(
    pair: Pair, request: pytest.FixtureRequest
) -> None:
    from tinh.axis import api as axis

    axis.Service.objects.filter(pk=axis.service(pair.service).pk).update(keep="body", keep_days=5)
    axis.service(pair.service).save()
    while True:
        asked = pair.call("POST", "/kept", content="của ai".encode())
        entry, _ = axis.exchange(asked.headers["x-road-request-id"])
        if entry.kept_until:
            break
    attacker = request.getfixturevalue("attacker")  # puts back what stands now, so nothing is sent after it
    assert verdict().whole
    attacker.execute("update axis_kept set body = 'z' where seq = %s", [entry.seq])
    assert [(f.kind, f.seq) for f in verdict().flaws] == [("body", entry.seq)]
    attacker.execute("delete from axis_kept where seq = %s", [entry.seq])
    assert [(f.kind, f.seq) for f in verdict().flaws] == [("body", entry.seq)]


def test_a_new_key_signs_from_now_on_and_the_old_signatures_hold(pair: Pair) -> None:
    from tinh.axis import api as axis

    pair.call()
    keys = axis.Seals(axis.ground().keys, axis.ground().instance)
    before = keys.current().fingerprint
    after = keys.rotate().fingerprint
    pair.call()
    with psycopg.connect(axis.ground().conninfo) as connection:
        used = connection.execute(
            "select certificate from axis_batch order by number desc limit 1"
        ).fetchone()
    assert used == (after,)
    assert after != before
    assert verdict().whole
    for path in axis.ground().keys.glob("axis-*.key"):
        assert path.stat().st_mode & 0o077 == 0


def run_readme(folder: Path) -> list[str]:
    """Every command of the README, by the shell, as somebody without our software would."""
    out = []
    for block in re.findall(r"```sh\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL):
        done = subprocess.run(["sh", "-e", "-c", block], cwd=folder, capture_output=True, text=True)
        out.append(done.stdout + done.stderr if done.returncode else done.stdout)
    return out


def test_evidence_verifies_with_openssl_alone_and_fails_when_it_was_changed(
    pair: Pair, tmp_path: Path
) -> None:
    from tinh.axis import api as axis

    (tmp_path / "tsa").mkdir()
    axis.Service.objects.filter(pk=axis.service(pair.service).pk).update(keep="body", keep_days=5)
    before = axis.ground()
    with authority(tmp_path / "tsa") as stamper:
        axis.install(replace(before, authority=stamper.address, authority_roots=str(stamper.root)))
        try:
            while True:
                asked = pair.call("POST", "/proof?x=1", content=b"a body")
                entries = axis.exchange(asked.headers["x-road-request-id"])
                if entries[0].kept_until:
                    break
            pair.call("GET", "/another")
            assert axis.stamp(axis.ground()) > 0
            assert axis.stamp(axis.ground()) == 0
            found = verdict()
            assert found.whole, found.flaws
            assert found.stamped == found.batches
            data = axis.evidence(entries)
        finally:
            axis.install(before)
        folder = tmp_path / "evidence"
        zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
        (folder / "tsa-root.pem").write_bytes(stamper.root.read_bytes())
    assert (folder / f"request-{entries[0].seq}/body.bin").read_bytes() == b"a body"
    said = run_readme(folder)
    blocks = len(said)
    assert blocks >= 5
    assert all("OK" in one and "rror" not in one for one in said), said
    assert sum(one.count("OK") for one in said) >= 10
    entry = folder / f"request-{entries[0].seq}/entry.json"
    entry.write_bytes(entry.read_bytes().replace(b'"method":"POST"', b'"method":"GET"'))
    assert sum(one.count("OK") for one in run_readme(folder)) == sum(one.count("OK") for one in said) - 1


def test_the_page_marks_a_row_that_was_changed_and_no_other(
    pair: Pair, attacker: psycopg.Connection[Any]
) -> None:
    auditor = pair.site.person("auditor")
    here = f"/truc/nhat-ky/?dich-vu={pair.service}"
    clean = auditor.get(here).text
    assert "Đã bị sửa" not in clean and "khớp" in clean
    seq = last(attacker) - 2  # an answer goes with a request before it
    found = attacker.execute("select exchange from axis_entry where seq = %s", [seq]).fetchone()
    assert found
    attacker.execute("update axis_entry set status = 299 where seq = %s", [seq])
    shown = auditor.get(here).text
    assert shown.count('<span class="status bad">Đã bị sửa</span>') == 1
    assert f"Bản ghi {seq} đã bị sửa sau khi ký." in shown
    one = auditor.get(f"/truc/nhat-ky/{found[0]}").text
    assert one.count("đã bị sửa sau khi ký") == 1 and one.count("Đúng như lúc ký") == 1
    attacker.execute("delete from axis_entry where seq = %s", [seq])
    assert "thiếu bản ghi" in auditor.get(here).text


def test_the_certificate_an_evidence_names_is_open_to_everybody(pair: Pair) -> None:
    from tinh.axis import api as axis

    pair.call("POST", "/c", content=b"x")
    entries = axis.exchange(axis.exchanges(axis.Wanted(service=pair.service), 1)[0].exchange)
    with zipfile.ZipFile(io.BytesIO(axis.evidence(entries))) as bundle:
        readme = bundle.read("README.md").decode()
        pem = next(bundle.read(n) for n in bundle.namelist() if n.startswith("certificate-"))
    stranger = pair.site.stranger()
    page = stranger.get("/truc/chung-thu/")
    assert page.status_code == 200 and "/truc/chung-thu/" in readme
    offered = re.findall(r"/truc/chung-thu/([0-9a-f]{64})\.pem", page.text)
    assert pem.decode() in [stranger.get(f"/truc/chung-thu/{one}.pem").text for one in offered]
    assert any(one in readme for one in offered)
    assert stranger.get("/truc/chung-thu/khong-co.pem").status_code == 404
