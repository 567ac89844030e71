"""Tables of real databases, pulled, judged and traced to their rows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.connectors.conftest import PASSWORD, feed_of
from tests.harness.databases import Server
from tinh.packs.api import Gone, SqlCursor, SqlWay, Tls

TABLE = {
    "mariadb": "CREATE TABLE {t} (ma VARCHAR(40) PRIMARY KEY, ten VARCHAR(200), phi DECIMAL(20,4), "
    "cap_nhat DATETIME(6) NOT NULL, het DATE)",
    "postgresql": "CREATE TABLE {t} (ma text PRIMARY KEY, ten text, phi numeric(20,4), "
    "cap_nhat timestamp NOT NULL, het date)",
}


@pytest.fixture(params=["mariadb", "postgresql"])
def server(request: pytest.FixtureRequest) -> Server:
    name = {"mariadb": "maria", "postgresql": "postgres"}[request.param]
    found: Server = request.getfixturevalue(name)
    found.run("DROP TABLE IF EXISTS ho_so", TABLE[found.engine].format(t="ho_so"))
    return found


def way(server: Server, **more: Any) -> SqlWay:
    fields: dict[str, Any] = {
        "engine": server.engine, "host": "127.0.0.1", "port": server.port, "database": "motcua",
        "user": "doc", "password": PASSWORD, "allow_private": True, "table": "ho_so",
    }  # fmt: skip
    if "query" in more:
        fields.pop("table")
    return SqlWay(**{**fields, **more})


def put(server: Server, *rows: tuple[Any, ...]) -> None:
    def spelt(v: Any) -> str:
        return "NULL" if v is None else "'" + str(v).replace("'", "''") + "'"

    values = ", ".join("(" + ", ".join(map(spelt, row)) + ")" for row in rows)
    server.run(f"INSERT INTO ho_so (ma, ten, phi, cap_nhat) VALUES {values}")


def code(one: Any) -> str:
    return (one.error or {}).get("code", "")


def test_a_table_is_read_whole_kept_as_received_and_an_unchanged_one_is_no_delivery(server, over) -> None:
    put(server, ("H1", "Nguyễn Thị Hường", "1234567890123456.7891", "2026-01-02 03:04:05.678901"),
        ("H2", None, "0.10", "2026-01-03"))  # fmt: skip
    pulled = over(feed_of(sql=way(server, key=("ma",))), password=server.password)
    done = pulled.pull()
    assert (done.outcome, done.records) == ("new", 2), done.error
    lines = [json.loads(line) for line in pulled.raw(done.receipts[0]).splitlines()]
    assert [line["_at"] for line in lines] == ["ho_so/H1", "ho_so/H2"]
    assert lines[0]["phi"] == "1234567890123456.7891" and lines[0]["ten"] == "Nguyễn Thị Hường"
    assert lines[1]["ten"] is None
    assert [r[0] for r in pulled.rows("ma")] == ["H1", "H2"]
    assert pulled.pull().outcome == "nothing"
    put(server, ("H3", "Mới", "1", "2026-01-04"))
    assert pulled.pull().outcome == "new" and len(pulled.rows("ma")) == 3


def test_rows_of_one_moment_are_all_fetched_however_the_pulls_part_them(server, over) -> None:
    put(server, *[(f"H{n:02}", f"Tên {n}", n, "2026-01-02 03:04:05") for n in range(10)])
    cursor = SqlCursor(column="cap_nhat", key=("ma",))
    pulled = over(feed_of(sql=way(server, cursor=cursor, rows=4)), password=server.password)
    counts = [pulled.pull().records for _ in range(4)]
    assert counts == [4, 4, 2, 0]
    assert len(pulled.rows("ma")) == 10
    put(server, ("H99", "Sau", 1, "2026-01-02 03:04:05"))
    assert pulled.pull().records == 1


def test_a_late_row_inside_the_overlap_is_found_and_known_ones_are_not_sent_again(server, over) -> None:
    put(server, ("A", "a", 1, "2026-01-02 10:00:00"), ("B", "b", 1, "2026-01-02 11:00:00"))
    cursor = SqlCursor(column="cap_nhat", key=("ma",), overlap="PT2H")
    pulled = over(feed_of(sql=way(server, cursor=cursor)), password=server.password)
    assert pulled.pull().records == 2
    assert pulled.pull().outcome == "nothing"
    put(server, ("C", "muộn", 1, "2026-01-02 09:30:00"), ("D", "quá muộn", 1, "2026-01-02 08:00:00"))
    server.run("UPDATE ho_so SET ten = 'sửa' WHERE ma = 'A'")
    done = pulled.pull()
    assert done.records == 2, "C came late, A changed, D lies before the overlap"
    assert {r[0] for r in pulled.rows("ma")} == {"A", "B", "C"}


def test_a_row_that_vanished_is_closed_once(server, over) -> None:
    put(server, ("A", "a", "2.50", "2026-01-02"), ("B", "b", 1, "2026-01-02"))
    gone = Gone(column="het", value="{today}")
    pulled = over(feed_of(sql=way(server, key=("ma",), gone=gone)), password=server.password)
    pulled.pull()
    server.run("DELETE FROM ho_so WHERE ma = 'A'")
    assert pulled.pull().outcome == "new"
    assert [(r[0], str(r[1])) for r in pulled.rows("ma", "het")] == [("A", "2026-03-10"), ("B", "None")]
    assert pulled.pull().outcome == "nothing"


def test_a_wrong_password_table_or_column_is_said_in_words_and_tells_no_secret(server, over) -> None:
    pulled = over(feed_of(sql=way(server)), password="sai-mat-khau-nay")
    done = pulled.pull()
    assert code(done) == "SRC105" and "sai-mat-khau-nay" not in json.dumps(done.as_dict())
    steps = pulled.feeds.check("kho")
    assert [s.ok for s in steps] == [True, True, False]
    assert over(feed_of(sql=way(server, table="khong_co")), password=server.password).pull().error[
        "code"
    ] == ("SRC108")
    done = over(feed_of(sql=way(server, key=("la",))), password=server.password).pull()
    assert code(done) == "SRC109" and "cap_nhat" in done.error["cure"]["vi"]
    on_disk = b"".join(p.read_bytes() for p in pulled.corridor.home.root.rglob("*") if p.is_file())
    assert server.password.encode() not in on_disk and b"sai-mat-khau-nay" not in on_disk


def test_the_check_goes_step_by_step_and_the_look_shows_tables_keys_and_rows(server, over) -> None:
    put(server, ("A", "a", 1, "2026-01-02"))
    pulled = over(feed_of(sql=way(server, cursor=SqlCursor(column="cap_nhat", key=("ma",)))),
                  password=server.password)  # fmt: skip
    steps = pulled.feeds.check("kho")
    assert len(steps) == 6 and all(s.ok for s in steps), [s.as_dict() for s in steps]
    look = pulled.feeds.look("kho")
    assert "ho_so" in {t.name for t in look.things} and look.keys == ("ma",)
    assert look.columns == ("ma", "ten", "phi", "cap_nhat", "het") and look.rows[0][0] == "A"


def test_an_account_that_may_write_still_only_reads(server, over) -> None:
    put(server, ("A", "a", 1, "2026-01-02"))
    steal = "SELECT ma, ten, phi, cap_nhat FROM ho_so; DELETE FROM ho_so"
    pulled = over(feed_of(sql=way(server, user="chu", query=steal)), password=server.password)
    assert code(pulled.pull()) == "SRC110"
    with_function = "SELECT nextval('dem') AS ma FROM ho_so" if server.engine == "postgresql" else (
        "SELECT nextval(dem) AS ma FROM ho_so"
    )  # fmt: skip
    server.run("DROP SEQUENCE IF EXISTS dem", "CREATE SEQUENCE dem")
    pulled = over(feed_of(sql=way(server, user="chu", query=with_function)), password=server.password)
    assert code(pulled.pull()) == "SRC111", "the transaction itself reads only"
    assert len(server.run("SELECT ma FROM ho_so")) == 1


def test_a_query_that_never_ends_is_stopped(server, over) -> None:
    put(server, ("A", "a", 1, "2026-01-02"))
    slow = "SELECT ma, pg_sleep(30)::text AS ten FROM ho_so" if server.engine == "postgresql" else (
        "SELECT ma, SLEEP(30) AS ten FROM ho_so"
    )  # fmt: skip
    feed = feed_of(sql=way(server, query=slow, statement=1.0, total=2.0))
    done = over(feed, password=server.password).pull()
    assert code(done) in ("SRC112", "SRC078", "SRC080") and done.seconds < 10


def test_a_host_inside_the_network_is_asked_only_when_it_was_allowed(server, over, monkeypatch) -> None:
    monkeypatch.delenv("TINH_PRIVATE_HOSTS")
    assert code(over(feed_of(sql=way(server)), password=server.password).pull()) == "SRC073"


def test_encryption_that_was_asked_for_and_is_not_there_is_refused(server, over) -> None:
    feed = feed_of(sql=way(server, tls=Tls(mode="require")))
    done = over(feed, password=server.password).pull()
    if server.engine == "postgresql":
        assert code(done) == "SRC119"
    else:  # MariaDB makes a certificate of its own
        assert done.outcome in ("nothing", "new") or code(done) == "SRC119"
        verified = feed_of(sql=way(server, tls=Tls(mode="verify")))
        assert code(over(verified, password=server.password).pull()) in ("SRC079", "SRC119")


def test_bytes_behind_a_wrong_label_are_read_as_declared(maria: Server, over) -> None:
    maria.run(
        "DROP TABLE IF EXISTS cu",
        "CREATE TABLE cu (ma VARCHAR(9) PRIMARY KEY, ten VARCHAR(99)) CHARSET latin1",
        "INSERT INTO cu VALUES ('A', CONVERT(CAST('Phường Đồng Bẩm' AS BINARY) USING latin1))",
    )
    fields = {"table": "cu", "key": ("ma",)}
    pulled = over(feed_of(sql=way(maria, encoding="utf-8", **fields)), password=maria.password)
    done = pulled.pull()
    assert "Phường Đồng Bẩm" in pulled.raw(done.receipts[0]), done.error
    assert code(over(feed_of(sql=way(maria, encoding="ascii", **fields))).pull()) == "SRC114"


def test_an_sqlite_file_is_only_read_and_only_where_it_may_lie(over, home, tmp_path) -> None:
    import sqlite3

    drop = home.root / "drop"
    drop.mkdir(parents=True)
    with sqlite3.connect(drop / "kho.db") as link:
        link.execute("CREATE TABLE ho_so (ma TEXT PRIMARY KEY, ten TEXT, phi REAL, cap_nhat TEXT)")
        link.execute("INSERT INTO ho_so VALUES ('A', 'An', 1.5, '2026-01-02 03:04:05')")
    sql = SqlWay(engine="sqlite", file="kho.db", table="ho_so",
                 cursor=SqlCursor(column="cap_nhat", key=("ma",)))  # fmt: skip
    pulled = over(feed_of(sql=sql))
    assert pulled.pull().outcome == "new" and pulled.pull().outcome == "nothing"
    attach = f"SELECT ma FROM ho_so WHERE load_extension('{tmp_path}/x') IS NULL"
    query = sql.model_copy(update={"table": "", "query": attach, "cursor": None})
    assert code(over(feed_of(sql=query)).pull()) == "SRC111"
    outside = sql.model_copy(update={"file": "/etc/passwd"})
    assert code(over(feed_of(sql=outside)).pull()) == "SRC069"


def test_a_dead_database_is_one_state_however_often_it_is_asked(over, maria, clock) -> None:
    from datetime import timedelta

    from tinh.flow.feeds import down

    feed = feed_of(sql=way(maria, port=1))
    pulled = over(feed, password=maria.password)
    for _ in range(4):
        assert code(pulled.pull()) == "SRC078"
        clock.moment += timedelta(hours=1)
    health = pulled.feeds.of(feed)
    assert (health.condition, health.failures) == ("down", 4)
    assert set(down(pulled.corridor)) == {"ho-so"}
    assert [t.outcome for t in pulled.feeds.history(feed)] == ["failed"] * 4
