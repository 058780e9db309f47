"""What hosts do over REST with a session and the people in it."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conference.errors import NotFound
from rooms.access import Action, access_room
from rooms.api.participants import SESSION_ROLE_CHOICES, ParticipantSerializer
from rooms.api.sessions import SessionSerializer
from rooms.models import Participant, Role, Session
from rooms.rules import moderation


class RoleSerializer(serializers.Serializer[Any]):
    role = serializers.ChoiceField(SESSION_ROLE_CHOICES)


class _HostView(APIView):
    """The room's open session, for who may moderate."""

    def open_session(self, request: Request, slug: str) -> Session:
        access = access_room(slug, request.user, Action.MODERATE)
        self.by = access.user.get_full_name() if access.user else ""
        return moderation.open_session(access.room)

    def find(self, session: Session, participant_id: str) -> Participant:
        here = Participant.objects.filter(session=session, left_at=None)
        seat = here.exclude(joined_at=None).filter(pk=participant_id).first()
        if seat is None:
            raise NotFound(_("Nobody in this session has that id."))
        return seat


class ParticipantMute(_HostView):
    """Asks the participant's page to turn its microphone off."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, pk: str) -> Response:
        session = self.open_session(request, slug)
        seat = self.find(session, pk)
        moderation.ask_to_mute(session, number=seat.number, by=self.by)
        return Response(status=204)


class ParticipantsMute(_HostView):
    """Asks all pages but one's own to turn their microphones off."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str) -> Response:
        session = self.open_session(request, slug)
        own = Participant.objects.filter(
            session=session, user=request.user.pk, left_at=None
        )
        moderation.ask_all_to_mute(
            session, by=self.by, but=own.values_list("number", flat=True).first()
        )
        return Response(status=204)


class ParticipantRemove(_HostView):
    """Takes somebody out of the session; not the room's owner."""

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, slug: str, pk: str) -> Response:
        session = self.open_session(request, slug)
        moderation.remove(session, number=self.find(session, pk).number)
        return Response(status=204)


class ParticipantRole(_HostView):
    """What somebody is until they leave the session; not the room's owner."""

    @extend_schema(request=RoleSerializer, responses=ParticipantSerializer)
    def post(self, request: Request, slug: str, pk: str) -> Response:
        session = self.open_session(request, slug)
        seat = self.find(session, pk)
        form = RoleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        role = Role(form.validated_data["role"])
        changed = moderation.change_role(session, number=seat.number, role=role)
        return Response(ParticipantSerializer(changed).data)


class _SessionSwitch(_HostView):
    locked: ClassVar[bool]

    @extend_schema(request=None, responses=SessionSerializer)
    def post(self, request: Request, slug: str) -> Response:
        session = self.open_session(request, slug)
        session = moderation.set_locked(session, locked=self.locked)
        return Response(SessionSerializer(session).data)


class SessionLock(_SessionSwitch):
    """Lets nobody new in, but who may moderate, until the session ends."""

    locked = True


class SessionUnlock(_SessionSwitch):
    locked = False


class SessionEnd(_HostView):
    """Ends the session for everybody."""

    @extend_schema(request=None, responses=SessionSerializer)
    def post(self, request: Request, slug: str) -> Response:
        session = moderation.end(self.open_session(request, slug))
        return Response(SessionSerializer(session).data)
