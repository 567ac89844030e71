"""Being told by this browser: the sender of a report signs it on and off."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from tinh.cases import api as cases
from tinh.channels import api as channels
from tinh.desks.api import reports
from tinh.kit.errors import TinhError
from tinh.web.shell import language_of
from tinh.web.words import words


def offered(tracked: reports.Tracked, key: str, language: str) -> dict[str, str] | None:
    """What the page needs to sign this browser on; None when there is nobody to be told any more."""
    if cases.reporter_of(tracked.code) is None:
        return None
    path = f"/phan-anh/theo-doi/{key}"
    return {
        "address": f"{path}/thong-bao",
        "tag": f"case:{tracked.code}",
        "path": path,
        "key": channels.public_key(),
        "says": words(language)("offline.push_says"),
    }


def signed(request: HttpRequest, tracked: reports.Tracked) -> bool:
    """Sign a browser on (`subscription`, as JSON of the PushManager) or the named one off (`off`); whether it
    is on now. Raises NotTold, DeviceUnfit."""
    party = cases.reporter_of(tracked.code)
    if party is None:
        raise reports.NotTold
    holder = f"party:{party}"
    if "off" in request.POST:
        channels.sign_off(request.POST["off"][:2000], holder)
        cases.wish_push(party, bool(channels.devices_of(holder)))
        return False
    channels.sign_on(request.POST.get("subscription", ""), language_of(request), holder=holder)
    cases.wish_push(party, True)
    return True


def refusal(request: HttpRequest, error: TinhError) -> HttpResponse:
    language = language_of(request)
    said = {"code": error.code, "detail": error.told().in_(language)}
    status = 404 if isinstance(error, reports.NotTold) else error.status  # nothing stands behind the address
    return JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})
