"""``/meetings/{id}/invitees/``: people invited by e-mail, and whether they know."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rooms.access import Action, access_meeting
from rooms.addresses import NAME_LIMIT, Address
from rooms.models import Invitee
from rooms.rules.invitations import send_again
from rooms.rules.scheduling import add_invitee, remove_invitee


class AddressSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(
        max_length=NAME_LIMIT, allow_blank=True, required=False, default=""
    )


class InviteeSerializer(serializers.ModelSerializer[Invitee]):
    class Meta:
        model = Invitee
        fields = (
            "id",
            "email",
            "name",
            "notice",
            "state",
            "reason",
            "sent_sequence",
            "sent_at",
            "created_at",
        )
        read_only_fields = (
            "id",
            "notice",
            "state",
            "reason",
            "sent_sequence",
            "sent_at",
            "created_at",
        )
        extra_kwargs = {"name": {"required": False}}


class MeetingInvitees(ListCreateAPIView[Invitee]):
    """Members of the room see them; its hosts invite more. Mails leave at once."""

    serializer_class = InviteeSerializer
    queryset = Invitee.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Invitee]:
        meeting, _access = access_meeting(
            self.kwargs["pk"], self.request.user, Action.SEE
        )
        return meeting.invitees.filter(removed_at=None)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        meeting, access = access_meeting(kwargs["pk"], request.user, Action.SCHEDULE)
        form = AddressSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        invitee = add_invitee(access, meeting, Address(**form.validated_data))
        return Response(InviteeSerializer(invitee).data, status=201)


class MeetingInvitee(APIView):
    """Uninvites somebody, who is told so by mail."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: str, invitee_id: str) -> Response:
        meeting, access = access_meeting(pk, request.user, Action.SCHEDULE)
        remove_invitee(access, meeting, invitee_id)
        return Response(status=204)


class InvitationSend(APIView):
    """Sends a mail again that has failed."""

    @extend_schema(request=None, responses={200: InviteeSerializer})
    def post(self, request: Request, pk: str, invitee_id: str) -> Response:
        meeting, access = access_meeting(pk, request.user, Action.SCHEDULE)
        send_again(access, meeting, invitee_id)
        invitee = meeting.invitees.get(pk=invitee_id)
        return Response(InviteeSerializer(invitee).data)
