"""``/rooms/{slug}/join/``: a place in the session, and the ticket to its sockets."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from conference import draining
from conference.api.scopes import HasScope
from rooms.access import publishable
from rooms.api.participants import ParticipantSerializer
from rooms.join_tokens import enter
from rooms.models import Participant
from rooms.rules.lifecycle import join
from rooms.tickets import make_ticket


class JoinSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(
        max_length=100, help_text="Not needed with a token that has one."
    )
    consent = serializers.BooleanField(
        default=False,
        help_text="Has been told that the session may be recorded, and agrees.",
    )
    resume = serializers.CharField(
        default="",
        allow_blank=True,
        help_text="A resume token; keeps the place that it stands for, if it can.",
    )


class TokenJoinSerializer(JoinSerializer):
    name = serializers.CharField(
        max_length=100,
        default="",
        allow_blank=True,
        help_text="Needed but for a token that has one.",
    )
    token = serializers.CharField(
        required=False,
        max_length=4096,
        help_text="A join token; lets its holder in whoever may enter otherwise.",
    )


class JoinedSerializer(serializers.Serializer[Participant]):
    """How docs/protocol.md answers ("Joining")."""

    participant = ParticipantSerializer(source="*")
    session = serializers.UUIDField(source="session_id")
    state = serializers.SerializerMethodField()
    publish = serializers.SerializerMethodField()
    ticket = serializers.SerializerMethodField()
    control_url = serializers.SerializerMethodField()
    media_url = serializers.SerializerMethodField()

    def get_state(self, participant: Participant) -> str:
        return "admitted"

    def get_publish(self, participant: Participant) -> list[str]:
        return publishable(participant)

    def get_ticket(self, participant: Participant) -> str:
        return make_ticket(participant)

    def get_control_url(self, participant: Participant) -> str:
        return f"/ws/rooms/{participant.session.room.slug}/"

    def get_media_url(self, participant: Participant) -> str:
        return f"{self.get_control_url(participant)}media/"


# Each time they are made, so are all of their fields, which takes as long as a query.
_ASKED = JoinSerializer()
_ASKED_BY_TOKEN = TokenJoinSerializer()
_JOINED = JoinedSerializer()


class JoinView(APIView):
    """Everybody who may enter the room, signed in or not."""

    permission_classes = (HasScope,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "join"

    @extend_schema(request=TokenJoinSerializer, responses={201: JoinedSerializer})
    def post(self, request: Request, slug: str) -> Response:
        draining.check()
        has_token = isinstance(request.data, dict) and "token" in request.data
        form = _ASKED_BY_TOKEN if has_token else _ASKED
        said = form.run_validation(request.data)
        access, admission = enter(slug, request.user, said.pop("token", ""))
        participant = join(access, admission=admission, **said)
        return Response(
            _JOINED.to_representation(participant),
            status=201,
            headers={"Cache-Control": "no-store"},
        )
