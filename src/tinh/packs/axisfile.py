"""How a province writes its place among X-Road instances."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tinh.packs.written import Declared, Id


class RemoteEntry(Declared):
    """A security server, or another axis, through which members elsewhere are called."""

    id: Id = Field(description="short id of the server")
    address: str = Field(
        pattern=r"^https?://[^/]+", description="its address, such as `https://ss.example.vn`"
    )
    serves: list[str] = Field(description="members reached through it: `INSTANCE` or `INSTANCE/CLASS/MEMBER`")
    kind: Literal["security-server", "axis"] = Field(
        "security-server", description="axis: another Tỉnh, whose request hash must agree"
    )
    secret: str = Field("", description="name of the secret shown to it (`TINH_SECRET_NAME`)")
    allow_private: bool = Field(False, description="it lies inside the network (TINH_PRIVATE_HOSTS names it)")
    timeout: float = Field(60.0, gt=0, le=600, description="seconds a call may take")


class AxisEntry(Declared):
    """The province's place among X-Road instances."""

    instance: str = Field(
        "",
        pattern=r"^[A-Za-z0-9'()+,\-.=?]{0,64}$",
        description="instance; `VN-` and the place code if empty",
    )
    classes: list[str] = Field(
        default_factory=lambda: ["GOV", "COM", "ORG"],
        description="classes of members; agencies are GOV, enterprises COM",
    )
    server: str = Field("TINH", description="code of this security server")
    strangers: int = Field(
        60, ge=0, le=10_000,
        description="calls a minute of callers who prove nothing that stand in the log one by one, in "
        "each process; more are counted in one row a minute",
    )  # fmt: skip
    remotes: list[RemoteEntry] = Field(default_factory=list, description="servers of others")
