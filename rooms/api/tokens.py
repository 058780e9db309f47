"""``/rooms/{slug}/tokens/``: links by which an application lets people into a room."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rooms.access import KINDS, Action, access_room
from rooms.api.participants import SESSION_ROLE_CHOICES
from rooms.join_tokens import DEFAULT_LIFE, Admission, make_token


class AdmissionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=100,
        help_text="Without one the holder chooses.",
    )
    role = serializers.ChoiceField(SESSION_ROLE_CHOICES, default="guest")
    publish = serializers.ListField(
        child=serializers.ChoiceField(KINDS),
        default=list(KINDS),
        help_text="Kinds of track that the holder may publish.",
    )
    not_before = serializers.DateTimeField(default=None, allow_null=True)
    expires_at = serializers.DateTimeField(
        required=False, help_text="Within 30 days; an hour from now if not given."
    )
    eject = serializers.BooleanField(
        default=False, help_text="Take the holder out of the session then."
    )


class JoinTokenSerializer(AdmissionSerializer):
    token = serializers.CharField(read_only=True, help_text="For `join`.")
    url = serializers.URLField(read_only=True, help_text="Opens the room with it.")


class RoomTokens(APIView):
    """Nothing is kept of a token, so it cannot be taken back before it expires."""

    @extend_schema(request=AdmissionSerializer, responses={201: JoinTokenSerializer})
    def post(self, request: Request, slug: str) -> Response:
        access = access_room(slug, request.user, Action.MANAGE)
        form = AdmissionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        said = {"expires_at": timezone.now() + DEFAULT_LIFE} | form.validated_data
        admission = Admission(**said)
        token = make_token(access, admission)
        page = request.build_absolute_uri(reverse("room", args=[slug]))
        answer = {"token": token, "url": f"{page}?{urlencode({'token': token})}"}
        return Response(
            JoinTokenSerializer(asdict(admission) | answer).data,
            status=201,
            headers={"Cache-Control": "no-store"},
        )
