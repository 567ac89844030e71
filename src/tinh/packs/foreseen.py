"""What a declaration says of the future: what bounds a series, from which likelihood what is said."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict, Field, model_validator

from tinh.packs.frozen import Frozen


class Target(Frozen):
    """A value promised by a day."""

    value: float
    by: date
    source: str = ""
    places: tuple[str, ...] = ()  # codes, or `each`; empty: the province as a whole

    def of(self, place: str, province: str) -> bool:
        """Whether it is this place's."""
        if not self.places:
            return place == province
        return place in self.places or ("each" in self.places and place != province)


class Foreseen(Frozen):
    """What is known of an indicator's series besides its numbers. Anything left out is taken from the
    formula: a share in per cent lies between 0 and 100, a count is whole and never below 0."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    made: bool = Field(True, description="whether it is forecast at all")
    lower: float | None = Field(None, description="values never below this")
    upper: float | None = Field(None, description="values never above this")
    whole: bool | None = Field(None, description="whether values are whole numbers")
    cumulative: bool = Field(False, description="whether values never fall")
    season: int | None = Field(
        None, ge=1, le=8784, description="periods after which it repeats; otherwise a day, a week or a year"
    )


class Verdicts(Frozen):
    """From which likelihood, in per cent, the outlook of a target is called what."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    certain: float = Field(95, ge=50, le=100, description="from this on: certain to be met (Chắc chắn đạt)")
    likely: float = Field(70, ge=50, le=100, description="from this on: likely (Nhiều khả năng đạt)")
    unclear: float = Field(30, ge=0, le=50, description="from this on: not clear (Chưa rõ)")
    unlikely: float = Field(
        5, ge=0, le=50, description="from this on: unlikely (Khó đạt); below it: not to be met (Không đạt)"
    )

    @model_validator(mode="after")
    def _falling(self) -> Verdicts:
        if not self.certain > self.likely > self.unclear > self.unlikely:
            raise ValueError("verdicts")
        return self


AS_SAID = Verdicts.model_validate({})
AS_COUNTED = Foreseen.model_validate({})
