"""One exchange as a zip that proves itself with `openssl` alone: messages, proofs, signatures, stamp."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from cryptography.hazmat.primitives import serialization

from tinh.axis import chain
from tinh.axis.ground import ground
from tinh.axis.models import Batch, Entry, Kept, Stamp
from tinh.axis.seals import Seals
from tinh.people import api as people

_INTRO = """# Bằng chứng một lượt trao đổi trên trục · Evidence of one exchange over the axis

Lượt gọi / exchange: `{exchange}`
Từ / from: `{client}`
Tới / to: `{service}`
Thời điểm / at: {at}

Chỉ cần `openssl` và `sh`; chạy các lệnh dưới đây trong thư mục này.
Only `openssl` and `sh` are needed; run the commands below in this folder. Every check must print `OK`.

- `NAME/entry.json`: bản ghi của thông điệp trong nhật ký / the message's entry in the log.
  Its SHA-256 is a leaf of its batch's tree; `previous` is the digest of the entry before it.
- `NAME/head.txt`, `NAME/body.bin`: phần đầu và nội dung / head and body (the body only where it is kept).
- `NAME/proof/`: các mã băm anh em tới gốc / the digests beside the way up to the root.
- `batch-N.txt`, `batch-N.sig`: lô và chữ ký / the batch as signed, and its signature (ECDSA P-256, SHA-256).
- `certificate-N.pem`: chứng thư của khóa ký / the certificate of the key. Compare its fingerprint with the
  one the province publishes at `{public}`: `{fingerprints}`.
"""
PUBLIC = "/truc/chung-thu/"
_NO_STAMP = """
## Dấu thời gian · Timestamp

Lô này chưa có dấu thời gian của bên thứ ba. This batch bears no timestamp of a third party (yet).
"""
_SHA = "openssl dgst -sha256 -binary"


def evidence(entries: list[Entry]) -> bytes:
    """The zip of an exchange's messages (as `search.exchange` gives them)."""
    files: dict[str, bytes] = {}
    text: list[str] = []
    keys = Seals(ground().keys, ground().instance)
    batches = {b.number: b for b in Batch.objects.filter(number__in={e.batch for e in entries})}
    fingerprints = sorted({b.certificate for b in batches.values()})
    first = entries[0]
    text.append(
        _INTRO.format(
            exchange=first.exchange, client=first.client, service=first.service, at=first.at.isoformat(),
            fingerprints="`, `".join(fingerprints), public=f"https://{ground().origin}{PUBLIC}"
            if ground().origin else PUBLIC,
        )
    )  # fmt: skip
    for entry in entries:
        _message(entry, files, text)
    for batch in batches.values():
        _batch(batch, keys, files, text)
    for batch in batches.values():
        _stamp(batch, files, text)
    files["README.md"] = "".join(text).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in sorted(files.items()):
            out.writestr(name, data)
    return packed.getvalue()


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: chain.moment(entry.at) if name == "at" else getattr(entry, name) for name in chain.FIELDS}


def _message(entry: Entry, files: dict[str, bytes], text: list[str]) -> None:
    name = f"{entry.kind}-{entry.seq}"
    files[f"{name}/entry.json"] = chain.line(_fields(entry))
    files[f"{name}/head.txt"] = entry.head.encode()
    with people.through("work"):  # whoever may have the exchange may have what was said in it
        kept = Kept.objects.filter(pk=entry.seq).first()
    leaves = list(Entry.objects.filter(batch=entry.batch).order_by("seq").values_list("seq", "digest"))
    at = [seq for seq, _ in leaves].index(entry.seq)
    steps = chain.path([digest for _, digest in leaves], at)
    lines = [f"{_SHA} {name}/entry.json > {name}/node"]
    lines += _climb(name, steps, files)
    lines.append(_root_is(f"{name}/node", f"batch-{entry.batch}.txt"))
    lines.append(_field_is(f"{name}/entry.json", "head_digest", f"openssl dgst -sha512 -r {name}/head.txt"))
    if kept is not None:
        files[f"{name}/body.bin"] = bytes(kept.body)
        lines.append(
            _field_is(f"{name}/entry.json", "body_digest", f"openssl dgst -sha512 -r {name}/body.bin")
        )
    text.append(f"\n## {entry.kind} · {entry.seq}\n\n```sh\n" + "\n".join(lines) + "\n```\n")


def _climb(name: str, steps: list[tuple[str, str]], files: dict[str, bytes]) -> list[str]:
    lines = []
    for number, (side, digest) in enumerate(steps, 1):
        beside = f"{name}/proof/{number:02}-{side}"
        files[beside] = bytes.fromhex(digest)
        pair = f"{beside} {name}/node" if side == "left" else f"{name}/node {beside}"
        lines.append(f"(printf '\\001'; cat {pair}) | {_SHA} > {name}/next && mv {name}/next {name}/node")
    return lines


def _root_is(node: str, statement: str) -> str:
    return f"grep -qx \"root $(od -An -v -tx1 {node} | tr -d ' \\n')\" {statement} && echo OK"


def _field_is(entry: str, field: str, command: str) -> str:
    return f'grep -q "\\"{field}\\":\\"$({command} | cut -d\' \' -f1)\\"" {entry} && echo OK'


def _batch(batch: Batch, keys: Seals, files: dict[str, bytes], text: list[str]) -> None:
    n = batch.number
    files[f"batch-{n}.txt"] = batch.statement.encode()
    files[f"batch-{n}.sig"] = bytes(batch.signature)
    certificate = keys.certificate(batch.certificate)
    if certificate is not None:
        files[f"certificate-{n}.pem"] = certificate.public_bytes(serialization.Encoding.PEM)
    text.append(
        f"\n## Chữ ký của lô {n} · Signature of batch {n}\n\n```sh\n"
        f"openssl x509 -in certificate-{n}.pem -noout -pubkey > key-{n}.pem\n"
        f"openssl dgst -sha256 -verify key-{n}.pem -signature batch-{n}.sig batch-{n}.txt && echo OK\n```\n"
        f"\nSo dấu vân tay / compare the fingerprint: "
        f"`openssl x509 -in certificate-{n}.pem -noout -fingerprint -sha256`\n"
    )


def _stamp(batch: Batch, files: dict[str, bytes], text: list[str]) -> None:
    stamp = Stamp.objects.filter(first__lte=batch.number, last__gte=batch.number).first()
    if stamp is None:
        text.append(_NO_STAMP)
        return
    n, name = batch.number, f"stamp-{stamp.number}"
    covered = list(
        Batch.objects.filter(number__gte=stamp.first, number__lte=stamp.last)
        .order_by("number")
        .values_list("number", "digest")
    )
    steps = chain.path([d for _, d in covered], [b for b, _ in covered].index(n))
    files[f"{name}.txt"], files[f"{name}.tsr"] = stamp.statement.encode(), bytes(stamp.token)
    folder = f"{name}-{n}"
    files[f"{folder}/.keep"] = b""
    lines = [f"{_SHA} batch-{n}.txt > {folder}/node"]
    lines += _climb(folder, steps, files)
    lines.append(_root_is(f"{folder}/node", f"{name}.txt"))
    lines.append(f"openssl ts -verify -data {name}.txt -in {name}.tsr -CAfile tsa-root.pem && echo OK")
    text.append(
        f"\n## Dấu thời gian của lô {n} · Timestamp of batch {n}\n\nĐặt chứng thư gốc của nơi cấp "
        "dấu thời gian vào `tsa-root.pem`, lấy từ chính nơi ấy. Put the root certificate of the authority "
        f"({stamp.authority}) into `tsa-root.pem`; get it from the authority itself.\n\n```sh\n"
        + "\n".join(lines)
        + "\n```\n"
    )
