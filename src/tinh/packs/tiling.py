"""`base_map` of `province.yaml`: pictures that maps are laid on; as it is written, and compiled."""

from __future__ import annotations

from pydantic import Field

from tinh.kit.errors import Text
from tinh.packs.frozen import Frozen
from tinh.packs.written import NO_WORDS, BothWords, Declared


class BaseMap(Frozen):
    """Where tiles are fetched; no address: maps have borders alone."""

    address: str = ""
    attribution: Text = Text("", "")
    max_zoom: int = 18
    allow_private: bool = False

    def __bool__(self) -> bool:
        return bool(self.address)

    def of(self, z: int, x: int, y: int) -> str:
        """The address of one tile; `{-y}` counts rows from the south (TMS)."""
        said = {"{z}": z, "{x}": x, "{y}": y, "{-y}": (1 << z) - 1 - y}
        address = self.address
        for name, value in said.items():
            address = address.replace(name, str(value))
        return address


class BaseMapEntry(Declared):
    """Pictures that maps are laid on, from a tile server the province may use."""

    address: str = Field(
        "", pattern=r"^(https?://[^/{}@\s?#]+/[^\s{}#]*(\{(z|x|y|-y)\}[^\s{}#]*){3})?$",
        description="address of a tile of 256 pixels in Web Mercator with `{z}`, `{x}` and `{y}` (or `{-y}`)",
    )  # fmt: skip
    attribution: BothWords = Field(NO_WORDS, description="whose map it is, shown below every map")
    max_zoom: int = Field(18, ge=1, le=22, description="the finest zoom the server has")
    allow_private: bool = Field(False, description="it lies inside the network (TINH_PRIVATE_HOSTS names it)")

    def compiled(self) -> BaseMap:
        return BaseMap(
            address=self.address,
            attribution=Text(self.attribution.vi, self.attribution.en or self.attribution.vi),
            max_zoom=self.max_zoom,
            allow_private=self.allow_private,
        )
