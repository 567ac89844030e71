"""Timestamps (RFC 3161) over the signed batches, from the authority the province has chosen.

One stamp covers all batches since the last: it stamps a statement that names the tree over theirs. An
authority that does not answer holds nothing up; the batches wait and are covered by the next stamp.
"""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import structlog
from cryptography import x509
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from tinh.axis import chain
from tinh.axis.errors import StampRefused
from tinh.axis.ground import Ground

log = structlog.get_logger()

_LOCK = 0x74787473
EVERY = 60.0
_MOST = 100_000  # batches one stamp covers


def stamp(ground: Ground) -> int:
    """Have the batches since the last stamp stamped; how many there were."""
    with psycopg.connect(ground.conninfo, application_name="tinh axis stamps") as connection:
        if not _one(connection, "select pg_try_advisory_xact_lock(%s)", _LOCK)[0]:
            return 0
        number, reached = _one(
            connection, "select coalesce(max(number), 0), coalesce(max(last), 0) from axis_stamp"
        )
        rows = connection.execute(
            "select number, digest from axis_batch where number > %s order by number limit %s",
            [reached, _MOST],
        ).fetchall()
        if not rows:
            return 0
        first, last = rows[0][0], rows[-1][0]
        root = chain.root([digest for _, digest in rows])
        statement = chain.stamp_statement(ground.instance, number + 1, first, last, root)
        token = asked(ground, statement.encode())
        connection.execute(
            "insert into axis_stamp (number, first, last, at, root, statement, token, authority) "
            "values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [number + 1, first, last, datetime.now(UTC), root, statement, token, ground.authority],
        )
    return len(rows)


def _one(connection: psycopg.Connection[Any], query: Any, *given: Any) -> Any:
    return connection.execute(query, given).fetchone()


def asked(ground: Ground, data: bytes) -> bytes:
    """The answer of the authority over `data`, its token within; StampRefused when it does not hold."""
    request = (
        TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).nonce(nonce=True).build()
    )
    try:
        answer = httpx.post(
            ground.authority, content=request.as_bytes(), timeout=20, follow_redirects=False,
            headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
        )  # fmt: skip
        answer.raise_for_status()
        nonce = decode_timestamp_response(answer.content).tst_info.nonce
    except (httpx.HTTPError, ValueError) as fault:
        raise StampRefused(authority=ground.authority, reason=str(fault)[:200]) from fault
    if nonce != request.nonce or not holds(answer.content, data, roots(ground)):
        raise StampRefused(authority=ground.authority, reason="the stamp does not hold")
    return answer.content


def roots(ground: Ground) -> list[x509.Certificate]:
    """The roots the province trusts timestamps of; without any only the imprint can be held against."""
    if not ground.authority_roots:
        return []
    return x509.load_pem_x509_certificates(Path(ground.authority_roots).read_bytes())


def holds(answer: bytes, data: bytes, trusted: list[x509.Certificate]) -> bool:
    """Whether an authority's answer is over `data` and, where roots are trusted, signed under one."""
    try:
        found = decode_timestamp_response(answer)
        if not trusted:
            imprint = found.tst_info.message_imprint
            return bytes(imprint.message) == hashlib.sha256(data).digest()
        builder = VerifierBuilder()
        for root in trusted:
            builder = builder.add_root_certificate(root)
        return builder.build().verify_message(found, data)
    except (VerificationError, ValueError):
        return False


class Stamper:
    """Asks for a stamp once a minute while there is something to stamp."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="axis-stamps", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._thread.join(1)

    def _work(self) -> None:
        while not self._ending.wait(EVERY):
            try:
                stamp(self._ground)
            except (StampRefused, psycopg.Error) as fault:
                log.warning("axis.stamp.failed", reason=str(fault)[:200])
