"""The kinds of sources there are. A new kind is a module and one line here."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from tinh.packs.api import Feed
from tinh.sources.feeds.job import Kind

# Loaded when first asked for: drivers take a while.
_MODULES = {
    "http": "tinh.sources.feeds.web",
    "folder": "tinh.sources.feeds.drop",
    "sql": "tinh.sources.sql.kind",
    "sftp": "tinh.sources.remote.sftp",
    "s3": "tinh.sources.remote.bucket",
    "mqtt": "tinh.sources.mqtt.kind",
    "mail": "tinh.sources.mail.kind",
    "cloudevents": "tinh.sources.cloudevents.kind",
}


def kind_of(feed: Feed) -> Kind:
    return cast(Kind, import_module(_MODULES[feed.kind]))
