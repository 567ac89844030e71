"""What other rooms ask of photos: `from tinh.desks.api import photos`.

Taking in: `begin`, `append`, `state_of`, `store`, `drop`, `withdraw`, `forget`, `forget_case`.
Giving to a case: `claim`, `show`.
Making copies: `develop_waiting`, `blur`, `proposals`. Seeing: `of_draft`, `told`, `of_case`, `of_cases`,
`copy`, `original`, `alike`.
"""

from __future__ import annotations

from tinh.desks.photos.developing import Alike, alike, blur, develop_waiting, proposals
from tinh.desks.photos.errors import (
    BoxUnfit,
    LengthMissing,
    NoSuchPhoto,
    NotAPhoto,
    NotReadyYet,
    PhotoError,
    PhotoTooLarge,
    SecretMissing,
)
from tinh.desks.photos.limits import LIMITS
from tinh.desks.photos.receiving import (
    Upload,
    append,
    begin,
    drop,
    forget,
    forget_case,
    state_of,
    store,
    withdraw,
)
from tinh.desks.photos.viewing import (
    Told,
    View,
    claim,
    copy,
    of_case,
    of_cases,
    of_draft,
    original,
    photo,
    show,
    told,
)

__all__ = [
    "LIMITS",
    "Alike",
    "BoxUnfit",
    "LengthMissing",
    "NoSuchPhoto",
    "NotAPhoto",
    "NotReadyYet",
    "PhotoError",
    "PhotoTooLarge",
    "SecretMissing",
    "Told",
    "Upload",
    "View",
    "alike",
    "append",
    "begin",
    "blur",
    "claim",
    "copy",
    "develop_waiting",
    "drop",
    "forget",
    "forget_case",
    "of_case",
    "of_cases",
    "of_draft",
    "original",
    "photo",
    "proposals",
    "show",
    "state_of",
    "store",
    "told",
    "withdraw",
]
