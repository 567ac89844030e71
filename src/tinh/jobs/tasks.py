"""What is done by the clock. The queue lives in PostgreSQL, so of several processes one does it.

`recover` picks up deliveries whose process died between acknowledgement and judging;
`remind` tells who owes what; `report_figures` delivers what the desk of reports counts; `compact` gathers
small files; `tidy` forgets what has been kept long enough.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.core.management import call_command
from procrastinate import Blueprint

from tinh.axis import api as axis
from tinh.cases import api as cases
from tinh.channels import api as channels
from tinh.desks import api as desks
from tinh.jobs import proving, reminding, sitings
from tinh.jobs.house import house
from tinh.jobs.replies import answer
from tinh.jobs.reportfigures import file_directive_figures, file_report_figures
from tinh.jobs.sources import vault
from tinh.jobs.subjects import expire
from tinh.people import api as people

log = structlog.get_logger()
clockwork = Blueprint()


@clockwork.periodic(cron="*/5 * * * *")
@clockwork.task(name="recover", queueing_lock="recover", lock="lake")
def recover(timestamp: int) -> None:
    """Judge and commit what a dead process had acknowledged."""
    corridor = house().corridor()
    corridor.recover()
    people.link_log(wait=True)  # lines whose writers left the linking to somebody
    log.info("job.done", job="recover", due=timestamp)


@clockwork.periodic(cron="* * * * *")
@clockwork.task(name="deliver", queueing_lock="deliver")
def deliver(timestamp: int) -> None:
    """Send the notices that wait."""
    try:
        answer()
    except Exception:  # what others are told does not wait for it
        log.exception("replies.failed")
    channels.pass_on()
    quiet = "" if reminding.clockwork().open(house().clock.now()) else channels.ABOUT
    sent = channels.deliver(quiet=quiet)
    log.info("job.done", job="deliver", due=timestamp, waiting=sent.waiting, failed=sent.failed)


@clockwork.periodic(cron="* * * * *")
@clockwork.task(name="partners", queueing_lock="partners")
def partners(timestamp: int) -> None:
    """Hand reports to other Open311 systems and hear what became of those handed on."""
    spoken = desks.partners.round_of_partners(vault())
    if spoken:
        log.info("job.done", job="partners", due=timestamp, partners=spoken)


@clockwork.periodic(cron="*/15 * * * *")
@clockwork.task(name="remind", queueing_lock="remind")
def remind(timestamp: int) -> None:
    """The day's reminders: in the morning, or as soon as the server is back, once."""
    sent = reminding.remind()
    if sent.letters:
        log.info("job.done", job="remind", due=timestamp, letters=len(sent.letters))


@clockwork.periodic(cron="17 * * * *")
@clockwork.task(name="compact", queueing_lock="compact", lock="lake")
def compact(timestamp: int) -> None:
    """Gather the small files that frequent deliveries leave."""
    gathered = house().corridor().lake.compact()
    log.info("job.done", job="compact", due=timestamp, tables=gathered)


@clockwork.periodic(cron="*/2 * * * *")
@clockwork.task(name="offer", queueing_lock="offer")
def offer(timestamp: int) -> None:
    """Bring services and rights on the axis in line with what is shared: new systems, days that have come."""
    done = axis.offer(axis.desk())
    log.info("job.done", job="offer", due=timestamp, services=done.services, given=done.given)


@clockwork.periodic(cron="*/10 * * * *")
@clockwork.task(name="site", queueing_lock="site", lock="site")
def site(timestamp: int) -> None:
    """Solve the siting studies whose declaration or data have changed, one after the other."""
    due = sitings.due_sitings()
    for id in due:
        sitings.solve_siting(id, wait=True)
    if due:
        log.info("job.done", job="site", due=timestamp, solved=len(due))


@clockwork.periodic(cron="*/10 * * * *")
@clockwork.task(name="prove", queueing_lock="prove")
def prove(timestamp: int) -> None:
    """Check a part of the histories of cases, anchor them once a day, tell of what does not hold."""
    if found := proving.prove():
        log.error("job.done", job="prove", due=timestamp, broken=len(found))


@clockwork.periodic(cron="11 18 * * *")  # 01:11 in Viet Nam
@clockwork.task(name="report_figures", queueing_lock="report_figures")
def report_figures(timestamp: int) -> None:
    """The desks of citizens' reports and of directives deliver the figures of the months that still move."""
    if done := file_report_figures() + file_directive_figures():
        log.info("job.done", job="report_figures", due=timestamp, months=done)


@clockwork.periodic(cron="23 19 * * *")  # 02:23 in Viet Nam
@clockwork.task(name="tidy", queueing_lock="tidy", lock="lake")
def tidy(timestamp: int) -> None:
    """Drop what lies beyond the reach of as-of reads, and what is known of people for too long."""
    found = house()
    dropped = found.corridor().lake.retain(days=found.as_of_days)
    erased = expire()
    forgotten = people.forget(timedelta(days=found.log_days)) + people.forget_looks()
    forgotten += (
        people.forget_requests(house().clock.now())
        + channels.forget()
        + cases.forget()
        + sum(forget() for forget in found.nightly)
    )
    call_command("clearsessions")
    log.info("job.done", job="tidy", due=timestamp, tables=dropped, forgotten=forgotten, erased=erased)
