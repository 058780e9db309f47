"""Meetings: scheduled, changed and cancelled by the hosts of their room.

Each rule leaves the invitations that follow from it queued, in its transaction.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.errors import Conflict, Invalid, NotFound
from rooms.access import Access, Action
from rooms.addresses import Address, clean_addresses
from rooms.models import Invitee, Meeting, Notice
from rooms.plan import Plan, clean_plan, plan_of
from rooms.recurrence import (
    HORIZON,
    ends_at,
    next_occurrence,
    occurrences,
    starts_at,
)
from rooms.rules.invitations import (
    invite,
    no_invitee,
    part_with,
    queue,
    queue_occurrence,
    set_invitees,
)

DAY = timedelta(days=1)


def check_plan(plan: Plan, meeting: Meeting | None = None) -> None:
    """Raises Invalid where a clean plan cannot be carried out now: a new meeting, or
    a change of this one."""
    now = timezone.now()
    if meeting is None:
        _check_begins_later(plan, now)
    elif plan.schedule != plan_of(meeting).schedule:
        _check_has_days(meeting, plan, now)


def schedule_meeting(
    access: Access, plan: Plan, invitees: Sequence[Address] = ()
) -> Meeting:
    access.check(Action.SCHEDULE)
    plan = clean_plan(plan)
    check_plan(plan)
    with transaction.atomic():
        meeting = Meeting(room=access.room, organiser=access.user)
        _write(meeting, plan)
        meeting.save()
        invite(meeting, invitees)
    return meeting


def change_meeting(
    access: Access,
    meeting: Meeting,
    plan: Plan,
    invitees: Sequence[Address] | None = None,
) -> Meeting:
    """All of its days; days that were cancelled stay so. Invitees that are None stay.

    Who stays invited is told of a change of the plan, who comes or goes is told so.
    """
    access.check(Action.SCHEDULE)
    plan = clean_plan(plan)
    with transaction.atomic():
        meeting = _lock(meeting)
        if plan != plan_of(meeting):
            check_plan(plan, meeting)
            _write(meeting, plan)
            meeting.sequence += 1
            meeting.save()
            queue(meeting.invitees.filter(removed_at=None), Notice.REQUEST)
        if invitees is not None:
            set_invitees(meeting, invitees)
    return meeting


def cancel_meeting(access: Access, meeting: Meeting) -> Meeting:
    access.check(Action.SCHEDULE)
    with transaction.atomic():
        meeting = _lock(meeting)
        now = timezone.now()
        if meeting.is_over(now):
            raise Conflict(_("This meeting is over already."), code="meeting_over")
        meeting.cancelled_at = now
        meeting.sequence += 1
        meeting.save(update_fields=["cancelled_at", "sequence", "updated_at"])
        queue(meeting.invitees.all(), Notice.CANCEL)
    return meeting


def cancel_occurrence(access: Access, meeting: Meeting, day: date) -> Meeting:
    """One day of a series that goes on; the last one is the meeting itself."""
    access.check(Action.SCHEDULE)
    now = timezone.now()
    with transaction.atomic():
        meeting = _lock(meeting)
        schedule = meeting.schedule
        noon = datetime.combine(day, time(12), schedule.zone)
        around = occurrences(schedule, max(now, noon - 2 * DAY), noon + 2 * DAY)
        if all(one.date != day for one in around):
            raise Conflict(
                _("The meeting does not take place on this day."),
                code="no_occurrence",
            )
        rest = replace(schedule, cancelled=schedule.cancelled | {day})
        if next_occurrence(rest, now) is None:
            raise Conflict(
                _("This is the last day of the meeting: cancel the meeting instead."),
                code="last_occurrence",
            )
        meeting.cancelled_occurrences.create(date=day)
        meeting.sequence += 1
        meeting.save(update_fields=["sequence", "updated_at"])
        queue_occurrence(meeting, day)
    return meeting


def add_invitee(access: Access, meeting: Meeting, address: Address) -> Invitee:
    """Who is invited already is not told again."""
    access.check(Action.SCHEDULE)
    [address] = clean_addresses([address])
    with transaction.atomic():
        meeting = _lock(meeting)
        invite(meeting, [address])
    return meeting.invitees.get(email=address.email)


def remove_invitee(access: Access, meeting: Meeting, invitee_id: UUID | str) -> None:
    access.check(Action.SCHEDULE)
    with transaction.atomic():
        invitee = _lock(meeting).invitees.filter(pk=invitee_id, removed_at=None)
        if not invitee.exists():
            raise no_invitee()
        part_with(invitee)


def _write(meeting: Meeting, plan: Plan) -> None:
    meeting.title = plan.title
    meeting.description = plan.description
    meeting.start_date = plan.start.date()
    meeting.start_time = plan.start.time()
    meeting.time_zone = plan.time_zone
    meeting.duration_minutes = plan.duration_minutes
    meeting.rule = plan.rule
    meeting.first_starts_at = starts_at(plan.schedule)
    meeting.last_ends_at = ends_at(plan.schedule)


def _lock(meeting: Meeting) -> Meeting:
    """The row as it is now, nobody else changing it until the transaction ends."""
    found = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("room", "organiser")
        .filter(pk=meeting.pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such meeting."))
    if found.cancelled_at is not None:
        raise Conflict(_("This meeting is cancelled."), code="meeting_cancelled")
    return found


def _check_begins_later(plan: Plan, now: datetime) -> None:
    """To the minute, as people say it."""
    start = starts_at(plan.schedule)
    if start < now.replace(second=0, microsecond=0):
        raise Invalid(
            _("That is in the past: choose a later date or time."), field="starts_at"
        )
    if start > now + HORIZON:
        raise Invalid(
            _("That is more than ten years away: choose an earlier date."),
            field="starts_at",
        )


def _check_has_days(meeting: Meeting, plan: Plan, now: datetime) -> None:
    """A series that has begun may keep its begin, if something is still to come."""
    if starts_at(plan.schedule) >= now or not plan.rule:
        _check_begins_later(plan, now)
    schedule = replace(plan.schedule, cancelled=meeting.schedule.cancelled)
    if next_occurrence(schedule, now) is None:
        raise Invalid(_("No day of this repetition is still to come."), field="rule")
