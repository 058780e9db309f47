"""The mail that tells an invitee of a meeting: text, HTML and a calendar file.

Calendars take the file from the alternative; who reads mail elsewhere gets it as an
attachment, too.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rooms import calendar
from rooms.calendar import Method, Person
from rooms.models import Invitee, Meeting, Notice
from rooms.recurrence_words import day_words, first_words, rule_words, time_words


def calendar_entry(meeting: Meeting) -> calendar.Entry:
    organiser = meeting.organiser
    return calendar.Entry(
        uid=str(meeting.pk),
        sequence=meeting.sequence,
        schedule=meeting.schedule,
        title=meeting.title,
        description=meeting.description,
        url=join_url(meeting),
        organiser=Person(organiser.email, _one_line(organiser.get_full_name())),
        updated_at=meeting.updated_at,
    )


def join_url(meeting: Meeting) -> str:
    return f"{settings.PUBLIC_URL}{reverse('room', args=[meeting.room.slug])}"


def make_mail(invitee: Invitee) -> EmailMultiAlternatives:
    """Raises nothing for what people have typed: it has been cleaned."""
    meeting = invitee.meeting
    words = _words(invitee)
    organiser = _one_line(meeting.organiser.get_full_name())
    context = {
        "words": words,
        "meeting": meeting,
        "organiser": organiser,
        "join_url": join_url(meeting),
    }
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender = _("%(name)s via Conference") % {"name": organiser}
    mail = EmailMultiAlternatives(
        subject=f"{words.subject}: {meeting.title}",
        body=render_to_string("mails/invitation.txt", context),
        from_email=formataddr((sender, address)),
        to=[formataddr((invitee.name, invitee.email))],
        reply_to=[meeting.organiser.email],
    )
    mail.attach_alternative(
        render_to_string("mails/invitation.html", context), "text/html"
    )
    method = Method.REQUEST if words.is_on else Method.CANCEL
    file = calendar.write(
        calendar_entry(meeting),
        method,
        attendee=Person(invitee.email, invitee.name),
        occurrence=invitee.occurrence,
    )
    mail.attach_alternative(file.decode(), f"text/calendar; method={method}")
    mail.attach("invite.ics", file, "application/ics")
    return mail


@dataclass(frozen=True, slots=True)
class _Words:
    subject: str
    sentence: str
    when: str
    repeats: str
    is_on: bool


def _words(invitee: Invitee) -> _Words:
    schedule = invitee.meeting.schedule
    when, repeats = first_words(schedule), rule_words(schedule)
    match invitee.notice:
        case Notice.CANCEL if invitee.removed_at is not None:
            sentence = _("You are no longer invited to this meeting.")
            return _Words(
                pgettext("meeting", "Cancelled"), sentence, when, repeats, False
            )
        case Notice.CANCEL:
            sentence = _("This meeting is cancelled.")
            return _Words(
                pgettext("meeting", "Cancelled"), sentence, when, repeats, False
            )
        case Notice.CANCEL_OCCURRENCE:
            assert invitee.occurrence is not None  # noqa: S101  queued with it
            when = _day(invitee.meeting, invitee.occurrence)
            sentence = _("This meeting does not take place on one day:")
            return _Words(_("Cancelled for one day"), sentence, when, "", False)
        case _ if invitee.sent_sequence is None:
            sentence = _("You are invited to a meeting.")
            return _Words(_("Invitation"), sentence, when, repeats, True)
        case _:
            sentence = _("A meeting that you are invited to has changed.")
            return _Words(_("Changed"), sentence, when, repeats, True)


def _day(meeting: Meeting, day: date) -> str:
    zone = meeting.schedule.zone
    start = datetime.combine(day, meeting.start_time, zone).astimezone(UTC)
    times = time_words(start, start + meeting.duration, zone)
    return f"{day_words(day)}, {times} ({meeting.time_zone.replace('_', ' ')})"


def _one_line(name: str) -> str:
    return " ".join(name.split())
