"""Addresses of the REST resources, under ``/api/v1/``."""

from django.urls import path

from rooms.api.chat import RoomChat
from rooms.api.invitees import InvitationSend, MeetingInvitee, MeetingInvitees
from rooms.api.join import JoinView
from rooms.api.meetings import MeetingCalendar, MeetingDetail, MeetingList
from rooms.api.members import RoomMember, RoomMembers
from rooms.api.moderation import (
    ParticipantMute,
    ParticipantRemove,
    ParticipantRole,
    ParticipantsMute,
    SessionEnd,
    SessionLock,
    SessionUnlock,
)
from rooms.api.occurrences import MeetingOccurrence, MeetingOccurrences
from rooms.api.participants import RoomParticipants, SessionParticipants
from rooms.api.rooms import RoomDetail, RoomList
from rooms.api.sessions import SessionDetail, SessionList
from rooms.api.tokens import RoomTokens

_PARTICIPANT = "rooms/<slug:slug>/participants/<uuid:pk>/"

urlpatterns = [
    path("rooms/", RoomList.as_view()),
    path("rooms/<slug:slug>/", RoomDetail.as_view()),
    path("rooms/<slug:slug>/join/", JoinView.as_view()),
    path("rooms/<slug:slug>/members/", RoomMembers.as_view()),
    path("rooms/<slug:slug>/members/<uuid:pk>/", RoomMember.as_view()),
    path("rooms/<slug:slug>/participants/", RoomParticipants.as_view()),
    path("rooms/<slug:slug>/participants/mute-all/", ParticipantsMute.as_view()),
    path(f"{_PARTICIPANT}mute/", ParticipantMute.as_view()),
    path(f"{_PARTICIPANT}remove/", ParticipantRemove.as_view()),
    path(f"{_PARTICIPANT}role/", ParticipantRole.as_view()),
    path("rooms/<slug:slug>/tokens/", RoomTokens.as_view()),
    path("rooms/<slug:slug>/lock/", SessionLock.as_view()),
    path("rooms/<slug:slug>/unlock/", SessionUnlock.as_view()),
    path("rooms/<slug:slug>/end/", SessionEnd.as_view()),
    path("rooms/<slug:slug>/chat/", RoomChat.as_view()),
    path("meetings/", MeetingList.as_view()),
    path("meetings/<uuid:pk>/", MeetingDetail.as_view()),
    path("meetings/<uuid:pk>/calendar.ics", MeetingCalendar.as_view()),
    path("meetings/<uuid:pk>/occurrences/", MeetingOccurrences.as_view()),
    path("meetings/<uuid:pk>/occurrences/<str:day>/", MeetingOccurrence.as_view()),
    path("meetings/<uuid:pk>/invitees/", MeetingInvitees.as_view()),
    path("meetings/<uuid:pk>/invitees/<uuid:invitee_id>/", MeetingInvitee.as_view()),
    path(
        "meetings/<uuid:pk>/invitees/<uuid:invitee_id>/send/",
        InvitationSend.as_view(),
    ),
    path("sessions/", SessionList.as_view()),
    path("sessions/<uuid:pk>/", SessionDetail.as_view()),
    path("sessions/<uuid:pk>/participants/", SessionParticipants.as_view()),
]
