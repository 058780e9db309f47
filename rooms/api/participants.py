"""``/rooms/{slug}/participants/`` and ``/sessions/{id}/participants/``."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from rooms.access import SESSION_ROLES, Action, access_room, access_session
from rooms.models import Participant, Role

SESSION_ROLE_CHOICES = [(role.value, role.label) for role in SESSION_ROLES]


class ParticipantSerializer(serializers.ModelSerializer[Participant]):
    signed_in = serializers.SerializerMethodField()
    tracks = serializers.DictField(read_only=True)

    class Meta:
        model = Participant
        fields = (
            "id",
            "number",
            "name",
            "role",
            "signed_in",
            "connected",
            "joined_at",
            "left_at",
            "hand_raised_at",
            "tracks",
        )
        read_only_fields = fields

    def get_signed_in(self, participant: Participant) -> bool:
        return participant.user_id is not None


class ParticipantFilter(filters.FilterSet):
    name = filters.CharFilter(lookup_expr="icontains")
    role = filters.ChoiceFilter(choices=Role.choices)


class _Participants(ListAPIView[Participant]):
    """Those who have joined; who is on their way in is nobody's business yet."""

    serializer_class = ParticipantSerializer
    filterset_class = ParticipantFilter
    newest_first_by = "-joined_at"
    queryset = Participant.objects.exclude(joined_at=None)


class RoomParticipants(_Participants):
    """Who is in the room now."""

    def get_queryset(self) -> QuerySet[Participant]:
        access = access_room(self.kwargs["slug"], self.request.user, Action.SEE)
        return super().get_queryset().filter(session__room=access.room, left_at=None)


class SessionParticipants(_Participants):
    """Everybody who was in a session."""

    def get_queryset(self) -> QuerySet[Participant]:
        session, _access = access_session(
            self.kwargs["pk"], self.request.user, Action.SEE
        )
        return super().get_queryset().filter(session=session)
