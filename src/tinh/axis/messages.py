"""The message log: entries in one chain, batches of them signed, stamps of time over batches.

Rows are written by `writer` alone and never changed; a trigger and privileges refuse it. A kept body
lies apart (`Kept`), so that it can be dropped when its time is over while its digest stays in the chain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import models

from tinh.people.api import Lock


class Entry(models.Model):
    """One message: a request or its response. `digest` is of the entry, `previous` of the one before."""

    personal: ClassVar[Mapping[str, str]] = {
        "seq": "none", "at": "none", "exchange": "none", "kind": "none", "client": "none", "service": "none",
        "client_member": "none", "service_member": "none", "message_id": "none",
        "user": "identifier, of whoever asked; as long as the log", "issue": "none", "represented": "none",
        "method": "none", "path": "other, may name a person; as long as the log",
        "query": "other, may name a person; as long as the log", "status": "none", "error": "none",
        "took": "none",
        "head": "other, may name a person; as long as the log", "head_digest": "none", "body_digest": "none",
        "body_size": "none", "message_hash": "none", "kept_until": "none", "right": "none",
        "direction": "none", "previous": "none", "digest": "none", "batch": "none",
    }  # fmt: skip
    unlocked: ClassVar[str] = (
        "COPY, which writes it, refuses row-level security; the log is added to alone, by trigger and grants"
    )

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    at: models.DateTimeField[Any, Any] = models.DateTimeField(db_index=True)
    exchange: models.CharField[str, str] = models.CharField(max_length=36, db_index=True)
    direction: models.CharField[str, str] = models.CharField(max_length=3)  # in: of us, out: by us
    kind: models.CharField[str, str] = models.CharField(max_length=8)
    client: models.TextField[str, str] = models.TextField()
    service: models.TextField[str, str] = models.TextField()
    client_member: models.TextField[str, str] = models.TextField()
    service_member: models.TextField[str, str] = models.TextField()
    message_id: models.TextField[str, str] = models.TextField(db_index=True)
    user: models.TextField[str, str] = models.TextField()
    issue: models.TextField[str, str] = models.TextField()
    represented: models.TextField[str, str] = models.TextField()
    method: models.TextField[str, str] = models.TextField()
    path: models.TextField[str, str] = models.TextField()
    query: models.TextField[str, str] = models.TextField()
    status: models.IntegerField[int, int] = models.IntegerField()  # 0 for a request
    error: models.TextField[str, str] = models.TextField()
    took: models.IntegerField[int, int] = models.IntegerField()  # microseconds; 0 for a request
    right: models.BigIntegerField[int, int] = models.BigIntegerField()  # that let it through; 0: none
    head: models.TextField[str, str] = models.TextField()
    head_digest: models.CharField[str, str] = models.CharField(max_length=128)
    body_digest: models.CharField[str, str] = models.CharField(max_length=128)
    body_size: models.BigIntegerField[int, int] = models.BigIntegerField()
    message_hash: models.CharField[str, str] = models.CharField(max_length=88)
    kept_until: models.CharField[str, str] = models.CharField(max_length=32)  # ISO; ""
    previous: models.CharField[str, str] = models.CharField(max_length=64)
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    batch: models.BigIntegerField[int, int] = models.BigIntegerField(db_index=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["client_member", "seq"], name="entries_of_client"),
            models.Index(fields=["service_member", "seq"], name="entries_of_service"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.service}"


class Kept(models.Model):
    """The body of one message, for as long as the service's policy says."""

    personal: ClassVar[Mapping[str, str]] = {
        "seq": "none", "body": "other, may be of persons; as the service's policy says", "until": "none",
    }  # fmt: skip
    lock: ClassVar[Lock] = Lock(read="read message log", adding=True, key="seq")

    seq: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    body: models.BinaryField[Any, Any] = models.BinaryField()
    until: models.DateTimeField[Any, Any] = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.seq)


class Batch(models.Model):
    """Entries `first`..`last`, committed together: `statement` is what was signed."""

    personal: ClassVar[Mapping[str, str]] = {
        "number": "none", "first": "none", "last": "none", "at": "none", "previous": "none", "head": "none",
        "root": "none", "statement": "none", "digest": "none", "signature": "none", "certificate": "none",
    }  # fmt: skip

    number: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    first: models.BigIntegerField[int, int] = models.BigIntegerField()
    last: models.BigIntegerField[int, int] = models.BigIntegerField()
    at: models.DateTimeField[Any, Any] = models.DateTimeField()
    previous: models.CharField[str, str] = models.CharField(max_length=64)  # of the statement before
    head: models.CharField[str, str] = models.CharField(max_length=64)  # of the last entry
    root: models.CharField[str, str] = models.CharField(max_length=64)  # of the tree over its entries
    statement: models.TextField[str, str] = models.TextField()
    digest: models.CharField[str, str] = models.CharField(max_length=64)
    signature: models.BinaryField[Any, Any] = models.BinaryField()
    certificate: models.CharField[str, str] = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.number)


class Stamp(models.Model):
    """A timestamp (RFC 3161) over the statements of the batches `first`..`last`."""

    personal: ClassVar[Mapping[str, str]] = {
        "number": "none", "first": "none", "last": "none", "at": "none", "root": "none", "statement": "none",
        "token": "none", "authority": "none",
    }  # fmt: skip

    number: models.BigIntegerField[int, int] = models.BigIntegerField(primary_key=True)
    first: models.BigIntegerField[int, int] = models.BigIntegerField()
    last: models.BigIntegerField[int, int] = models.BigIntegerField()
    at: models.DateTimeField[Any, Any] = models.DateTimeField()
    root: models.CharField[str, str] = models.CharField(max_length=64)
    statement: models.TextField[str, str] = models.TextField()
    token: models.BinaryField[Any, Any] = models.BinaryField()
    authority: models.TextField[str, str] = models.TextField()

    def __str__(self) -> str:
        return str(self.number)
