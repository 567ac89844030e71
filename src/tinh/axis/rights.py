"""Rights to call: given with a purpose, a legal basis and a period, taken back with a reason."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from tinh.axis.errors import GroundMissing, NoSuchMember
from tinh.axis.ground import ground
from tinh.axis.models import Group, Right, Service, Subsystem

METHODS = ("*", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE")


def grant(
    service: Service,
    to: Subsystem | Group,
    *,
    purpose: str,
    basis: str,
    by: str,
    since: date | None = None,
    until: date | None = None,
    method: str = "*",
    path: str = "**",
    reason: str = "",
) -> Right:
    """Let `to` call `service` (or one endpoint of it: `*` in a path is one part, `**` any)."""
    first = since or today()
    for missing, vi, en in (
        (not purpose.strip(), "thiếu mục đích", "no purpose"),
        (not basis.strip(), "thiếu căn cứ pháp lý", "no legal basis"),
        (until is not None and until < first, "đến ngày trước từ ngày", "the last day is before the first"),
        (method.upper() not in METHODS, f"phương thức lạ: {method[:20]}", f"unknown method: {method[:20]}"),
        (
            path not in ("**", "") and not path.startswith("/"),
            "đường dẫn phải bắt đầu bằng /", "a path begins with /",
        ),
        (
            isinstance(to, Group) and to.owner_id != service.subsystem_id,  # type: ignore[attr-defined]  # Django's
            "nhóm thuộc hệ thống khác", "the group belongs to another subsystem",
        ),
    ):  # fmt: skip
        if missing:
            raise GroundMissing(why_vi=vi, why_en=en)
    return Right.objects.create(
        service=service, subsystem=to if isinstance(to, Subsystem) else None,
        group=to if isinstance(to, Group) else None, method=method.upper(), path=path or "**",
        purpose=purpose.strip()[:300], basis=basis.strip()[:300], since=first, until=until, given_by=by,
        reason=reason.strip()[:300],
    )  # fmt: skip


def revoke(right: int, by: str, why: str) -> Right:
    """Take a right back, from now on; it stays on record."""
    found = Right.objects.select_related("service__subsystem__member").filter(pk=right).first()
    if found is None or found.revoked_at is not None:
        raise NoSuchMember(what="right", name=right)
    if not why.strip():
        raise GroundMissing(why_vi="thiếu lý do thu hồi", why_en="no reason for taking it back")
    found.revoked_at, found.revoked_by, found.revoked_why = timezone.now(), by, why.strip()[:300]
    found.save(update_fields=["revoked_at", "revoked_by", "revoked_why"])
    return found


def live_rights() -> QuerySet[Right]:
    """Rights that hold today or will, with what they name."""
    return (
        Right.objects.select_related(
            "service__subsystem__member", "subsystem__member", "group__owner__member"
        )
        .filter(Q(until=None) | Q(until__gte=today()), revoked_at=None)
        .order_by("service__subsystem__member__code", "service__code", "pk")
    )


def today() -> date:
    stand = ground()
    return stand.now().astimezone(stand.zone).date()
