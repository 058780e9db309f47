"""``/rooms/`` and ``/rooms/{slug}/``."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView, RetrieveUpdateDestroyAPIView

from rooms.access import Action, access_room, visible_rooms
from rooms.models import Entry, Room, RoomKind
from rooms.rules.rooms import (
    RETENTION_LIMIT,
    create_room,
    delete_room,
    update_room,
)


class RoomSerializer(serializers.ModelSerializer[Room]):
    owner = serializers.CharField(source="owner.get_full_name", read_only=True)

    class Meta:
        model = Room
        fields = (
            "id",
            "slug",
            "name",
            "kind",
            "attendees_chat",
            "entry",
            "recorders",
            "retention_days",
            "keep_unrecorded_days",
            "owner",
            "created_at",
            "archived_at",
        )
        read_only_fields = ("id", "slug", "created_at", "archived_at")
        extra_kwargs: ClassVar = {
            "retention_days": {
                "max_value": RETENTION_LIMIT,
                "help_text": "Days after which recordings are deleted; 0: never.",
            },
            "keep_unrecorded_days": {
                "max_value": RETENTION_LIMIT,
                "help_text": "Sessions that nobody records are recorded by themselves"
                " and kept for so many days; 0: nothing of them is kept.",
            },
        }

    def create(self, validated_data: dict[str, Any]) -> Room:
        return create_room(**validated_data)

    def update(self, instance: Room, validated_data: dict[str, Any]) -> Room:
        return update_room(instance, **validated_data)


class RoomFilter(filters.FilterSet):
    name = filters.CharFilter(lookup_expr="icontains")
    kind = filters.ChoiceFilter(choices=RoomKind.choices)
    entry = filters.ChoiceFilter(choices=Entry.choices)


class RoomList(ListCreateAPIView[Room]):
    """One's own rooms and those one is a member of; a new one is one's own."""

    serializer_class = RoomSerializer
    filterset_class = RoomFilter
    queryset = Room.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Room]:
        return visible_rooms(self.request.user).select_related("owner")

    def perform_create(self, serializer: serializers.BaseSerializer[Room]) -> None:
        serializer.save(owner=self.request.user)


class RoomDetail(RetrieveUpdateDestroyAPIView[Room]):
    """A room: its members see it, its owner changes and deletes it."""

    serializer_class = RoomSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")
    actions = {"PATCH": Action.MANAGE, "DELETE": Action.MANAGE}

    def get_object(self) -> Room:
        action = self.actions.get(self.request.method or "", Action.SEE)
        return access_room(self.kwargs["slug"], self.request.user, action).room

    def perform_destroy(self, instance: Room) -> None:
        delete_room(instance)
