"""``/rooms/{slug}/recordings/``, ``/recordings/`` and ``/recordings/{id}/``."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conference.api.filters import MomentFilter
from recordings.access import access_recording, visible_recordings
from recordings.models import Recording
from recordings.models.recording import RecordingState
from recordings.rules import (
    delete_recording,
    rename,
    set_retention,
    start_recording,
    stop_recording,
)
from recordings.rules.recording import TITLE_LIMIT
from rooms.access import Action, access_room
from rooms.rules.rooms import RETENTION_LIMIT


class RecordingSerializer(serializers.ModelSerializer[Recording]):
    room = serializers.CharField(source="room.slug", read_only=True)
    room_name = serializers.CharField(source="room.name", read_only=True)
    title = serializers.CharField(max_length=TITLE_LIMIT)
    state = serializers.ChoiceField(RecordingState.choices, read_only=True)
    started_at = serializers.DateTimeField(read_only=True)
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)
    seconds = serializers.FloatField(read_only=True, allow_null=True)
    keep_days = serializers.IntegerField(
        min_value=0,
        max_value=RETENTION_LIMIT,
        allow_null=True,
        help_text="Days until it is deleted; 0: until somebody does; null: the room's.",
    )
    expires_at = serializers.DateTimeField(read_only=True, allow_null=True)
    is_held = serializers.BooleanField(
        read_only=True, help_text="Under a legal hold: cannot be deleted."
    )

    class Meta:
        model = Recording
        fields = (
            "id",
            "room",
            "room_name",
            "session",
            "title",
            "state",
            "started_at",
            "ended_at",
            "seconds",
            "bytes",
            "keep_days",
            "expires_at",
            "is_held",
            "created_at",
        )
        read_only_fields = ("id", "session", "bytes", "created_at")

    def update(self, instance: Recording, validated_data: dict[str, Any]) -> Recording:
        access = self.context["access"]
        with transaction.atomic():
            if "title" in validated_data:
                rename(access, instance, validated_data["title"])
            if "keep_days" in validated_data:
                set_retention(access, instance, validated_data["keep_days"])
        return instance


class RecordingFilter(filters.FilterSet):
    room = filters.CharFilter("room__slug")
    session = filters.UUIDFilter("session")
    title = filters.CharFilter(lookup_expr="icontains")
    state = filters.ChoiceFilter(choices=RecordingState.choices, method="filter_state")
    started_after = MomentFilter("started_us", lookup_expr="gte")
    started_before = MomentFilter("started_us", lookup_expr="lt")

    def filter_state(self, queryset: Any, name: str, value: str) -> QuerySet[Recording]:
        found: QuerySet[Recording] = queryset.in_state(value)
        return found


class RecordingList(ListAPIView[Recording]):
    """The recordings of all rooms that one may see."""

    serializer_class = RecordingSerializer
    filterset_class = RecordingFilter
    queryset = Recording.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Recording]:
        visible = visible_recordings(self.request.user)
        return visible.select_related("room", "hold").defer("chat_words")


class RecordingDetail(RetrieveUpdateDestroyAPIView[Recording]):
    """Members of the room see a recording; hosts rename and delete it."""

    serializer_class = RecordingSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")

    def get_object(self) -> Recording:
        recording, self.access = access_recording(
            self.kwargs["pk"], self.request.user, _action_of(self.request)
        )
        return recording

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        return {**context, "access": getattr(self, "access", None)}

    def perform_destroy(self, instance: Recording) -> None:
        delete_recording(self.access, instance)


class RoomRecordings(APIView):
    """Starts a recording of the room's open session."""

    @extend_schema(request=None, responses={201: RecordingSerializer})
    def post(self, request: Request, slug: str) -> Response:
        access = access_room(slug, request.user, Action.RECORD)
        recording = start_recording(access)
        data = RecordingSerializer(recording).data
        return Response(data, status=status.HTTP_201_CREATED)


class RecordingStop(APIView):
    @extend_schema(request=None, responses=RecordingSerializer)
    def post(self, request: Request, pk: str) -> Response:
        recording, access = access_recording(pk, request.user, Action.RECORD)
        recording = stop_recording(access, recording)
        return Response(RecordingSerializer(recording).data)


def _action_of(request: Request) -> Action:
    return Action.SEE if request.method in ("GET", "HEAD") else Action.CURATE
