"""Files of SFTP servers and of buckets, pulled from real ones on loopback."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from tests.connectors.conftest import PASSWORD, feed_of
from tests.harness.databases import free_port
from tinh.packs.api import S3Way, SftpWay
from tinh.sources.api import Vault

CSV = b"ma,ten,phi\nH1,An,1\nH2,B\xc3\xacnh,2\n"


class Sftp:
    """A server over a folder; `breaks_at` cuts the connection once after so many bytes."""

    def __init__(self, root: Path) -> None:
        self.root, self.port, self.breaks_at, self.read = root, free_port(), 0, 0
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._server: Any = None

    @property
    def fingerprint(self) -> str:
        return str(self.key.get_fingerprint())

    def start(self) -> None:
        outer = self

        class Server(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == ("doc", "mat-khau-sftp")

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, key: Any) -> bool:
                return username == "doc" and key == outer.user_key.convert_to_public()

        class Files(asyncssh.SFTPServer):
            def __init__(self, chan: Any) -> None:
                self._chan = chan
                super().__init__(chan, chroot=bytes(outer.root))

            def read(self, file_obj: Any, offset: int, size: int) -> Any:
                data = super().read(file_obj, offset, size)
                outer.read += len(data)
                if outer.breaks_at and offset + size > outer.breaks_at:
                    outer.breaks_at = 0
                    self._chan.get_connection().abort()
                return data

        async def listen() -> Any:
            return await asyncssh.create_server(
                Server, "127.0.0.1", self.port, server_host_keys=[self.key], sftp_factory=Files
            )

        self._server = asyncio.run_coroutine_threadsafe(listen(), self._loop).result(20)

    def stop(self) -> None:
        async def close() -> None:
            self._server.close()
            await self._server.wait_closed()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)


@pytest.fixture
def sftp(tmp_path: Path) -> Iterator[Sftp]:
    root = tmp_path / "máy chủ"
    (root / "gui").mkdir(parents=True)
    found = Sftp(root)
    found.start()
    yield found
    found.stop()


def way(server: Sftp, **more: Any) -> SftpWay:
    fields: dict[str, Any] = {
        "host": "127.0.0.1", "port": server.port, "user": "doc", "password": PASSWORD, "path": "/gui",
        "allow_private": True, "host_key": server.fingerprint, "settle": 0.0, "patterns": ("*.csv",),
    }  # fmt: skip
    return SftpWay(**{**fields, **more})


def code(one: Any) -> str:
    return (one.error or {}).get("code", "")


def test_files_are_fetched_once_and_moved_when_they_are_taken(sftp: Sftp, over) -> None:
    (sftp.root / "gui" / "báo cáo.csv").write_bytes(CSV)
    (sftp.root / "gui" / "ghi chú.txt").write_bytes(b"x")
    (sftp.root / "gui" / "lien-ket.csv").symlink_to("/etc/passwd")
    pulled = over(feed_of(sftp=way(sftp, after="move")), password="mat-khau-sftp")
    done = pulled.pull()
    assert (done.outcome, done.taken) == ("new", 1), done.error
    assert (sftp.root / "gui" / "done" / "báo cáo.csv").is_file() and len(pulled.rows("ma")) == 2
    assert done.notes[0]["code"] == "SRC071", "a link is told, not followed"
    assert pulled.pull().taken == 0


def test_an_unknown_server_is_shown_and_a_changed_one_refused_before_any_password(sftp: Sftp, over) -> None:
    pulled = over(feed_of(sftp=way(sftp, host_key="")), password="mat-khau-sftp")
    steps = pulled.feeds.check("kho")
    assert [s.ok for s in steps] == [True, False]
    assert steps[1].error["code"] == "SRC115" and sftp.fingerprint in steps[1].error["detail"]["vi"]
    other = "SHA256:" + "A" * 43
    assert code(over(feed_of(sftp=way(sftp, host_key=other))).pull()) == "SRC116"


def test_a_private_key_of_the_vault_opens_and_a_wrong_password_does_not(sftp: Sftp, over, home) -> None:
    (sftp.root / "gui" / "a.csv").write_bytes(CSV)
    Vault(home.root).put("KHOA", sftp.user_key.export_private_key().decode())
    assert over(feed_of(sftp=way(sftp, password="", key="KHOA"))).pull().outcome == "new"
    done = over(feed_of(sftp=way(sftp)), password="sai-mat-khau").pull()
    assert code(done) == "SRC105" and "sai-mat-khau" not in str(done)


def test_a_broken_transfer_goes_on_where_it_broke(sftp: Sftp, over) -> None:
    rows = b"".join(f"H{n:07},Ten,{n % 9}\n".encode() for n in range(120_000))
    (sftp.root / "gui" / "lon.csv").write_bytes(b"ma,ten,phi\n" + rows)
    sftp.breaks_at = len(rows) * 2 // 3
    pulled = over(feed_of(sftp=way(sftp)), password="mat-khau-sftp")
    done = pulled.pull()
    assert (done.outcome, done.taken) == ("new", 1), done.error
    assert sftp.read < len(rows) * 2, "what was there is not fetched again"


# ── buckets ─────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(storage: str) -> Any:
    import boto3

    client = boto3.client("s3", endpoint_url=storage, aws_access_key_id="x", aws_secret_access_key="y",
                          region_name="us-east-1")  # fmt: skip
    import contextlib

    with contextlib.suppress(client.exceptions.BucketAlreadyOwnedByYou):
        client.create_bucket(Bucket="kho")
    for one in client.list_objects_v2(Bucket="kho").get("Contents", []):
        client.delete_object(Bucket="kho", Key=one["Key"])
    return client


def s3(storage: str, **more: Any) -> S3Way:
    fields: dict[str, Any] = {
        "bucket": "kho", "endpoint": storage, "prefix": "so/2026", "access_key": "KHOA", "secret_key": "KIN",
        "allow_private": True, "patterns": ("*.csv",),
    }  # fmt: skip
    return S3Way(**{**fields, **more})


def test_objects_are_taken_once_by_their_content_and_again_when_it_changes(
    storage, bucket, over, home
) -> None:
    Vault(home.root).put("KHOA", "khoa-truy-cap")
    Vault(home.root).put("KIN", "khoa-bi-mat-rat-dai")
    bucket.put_object(Bucket="kho", Key="so/2026-01/a.csv", Body=CSV)
    bucket.put_object(Bucket="kho", Key="so/2025-12/cu.csv", Body=CSV)
    bucket.put_object(Bucket="kho", Key="so/2026-01/b.txt", Body=b"x")
    pulled = over(feed_of(s3=s3(storage)))
    done = pulled.pull()
    assert (done.outcome, done.taken) == ("new", 1), done.error
    assert pulled.pull().taken == 0
    bucket.put_object(Bucket="kho", Key="so/2026-01/a.csv", Body=CSV + b"H3,Chi,3\n")
    assert pulled.pull().taken == 1 and len(pulled.rows("ma")) == 3
    assert [s.ok for s in pulled.feeds.check("kho")] == [True, True]


def test_taken_objects_are_moved_and_a_missing_bucket_is_said(storage, bucket, over, home) -> None:
    Vault(home.root).put("KHOA", "khoa-truy-cap")
    Vault(home.root).put("KIN", "khoa-bi-mat-rat-dai")
    bucket.put_object(Bucket="kho", Key="so/2026-02/a.csv", Body=CSV)
    assert over(feed_of(s3=s3(storage, after="move"))).pull().taken == 1
    keys = [one["Key"] for one in bucket.list_objects_v2(Bucket="kho")["Contents"]]
    assert keys == ["so/2026-02/done/a.csv"]
    done = over(feed_of(s3=s3(storage, bucket="khong-co"))).pull()
    assert code(done) == "SRC117" and "khoa-bi-mat" not in str(done)
