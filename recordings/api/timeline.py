"""``/sessions/{id}/timeline/``: everything that happened, as intervals."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recordings.models import Recording
from recordings.recorded import session_timeline
from recordings.timeline import Timeline
from rooms.access import Action, access_session
from rooms.clock import now_us, to_us
from rooms.models import Session


class SpanField(serializers.ListField):
    """``[start, end]`` in microseconds."""

    child = serializers.IntegerField()


class TrackSpanSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    codec = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    start_us = serializers.IntegerField()
    end_us = serializers.IntegerField()


class PersonSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    id = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    present = serializers.ListField(child=SpanField())
    away = serializers.ListField(child=SpanField())
    hands = serializers.ListField(child=SpanField())
    speaking = serializers.ListField(child=SpanField())
    tracks = TrackSpanSerializer(many=True)


class RangeSerializer(serializers.ModelSerializer[Recording]):
    end_us = serializers.IntegerField(source="ended_us", allow_null=True)
    start_us = serializers.IntegerField(source="started_us")

    class Meta:
        model = Recording
        fields = ("id", "title", "start_us", "end_us")


class TimelineSerializer(serializers.Serializer[Any]):
    session = serializers.UUIDField()
    start_us = serializers.IntegerField()
    end_us = serializers.IntegerField()
    people = PersonSerializer(many=True)
    chat = serializers.ListField(child=serializers.DictField())
    recordings = RangeSerializer(many=True)


class SessionTimeline(APIView):
    """Times are microseconds since the Unix epoch; what has not ended ends now."""

    @extend_schema(responses=TimelineSerializer)
    def get(self, request: Request, pk: str) -> Response:
        session, _access = access_session(pk, request.user, Action.SEE)
        timeline = _timeline_of(session)
        data = {
            "session": session.pk,
            "start_us": timeline.start_us,
            "end_us": timeline.end_us,
            "people": timeline.people,
            "chat": timeline.chat,
            "recordings": session.recordings.order_by("started_us"),
        }
        return Response(TimelineSerializer(data).data)


def _timeline_of(session: Session) -> Timeline:
    until_us = to_us(session.ended_at) if session.ended_at else now_us()
    return session_timeline(
        session, start_us=to_us(session.started_at), until_us=until_us
    )
