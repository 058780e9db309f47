"""``/rooms/{slug}/members/``: standing roles, given by the room's owner."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView, RetrieveUpdateDestroyAPIView

from rooms.access import Access, Action, access_room
from rooms.models import Member
from rooms.rules.members import (
    add_member,
    change_member,
    find_member,
    remove_member,
)


class MemberSerializer(serializers.ModelSerializer[Member]):
    name = serializers.CharField(source="user.get_full_name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta:
        model = Member
        fields = ("id", "name", "email", "role", "created_at")
        read_only_fields = ("id", "created_at")

    def update(self, instance: Member, validated_data: dict[str, Any]) -> Member:
        role = validated_data.get("role", instance.role)
        return change_member(self.context["access"], instance, role=role)


class NewMemberSerializer(MemberSerializer):
    email = serializers.EmailField(source="user.email")

    def create(self, validated_data: dict[str, Any]) -> Member:
        email = validated_data.pop("user")["email"]
        return add_member(self.context["access"], email=email, **validated_data)


class _Members:
    """The room behind the address, opened for what the method does there."""

    access: Access

    def get_serializer_context(self) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        return {**context, "access": getattr(self, "access", None)}


class RoomMembers(_Members, ListCreateAPIView[Member]):
    """Members see each other; the owner adds people who have signed up."""

    serializer_class = NewMemberSerializer
    queryset = Member.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Member]:
        access = access_room(self.kwargs["slug"], self.request.user, Action.SEE)
        return Member.objects.select_related("user").filter(room=access.room)

    def create(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        self.access = access_room(kwargs["slug"], request.user, Action.MANAGE)
        return super().create(request, *args, **kwargs)


class RoomMember(_Members, RetrieveUpdateDestroyAPIView[Member]):
    """The owner changes a role or removes somebody; members may remove themselves."""

    serializer_class = MemberSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")

    def get_object(self) -> Member:
        action = Action.MANAGE if self.request.method == "PATCH" else Action.SEE
        self.access = access_room(self.kwargs["slug"], self.request.user, action)
        return find_member(self.access, self.kwargs["pk"])

    def perform_destroy(self, instance: Member) -> None:
        remove_member(self.access, instance)
