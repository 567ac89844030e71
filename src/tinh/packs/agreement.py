"""How a contract declares that two datasets speak of one thing, and whose word counts in its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from tinh.packs.shape import Declared

How = Literal["sum", "mean", "count"]
OverTime = Literal["last", "sum", "mean"]
Trust = Literal["", "own", "their"]


def _figure(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


def _newest(value: Any) -> Any:
    return {"senders": []} if value == "newest" else value


class FigureEntry(Declared):
    """A column of the other dataset and how its rows make one figure; a plain text is the column."""

    column: str = Field("", description="column; may be left out for `count`")
    how: How = Field("sum", description="how the rows of a place and period make one figure")

    @model_validator(mode="after")
    def _column(self) -> FigureEntry:
        if not self.column and self.how != "count":
            raise ValueError("column")
        return self


class _Compared(Declared):
    column: str = Field("", description="column of this dataset; may be left out for `count`")
    how: How = Field("sum", description="how the rows of a place and period make one figure")
    their: Annotated[FigureEntry, BeforeValidator(_figure)] = Field(description="the other dataset's figure")
    tolerance: float | None = Field(
        None, ge=0, le=1, description="share of their figure by which the two may differ, 0.02 for 2 %"
    )
    tolerance_abs: float | None = Field(
        None, ge=0, description="number by which the two may differ, in their unit; instead of `tolerance`"
    )
    over_time: OverTime = Field(
        "last",
        description="datasets of different grains meet at the coarser one, with the finer one's last period "
        "in it, or the sum or mean of them all",
    )
    trust: Trust = Field(
        "", description="which of the two to believe until they agree; shown, changes no value"
    )

    @model_validator(mode="after")
    def _whole(self) -> _Compared:
        if not self.column and self.how != "count":
            raise ValueError("column")
        if (self.tolerance is None) == (self.tolerance_abs is None):
            raise ValueError("tolerance")
        return self


class AgreeEntry(_Compared):
    """Figures of one thing in two datasets agree, per place and period."""

    with_: str = Field(alias="with", description="the other dataset; a register is counted on the last day")


class AddsUpEntry(_Compared):
    """The sum over the communes equals the province's own figure, once every commune is there."""

    dataset: str = Field(description="dataset with the province's own figure")


class PreferEntry(Declared):
    """Whose row counts when several senders report one key; a plain `newest` is the default."""

    senders: list[str] = Field(
        description="agencies or accounts (with their tokens), most trusted first; others come after them"
    )


Prefer = Annotated[PreferEntry, BeforeValidator(_newest)]
