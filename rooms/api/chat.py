"""``/rooms/{slug}/chat/``: the room's chat from its first day."""

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from conference.api.filters import MomentFilter
from rooms.access import Action, access_room
from rooms.clock import from_us
from rooms.models import ChatMessage


class ChatMessageSerializer(serializers.ModelSerializer[ChatMessage]):
    name = serializers.CharField(source="sender_name", read_only=True)
    sent_at = serializers.SerializerMethodField()

    class Meta:
        model = ChatMessage
        fields = ("id", "session", "participant", "name", "text", "sent_at")
        read_only_fields = fields

    def get_sent_at(self, message: ChatMessage) -> str:
        return from_us(message.sent_us).isoformat()


class ChatFilter(filters.FilterSet):
    text = filters.CharFilter(lookup_expr="icontains")
    session = filters.UUIDFilter("session")
    sent_after = MomentFilter("sent_us", lookup_expr="gte")
    sent_before = MomentFilter("sent_us", lookup_expr="lt")


class RoomChat(ListAPIView[ChatMessage]):
    """Messages are written on the control socket, by who is in the session."""

    serializer_class = ChatMessageSerializer
    filterset_class = ChatFilter
    newest_first_by = "-position"
    queryset = ChatMessage.objects.all()

    def get_queryset(self) -> QuerySet[ChatMessage]:
        access = access_room(self.kwargs["slug"], self.request.user, Action.SEE)
        return super().get_queryset().filter(room=access.room)
