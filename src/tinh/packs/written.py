"""What all declared files share: strict models, ids, words in both languages."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _id(value: Any) -> Any:
    if isinstance(value, str) and not (ID.fullmatch(value) and len(value) <= 60):
        raise ValueError("id")
    return value


def _words(value: Any) -> Any:
    return {"vi": value, "en": value} if isinstance(value, str) else value


Id = Annotated[str, BeforeValidator(_id), Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Declared(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Words(Declared):
    """The same words in both languages; a plain text means both."""

    vi: str = Field(description="Vietnamese")
    en: str = Field("", description="English; empty: the Vietnamese words")


BothWords = Annotated[Words, BeforeValidator(_words)]

NO_WORDS = Words(vi="", en="")
