"""Addresses of the pages of meetings."""

from datetime import date

from django.urls import path, register_converter

from rooms import agenda_views
from rooms import meeting_views as views


class DayConverter:
    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

_MEETING = "meetings/<uuid:meeting_id>/"

urlpatterns = [
    path("meetings/", agenda_views.meetings, name="meetings"),
    path("meetings/new/", views.create, name="meeting_create"),
    path("meetings/preview/", views.preview, name="meeting_preview"),
    path(_MEETING, views.meeting, name="meeting"),
    path(f"{_MEETING}edit/", views.edit, name="meeting_edit"),
    path(f"{_MEETING}cancel/", views.cancel, name="meeting_cancel"),
    path(f"{_MEETING}calendar.ics", views.download, name="meeting_file"),
    path(f"{_MEETING}invitees/", views.invitees, name="meeting_invitees"),
    path(
        f"{_MEETING}invitees/<uuid:invitee_id>/send/",
        views.resend,
        name="invitation_send",
    ),
    path(
        f"{_MEETING}occurrences/<day:day>/cancel/",
        views.cancel_day,
        name="occurrence_cancel",
    ),
]
