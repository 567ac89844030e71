"""Being told by this browser: somebody of the staff signs it on and off for their own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse

from tinh.channels import api as channels
from tinh.kit.errors import TinhError
from tinh.people import api as people
from tinh.web.shell import language_of
from tinh.web.words import words

HOME = "/tai-khoan/"
ADDRESS = f"{HOME}thong-bao"


def offered(user: people.User, language: str) -> dict[str, str]:
    """What the page needs to sign this browser on."""
    return {
        "address": ADDRESS, "tag": f"account:{user.pk}", "path": HOME, "key": channels.public_key(),
        "says": words(language)("clerking.push_says"),
    }  # fmt: skip


def told(request: HttpRequest, user: people.User) -> HttpResponse:
    """Sign a browser on (`subscription`, as JSON of the PushManager) or the named one off (`off`)."""
    language = language_of(request)
    try:
        if "off" in request.POST:
            channels.sign_off(request.POST["off"][:2000], f"account:{user.pk}")
            return JsonResponse({"on": False})
        channels.sign_on(request.POST.get("subscription", ""), language, account=user)
    except TinhError as error:
        said = error.told().in_(language)
        return JsonResponse(
            {"code": error.code, "detail": said}, status=error.status,
            json_dumps_params={"ensure_ascii": False},
        )  # fmt: skip
    return JsonResponse({"on": True})
