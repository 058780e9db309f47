"""``/sessions/`` and ``/sessions/{id}/``."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView

from conference.api.filters import YesNoFilter
from rooms.access import Action, access_session, visible_rooms
from rooms.models import Session


class SessionSerializer(serializers.ModelSerializer[Session]):
    room = serializers.SlugRelatedField[Session](slug_field="slug", read_only=True)
    room_name = serializers.CharField(source="room.name", read_only=True)

    class Meta:
        model = Session
        fields = ("id", "room", "room_name", "started_at", "ended_at", "locked")
        read_only_fields = fields


class SessionFilter(filters.FilterSet):
    room = filters.CharFilter("room__slug")
    open = YesNoFilter("ended_at", lookup_expr="isnull")
    started_after = filters.IsoDateTimeFilter("started_at", lookup_expr="gte")
    started_before = filters.IsoDateTimeFilter("started_at", lookup_expr="lt")


class SessionList(ListAPIView[Session]):
    """The sessions of all rooms that one may see."""

    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    newest_first_by = "-started_at"
    queryset = Session.objects.select_related("room")

    def get_queryset(self) -> QuerySet[Session]:
        return super().get_queryset().filter(room__in=visible_rooms(self.request.user))


class SessionDetail(RetrieveAPIView[Session]):
    serializer_class = SessionSerializer

    def get_object(self) -> Session:
        session, _access = access_session(
            self.kwargs["pk"], self.request.user, Action.SEE
        )
        return session
