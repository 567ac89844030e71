"""What is kept of requests of persons, and of looks at clear values, goes when its declared time is over.

As the owner of the tables: the account that serves may delete none of it, and a trigger lets the steps of a
request go only when it was closed so long ago.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from tinh.people.chain import OWNER
from tinh.people.context import through
from tinh.people.lines import Unmasking
from tinh.people.subjects import Restriction, Subject, SubjectEvent, SubjectRequest, Task

CLOSED = ("done", "refused")
REQUESTS = timedelta(days=5 * 366)  # "5 years after it is closed"
LOOKS = timedelta(days=731)  # "2 years"


def forget_requests(now: datetime | None = None) -> int:
    """Drop requests closed long ago with all their steps, and the records of persons nothing else points to;
    one whose restriction still holds stays. The number of requests dropped."""
    limit = (now or timezone.now()) - REQUESTS
    with through("subject"), transaction.atomic(using=OWNER):
        old = (
            SubjectRequest.objects.using(OWNER)
            .filter(state__in=CLOSED)
            .annotate(last=Max("events__at"))
            .filter(last__lt=limit)
            .exclude(restrictions__until=None, restrictions__isnull=False)
        )
        found = list(old.values_list("pk", "subject_id"))
        ids = [pk for pk, _ in found]
        Restriction.objects.using(OWNER).filter(request__in=ids).delete()
        Task.objects.using(OWNER).filter(request__in=ids).delete()
        SubjectEvent.objects.using(OWNER).filter(request__in=ids).delete()
        SubjectRequest.objects.using(OWNER).filter(pk__in=ids).delete()
        alone = Subject.objects.using(OWNER).filter(pk__in=[subject for _, subject in found], account=None)
        alone.filter(requests=None, consents=None, restrictions=None, erased_at=None).delete()
    return len(ids)


def forget_looks(now: datetime | None = None) -> int:
    """Drop leaves to see clear values that ended long ago."""
    limit = (now or timezone.now()) - LOOKS
    with through("record"), transaction.atomic(using=OWNER):
        return Unmasking.objects.using(OWNER).filter(until__lt=limit).delete()[0]
