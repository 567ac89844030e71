"""What cases have to tell goes into the outbox: taken and written down in one transaction, so neither lost
nor told twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args

from django.db import transaction

from tinh.cases import api as cases
from tinh.channels.models import Device
from tinh.channels.notice import Channel, Notice
from tinh.channels.outbox import send
from tinh.channels.push import devices_of
from tinh.kit.errors import TinhError
from tinh.people import api as people

_AT_ONCE = 200


def pass_on(now: datetime | None = None, most: int = 2000) -> int:
    """Hand what cases have to tell to the outbox; how many notices."""
    done = 0
    for channel in get_args(Channel):
        while done < most:
            with transaction.atomic():
                taken = cases.claim(channel, _AT_ONCE, now)
                for one in taken:
                    _hand_over(one, channel, now)
            done += len(taken)
            if len(taken) < _AT_ONCE:
                break
    return done


def _hand_over(one: cases.Claimed, channel: Channel, now: datetime | None) -> None:
    addresses = _devices(one) if channel == "push" else [one.address]
    language: Literal["vi", "en"] = "en" if one.language == "en" else "vi"
    try:
        with transaction.atomic():
            for address in addresses:
                send(
                    Notice(
                        address, one.subject, one.body, one.key, f"case:{one.code}", one.name, language,
                        channel=channel, link=one.path, citizen=not one.recipient.startswith("account:"),
                    ),
                    now,
                )  # fmt: skip
    except TinhError as unfit:  # no address mail can go to, no telephone number
        cases.settle(one.id, False, f"{unfit.code} {unfit.detail().vi}", final=True, moment=now)
        return
    answer = "" if addresses else "không có thiết bị nào"
    cases.settle(one.id, True, answer, receipt={"handed over": len(addresses)}, moment=now)


def register() -> None:
    """Whose data is erased is not called on any more: their browsers are forgotten with them."""
    cases.register_forgetter(_forget)


def _forget(parties: Sequence[int]) -> None:
    with people.through("work"):
        Device.objects.filter(holder__in=[f"party:{one}" for one in parties]).delete()


def _devices(one: cases.Claimed) -> list[str]:
    """The browsers of an account, or those that signed on for a citizen and the one that was named."""
    kind, _, number = one.recipient.partition(":")
    if kind != "account":
        named = [one.address] if one.address.isdecimal() else []
        return list(dict.fromkeys([*named, *(str(pk) for pk in devices_of(one.recipient))]))
    with people.through("work"):
        return [str(pk) for pk in Device.objects.filter(account_id=int(number)).values_list("pk", flat=True)]
