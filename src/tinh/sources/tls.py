"""Encryption as declared, for connections whose drivers take a context."""

from __future__ import annotations

import ssl

from tinh.packs.api import Tls
from tinh.sources.feeds.job import Job


def context_of(job: Job, tls: Tls) -> ssl.SSLContext:
    """Verified unless `require` asks for less; the source's own authority counts besides TINH_FEED_CA."""
    context = ssl.create_default_context(cadata=tls.authority or None)
    if job.ground.authority:
        context.load_verify_locations(cafile=job.ground.authority)
    if tls.mode == "require":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if tls.certificate:
        paper = job.spool.paper("crt", tls.certificate)
        context.load_cert_chain(paper, job.spool.paper("key", job.secrets.get(tls.key)))
    return context
