"""The certificates whose keys sign the message log: open to everybody, so that evidence can be compared."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from tinh.axis import api as axis
from tinh.jobs import api as jobs
from tinh.web import formats
from tinh.web.shell import language_of, page
from tinh.web.words import words


def listing(request: HttpRequest) -> HttpResponse:
    language, zone = language_of(request), jobs.catalogue().timezone
    return page(
        request, "seals.html", "axis", words(language)("seals.title"), instance=axis.ground().instance,
        command="openssl x509 -in certificate-1.pem -noout -fingerprint -sha256",
        certificates=[
            {
                "spelt": one.spelt, "fingerprint": one.fingerprint, "current": one.current,
                "since": formats.minute(one.since, language, zone),
                "until": formats.minute(one.until, language, zone),
            }
            for one in _all()
        ],
    )  # fmt: skip


def one(_request: HttpRequest, fingerprint: str) -> HttpResponse:
    for found in _all():
        if found.fingerprint == fingerprint:
            return HttpResponse(found.pem, content_type="application/x-pem-file")
    raise Http404


def _all() -> list[axis.Shown]:
    place = axis.ground()
    return axis.certificates(axis.Seals(place.keys, place.instance))
