"""A meeting's calendar file as an HTTP answer, for pages and REST."""

from django.http import HttpResponse

from rooms.calendar import Method, write
from rooms.invitation_mail import calendar_entry
from rooms.models import Meeting


def serve_calendar(meeting: Meeting) -> HttpResponse:
    method = Method.CANCEL if meeting.cancelled_at else Method.PUBLISH
    return HttpResponse(
        write(calendar_entry(meeting), method),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
    )
