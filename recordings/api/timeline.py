"""``/sessions/{id}/timeline/``: everything that happened, as intervals."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from recordings.chapters import chapters_of
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


class ReactionSerializer(serializers.Serializer[Any]):
    emoji = serializers.CharField()
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
    reactions = ReactionSerializer(many=True)


class ChapterSerializer(serializers.Serializer[Any]):
    start_us = serializers.IntegerField()
    end_us = serializers.IntegerField()
    names = serializers.ListField(child=serializers.CharField())
    is_screen = serializers.BooleanField(help_text="Whether these share a screen.")


class RangeSerializer(serializers.ModelSerializer[Recording]):
    end_us = serializers.IntegerField(source="ended_us", allow_null=True)
    start_us = serializers.IntegerField(source="started_us")
    chapters = serializers.SerializerMethodField()
    storyboard = serializers.SerializerMethodField()

    class Meta:
        model = Recording
        fields = ("id", "title", "start_us", "end_us", "chapters", "storyboard")

    @extend_schema_field(ChapterSerializer(many=True))
    def get_chapters(self, recording: Recording) -> Any:
        timeline: Timeline = self.context["timeline"]
        end_us = recording.ended_us or timeline.end_us
        chapters = chapters_of(timeline, recording.started_us, end_us)
        return ChapterSerializer(chapters, many=True).data

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_storyboard(self, recording: Recording) -> str | None:
        """Address of a WebVTT file that says which small picture is when."""
        if not recording.storyboard:
            return None
        return reverse("recording_storyboard_times", args=[recording.pk])


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
        context = {"timeline": timeline}
        return Response(TimelineSerializer(data, context=context).data)


def _timeline_of(session: Session) -> Timeline:
    until_us = to_us(session.ended_at) if session.ended_at else now_us()
    return session_timeline(
        session, start_us=to_us(session.started_at), until_us=until_us
    )
