"""A server process of its own for tests that kill one: `python -m tests.axis.served HOME`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.harness.server import ROOT
from tinh.packs.api import compile as compile_province
from tinh.site.api import prepare, read_options, serve


def _say(address: str) -> None:
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()


def main(home: Path) -> None:
    prepared = prepare(
        compile_province(ROOT / "provinces" / "thai-nguyen"),
        home,
        read_options({}, home=home.parent, port=0, log="error", outlooks="off"),
    )
    from tests.axis.conftest import ECHO
    from tinh.axis import api as axis

    axis.provide("echo", lambda _reference: ECHO)
    try:
        provider = axis.service("so-tc/KILL/echo")
    except axis.NoSuchMember:
        provider = axis.publish("so-tc/KILL/echo", "echo:", keep="body")
        client = axis.add_subsystem("so-khcn/KILL")
        axis.grant(provider, client, purpose="p", basis="b", by="t")
        (home / "key").write_text(axis.create_key(client, "k", "t")[1])
    _say(f"ready {provider}")
    serve(prepared, "127.0.0.1", 0, on_ready=_say)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
