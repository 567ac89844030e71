"""Service discovery: where the endpoints are, in which formats, and when their services last changed.
https://wiki.open311.org/Service_Discovery"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tinh.rest.open311.markup import FORMATS

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def document(base: str, changed: datetime | None, contact: str, keys: str, real: bool) -> dict[str, Any]:
    """`base`: address of the API; `changed`: when the declarations in force came in force."""
    return {
        "changeset": changed,
        "contact": contact,
        "key_service": keys,
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": base,
                "changeset": changed,
                "type": "production" if real else "test",
                "formats": [mime.partition(";")[0] for mime in FORMATS.values()],
            }
        ],
    }
