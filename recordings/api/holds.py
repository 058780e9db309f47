"""``/recordings/{id}/hold/``: the legal hold, set and released by administrators."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conference.errors import NotFound
from conference.models import User
from recordings.access import access_recording
from recordings.models import Hold, Recording
from recordings.rules import hold, release
from recordings.rules.deletion import REASON_LIMIT, check_staff


class HoldSerializer(serializers.ModelSerializer[Hold]):
    reason = serializers.CharField(max_length=REASON_LIMIT)
    set_by = serializers.CharField(
        source="set_by.get_full_name", default="", read_only=True
    )

    class Meta:
        model = Hold
        fields = ("reason", "set_by", "set_at")
        read_only_fields = ("set_at",)


class RecordingHold(APIView):
    """While there is one, the recording is not deleted, by nobody and no rule."""

    @extend_schema(request=HoldSerializer, responses={201: HoldSerializer})
    def post(self, request: Request, pk: str) -> Response:
        user, recording = _for_staff(request, pk)
        form = HoldSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        held = hold(user, recording, form.validated_data["reason"])
        return Response(HoldSerializer(held).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: str) -> Response:
        user, recording = _for_staff(request, pk)
        release(user, recording)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _for_staff(request: Request, pk: str) -> tuple[User, Recording]:
    """Administrators reach every recording; others are told what they may know."""
    user: Any = request.user
    if not user.is_staff:
        access_recording(pk, user)
        check_staff(user)
    recording = Recording.objects.select_related("room").filter(pk=pk).first()
    if recording is None:
        raise NotFound(_("There is no such recording."))
    return user, recording
