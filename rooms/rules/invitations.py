"""Who is invited to a meeting, and the queue of what each of them is still to be told.

There is one row per person, with what is to be said next; what it says is looked up
when the mail is made, so a mail that was late tells what holds now.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.celery import app
from conference.errors import Conflict, NotFound
from rooms.access import Access, Action
from rooms.addresses import Address, check_number
from rooms.models import Invitee, MailState, Meeting, Notice

SEND_INVITATION = "rooms.send_invitation"  # the task, by name
# Pauses before the next try; after the last the mail has failed.
PAUSES = (1, 5, 30, 120)  # minutes
# Somebody who took a mail to send it and is not heard of has died.
LEASE = timedelta(minutes=5)
AT_ONCE = 100  # mails that are queued again by one look at what is due


def invite(meeting: Meeting, addresses: Sequence[Address]) -> None:
    """Invite who is not invited yet. Within a transaction."""
    invited = dict(meeting.invitees.values_list("email", "removed_at"))
    check_number(len({*invited, *(address.email for address in addresses)}))
    now = timezone.now()
    Invitee.objects.bulk_create(
        Invitee(
            meeting=meeting,
            email=address.email,
            name=address.name,
            queued_at=now,
            due_at=now,
        )
        for address in addresses
        if address.email not in invited
    )
    back = {email for email, removed_at in invited.items() if removed_at} & {
        address.email for address in addresses
    }
    meeting.invitees.filter(email__in=back).update(removed_at=None)
    new = {address.email for address in addresses} - invited.keys() | back
    queue(meeting.invitees.filter(email__in=new), Notice.REQUEST)


def set_invitees(meeting: Meeting, addresses: Sequence[Address]) -> None:
    """Invite who is new and part with who is not named. Within a transaction."""
    wanted = {address.email for address in addresses}
    part_with(meeting.invitees.filter(removed_at=None).exclude(email__in=wanted))
    invite(meeting, addresses)


def part_with(invitees: QuerySet[Invitee]) -> None:
    """Who was told of the meeting is told of the end of it; the others just go."""
    gone = list(invitees.values_list("pk", flat=True))
    chosen = Invitee.objects.filter(pk__in=gone)
    being_sent = Q(state=MailState.QUEUED, tries__gt=0)
    chosen.filter(sent_sequence=None).exclude(being_sent).delete()
    chosen.update(removed_at=timezone.now())
    queue(chosen, Notice.CANCEL)


def queue(invitees: QuerySet[Invitee], notice: Notice) -> None:
    _queue(invitees, notice, None)


def queue_occurrence(meeting: Meeting, day: date) -> None:
    """One day is cancelled. Who misses older news gets all of it instead."""
    told = meeting.invitees.filter(removed_at=None)
    behind = list(told.exclude(state=MailState.SENT).values_list("pk", flat=True))
    _queue(told.filter(state=MailState.SENT), Notice.CANCEL_OCCURRENCE, day)
    _queue(told.filter(pk__in=behind), Notice.REQUEST, None)


def send_again(access: Access, meeting: Meeting, invitee_id: UUID | str) -> None:
    access.check(Action.SCHEDULE)
    with transaction.atomic():
        failed = meeting.invitees.filter(pk=invitee_id)
        if not failed.exists():
            raise no_invitee()
        failed = failed.filter(state=MailState.FAILED)
        if not failed.exists():
            raise Conflict(_("This mail has not failed."), code="not_failed")
        gone = failed.exclude(removed_at=None).exists() or meeting.cancelled_at
        queue(failed, Notice.CANCEL if gone else Notice.REQUEST)


def no_invitee() -> NotFound:
    return NotFound(_("Nobody is invited by this address."))


def claim(invitee_id: UUID | str) -> Invitee | None:
    """Take a mail that is due in order to send it; None if there is none.

    Whoever takes it has five minutes; then it is due again.
    """
    now = timezone.now()
    taken = Invitee.objects.filter(
        pk=invitee_id, state=MailState.QUEUED, due_at__lte=now
    ).update(due_at=now + LEASE, tries=F("tries") + 1)
    if not taken:
        return None
    return (
        Invitee.objects.select_related("meeting__room", "meeting__organiser")
        .filter(pk=invitee_id)
        .first()
    )


def mark_sent(invitee: Invitee) -> None:
    """queued -> sent, unless there is more to say by now."""
    same = _same(invitee)
    if invitee.removed_at is not None:
        same.delete()
        return
    same.update(
        state=MailState.SENT,
        reason="",
        sent_at=timezone.now(),
        sent_sequence=invitee.meeting.sequence,
    )


def mark_failed(invitee: Invitee, reason: str, *, permanent: bool) -> None:
    """queued -> failed, or queued for later, with the reason."""
    if permanent or invitee.tries > len(PAUSES):
        _same(invitee).update(state=MailState.FAILED, reason=reason)
        return
    pause = timedelta(minutes=PAUSES[invitee.tries - 1])
    _same(invitee).update(due_at=timezone.now() + pause, reason=reason)


def due() -> list[UUID]:
    """Whose mail is due: those to try again, and those whose task was lost."""
    now = timezone.now()
    waiting = Invitee.objects.filter(state=MailState.QUEUED, due_at__lte=now)
    return list(waiting.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])


def _same(invitee: Invitee) -> QuerySet[Invitee]:
    return Invitee.objects.filter(
        pk=invitee.pk, queued_at=invitee.queued_at, state=MailState.QUEUED
    )


def _queue(invitees: QuerySet[Invitee], notice: Notice, day: date | None) -> None:
    """The mails leave once the transaction is done."""
    now = timezone.now()
    chosen = list(invitees.values_list("pk", flat=True))
    Invitee.objects.filter(pk__in=chosen).update(
        notice=notice,
        occurrence=day,
        state=MailState.QUEUED,
        reason="",
        tries=0,
        queued_at=now,
        due_at=now,
    )
    for pk in chosen:
        transaction.on_commit(_sender(pk), robust=True)


def _sender(pk: UUID) -> Callable[[], object]:
    return lambda: app.send_task(SEND_INVITATION, kwargs={"invitee_id": str(pk)})
