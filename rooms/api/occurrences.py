"""``/meetings/{id}/occurrences/``: the days on which a meeting takes place."""

from datetime import UTC, date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from conference.errors import NotFound
from rooms.access import Action, access_meeting
from rooms.recurrence import coming
from rooms.rules.scheduling import cancel_occurrence

FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class OccurrenceSerializer(serializers.Serializer[Any]):
    date = serializers.DateField(help_text="Names the occurrence; in the zone.")
    starts_at = serializers.DateTimeField(source="start")
    ends_at = serializers.DateTimeField(source="end")


class OccurrencePageSerializer(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True, help_text="Always null.")
    results = OccurrenceSerializer(many=True)


class OccurrencesQuery(serializers.Serializer[Any]):
    after = serializers.DateTimeField(
        required=False, help_text="Those that are not over then; now if not given."
    )
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=25)

    def validate_after(self, after: datetime) -> datetime:
        if not FIRST <= after <= LAST:
            raise serializers.ValidationError(_("A time from 2000 to 2100 is needed."))
        return after


class MeetingOccurrences(APIView):
    """In order of time, without the days that are cancelled."""

    @extend_schema(
        parameters=[OccurrencesQuery], responses={200: OccurrencePageSerializer}
    )
    def get(self, request: Request, pk: str) -> Response:
        meeting, _access = access_meeting(pk, request.user, Action.SEE)
        query = OccurrencesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        number: int = query.validated_data["page_size"]
        after: datetime = query.validated_data.get("after") or timezone.now()
        found = (
            [] if meeting.cancelled_at else coming(meeting.schedule, after, number + 1)
        )
        page: dict[str, Any] = {
            "next": None,
            "previous": None,
            "results": found[:number],
        }
        if len(found) > number:
            later = found[number - 1].end.isoformat()
            address = request.build_absolute_uri()
            page["next"] = replace_query_param(address, "after", later)
        return Response(OccurrencePageSerializer(page).data)


class MeetingOccurrence(APIView):
    """Deleting cancels this one day of a series; everybody invited is told."""

    @extend_schema(
        parameters=[OpenApiParameter("day", OpenApiTypes.DATE, "path")],
        responses={204: None},
    )
    def delete(self, request: Request, pk: str, day: str) -> Response:
        meeting, access = access_meeting(pk, request.user, Action.SCHEDULE)
        cancel_occurrence(access, meeting, _day(day))
        return Response(status=204)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(_("There is no such day.")) from None
