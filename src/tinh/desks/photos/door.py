"""What other rooms ask of photos: `from tinh.desks.api import photos`.

Taking in: `begin`, `append`, `state_of`, `store`, `drop`, `withdraw`, `forget`, `forget_case`.
Giving to a case: `claim`, `claiming`, `show`.
Making copies: `develop_waiting`, `blur`, `proposals`. Seeing: `of_draft`, `held`, `told`, `of_case`,
`of_cases`, `kept_of`, `copy`, `as_jpeg`, `original`. Those that show the same: `alike`, `alike_shown`,
`settle`.
"""

from __future__ import annotations

from tinh.desks.photos.developing import blur, develop_waiting, proposals
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
from tinh.desks.photos.likeness import Alike, alike, alike_shown, settle
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
    as_jpeg,
    claim,
    claiming,
    copy,
    held,
    kept_of,
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
    "alike_shown",
    "append",
    "as_jpeg",
    "begin",
    "blur",
    "claim",
    "claiming",
    "copy",
    "develop_waiting",
    "drop",
    "forget",
    "forget_case",
    "held",
    "kept_of",
    "of_case",
    "of_cases",
    "of_draft",
    "original",
    "photo",
    "proposals",
    "settle",
    "show",
    "state_of",
    "store",
    "told",
    "withdraw",
]
