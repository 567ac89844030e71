"""Databases, SFTP, buckets, brokers and mailboxes as they are declared, with every contradiction found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tinh.packs.api import connector, refused_statement

SQL = {"engine": "mariadb", "host": "db.example.vn", "database": "motcua", "user": "doc", "table": "ho_so"}
MQTT = {"host": "mqtt.example.vn", "topics": ["tram/+/so-lieu"], "parts": {"tram": 2}}
MAIL = {"host": "imap.example.vn", "user": "nhan", "password": "MK", "senders": {"lan@so.gov.vn": ""}}
SFTP = {"host": "sftp.example.vn", "user": "doc", "password": "MK", "path": "/gui"}


def found(tmp_path: Path, kind: str, group: dict[str, Any], id: str = "kho") -> Any:
    file = tmp_path / "kho.yaml"
    value = {"format": 1, "id": id, "dataset": "", "kind": kind, "schedule": {"every": "PT15M"}, kind: group}
    file.write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")
    return connector(file, {}, {})


def test_a_sound_declaration_waits_for_its_dataset(tmp_path: Path) -> None:
    one = found(tmp_path, "sql", SQL)
    assert one.waits and one.feed is not None and not one.findings
    assert (one.feed.sql.port, one.feed.kind) == (3306, "sql")


@pytest.mark.parametrize(
    ("kind", "group", "code"),
    [
        ("sql", {**SQL, "host": ""}, "PCK110"),
        ("sql", {**SQL, "host": "db:3306/x"}, "PCK110"),
        ("sql", {**SQL, "file": "a.db"}, "PCK110"),
        ("sql", {**SQL, "encoding": "rot13"}, "PCK110"),
        ("sql", {"engine": "other", "url": "oracle://u@h/x", "table": "a", "query": "SELECT 1"}, "PCK111"),
        ("sql", {**SQL, "table": "", "query": "DELETE FROM ho_so"}, "PCK111"),
        ("sql", {**SQL, "cursor": {"column": "a", "key": ["b"], "overlap": "một giờ"}}, "PCK112"),
        ("sql", {**SQL, "columns": {"a": "x", "b": "x"}}, "PCK112"),
        ("sql", {**SQL, "gone": {"column": "het"}}, "PCK112"),
        ("sql", {**SQL, "password": "mật khẩu thật!"}, "PCK113"),
        ("sql", {"engine": "other", "url": "oracle://u:mk@h/x", "table": "a"}, "PCK113"),
        ("sftp", {**SFTP, "password": ""}, "PCK114"),
        ("sftp", {**SFTP, "host_key": "MD5:aa"}, "PCK114"),
        ("sftp", {**SFTP, "path": "../x"}, "PCK066"),
        ("s3", {"bucket": "kho", "access_key": "A"}, "PCK115"),
        ("s3", {"bucket": "kho", "endpoint": "ftp://x"}, "PCK115"),
        ("http", {"url": "https://a.vn", "format": "json",
                  "oauth": {"url": "x", "client": "c", "secret": "S"}}, "PCK116"),
        ("sql", {**SQL, "tls": {"authority": "không phải"}}, "PCK118"),
        ("mqtt", {**MQTT, "topics": ["a/#/b"]}, "PCK120"),
        ("mqtt", {**MQTT, "topics": ["$share/nhom/a"]}, "PCK120"),
        ("mqtt", {**MQTT, "share": "a/b"}, "PCK120"),
        ("mqtt", {**MQTT, "parts": {"tram": 4}}, "PCK121"),
        ("mqtt", {**MQTT, "received": "tram"}, "PCK121"),
        ("mqtt", {**MQTT, "batch": {"messages": 10000}, "largest_kb": 65536}, "PCK122"),
        ("mqtt", {**MQTT, "tls": {"certificate": "x"}}, "PCK118"),
        ("mail", {**MAIL, "senders": {"lan": ""}}, "PCK123"),
        ("mail", {**MAIL, "senders": {"@so.gov.vn": "khong-co"}}, "PCK030"),
        ("mail", {**MAIL, "after": "move"}, "PCK124"),
        ("mail", {**MAIL, "after": "move", "done": "INBOX"}, "PCK124"),
        ("mail", {**MAIL, "folder": "a\r\nb"}, "PCK124"),
        ("cloudevents", {"attributes": {"luc": "Time"}}, "PCK125"),
        ("cloudevents", {"attributes": {"luc": "time"}, "columns": {"a.b": "luc"}}, "PCK126"),
        ("cloudevents", {"records": "a..b"}, "PCK127"),
        ("cloudevents", {"origins": ["https://a.vn"]}, "PCK128"),
        ("cloudevents", {"types": [" "]}, "PCK129"),
        ("cloudevents", {"secret": "mật khẩu thật!"}, "PCK113"),
    ],
)  # fmt: skip
def test_a_contradiction_is_found_with_its_code(tmp_path: Path, kind: str, group: Any, code: str) -> None:
    one = found(tmp_path, kind, group)
    assert code in {f.code for f in one.findings} and one.feed is None
    assert all(f.cure.vi and f.cure.en for f in one.findings)


def test_brokers_and_mailboxes_wait_for_their_dataset_too(tmp_path: Path) -> None:
    broker, mailbox = found(tmp_path, "mqtt", MQTT).feed, found(tmp_path, "mail", MAIL).feed
    assert (
        broker.listens and broker.mqtt.encrypted and broker.where.startswith("mqtts://mqtt.example.vn:8883")
    )
    assert not mailbox.listens and mailbox.where == "imaps://nhan@imap.example.vn:993/INBOX"


def test_a_file_is_named_after_its_source(tmp_path: Path) -> None:
    assert [f.code for f in found(tmp_path, "sql", SQL, id="khac").findings] == ["PCK119"]


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("mariadb", "SELECT a FROM t WHERE b = 'x; DROP TABLE t' -- ghi chú\nAND c = 1;"),
        ("postgresql", "WITH n AS (SELECT 1 AS a) SELECT n.a::text, $q$; delete$q$ FROM n"),
        ("mariadb", 'SELECT t.update, `delete`, "insert" FROM t /* chú thích */'),
        ("mariadb", "SELECT REPLACE(a, 'it\\'s', '') FROM t # cuối\nLIMIT 5"),
    ],
)
def test_one_select_is_let_through(engine: str, text: str) -> None:
    assert refused_statement(text, engine) is None


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        ("mariadb", "SELECT 1; DROP TABLE t"),
        ("mariadb", "SELECT 1) x; DELETE FROM t; SELECT (1"),
        ("mariadb", "SELECT 1 /*! ; DROP TABLE t */"),
        ("mariadb", "SELECT '\\'' ; DROP TABLE t -- '\n"),
        ("postgresql", "SELECT '\\'; DROP TABLE t --'\n"),
        ("mariadb", "SELECT * INTO OUTFILE '/tmp/x' FROM t"),
        ("postgresql", "SELECT * INTO moi FROM t"),
        ("postgresql", "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d"),
        ("postgresql", "SELECT * FROM t FOR UPDATE"),
        ("postgresql", "SELECT * FROM t FOR NO KEY UPDATE"),
        ("postgresql", "SELECT * FROM t FOR SHARE"),
        ("postgresql", "SELECT 1 -- cuối"),
        ("sqlite", "PRAGMA writable_schema = 1"),
        ("sqlite", "ATTACH 'x' AS y"),
        ("postgresql", "SELECT 'chưa đóng"),
        ("postgresql", "SELECT $a$ chưa đóng"),
        ("mariadb", ""),
    ],
)
def test_anything_else_is_refused(engine: str, text: str) -> None:
    assert refused_statement(text, engine) is not None
