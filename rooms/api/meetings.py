"""``/meetings/`` and ``/meetings/{id}/``."""

from dataclasses import replace
from datetime import MAXYEAR, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import ListCreateAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.permissions import SAFE_METHODS
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from conference.errors import Invalid, NotFound
from conference.time_zones import is_zone
from rooms.access import Access, Action, access_meeting, access_room, visible_rooms
from rooms.addresses import MOST_INVITEES, Address, clean_addresses
from rooms.api.invitees import AddressSerializer
from rooms.calendar_file import serve_calendar
from rooms.models import Meeting
from rooms.plan import DESCRIPTION_LIMIT, TITLE_LIMIT, Plan, no_zone, plan_of
from rooms.recurrence import MOST_MINUTES, RULE_LIMIT
from rooms.rules.scheduling import cancel_meeting, change_meeting, schedule_meeting

PLAN_FIELDS = ("title", "description", "time_zone", "duration_minutes", "rule")


class StartField(serializers.DateTimeField):
    """Shown with the offset of the meeting's zone. Where it is given without one, it
    is wall time there."""

    def get_attribute(self, instance: Meeting) -> datetime:
        return instance.first_starts_at.astimezone(ZoneInfo(instance.time_zone))

    def enforce_timezone(self, value: datetime) -> datetime:
        return value


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    room = serializers.SlugRelatedField[Meeting](slug_field="slug", read_only=True)
    title = serializers.CharField(max_length=TITLE_LIMIT)
    description = serializers.CharField(
        max_length=DESCRIPTION_LIMIT, allow_blank=True, required=False
    )
    starts_at = StartField(help_text="Without an offset: wall time in the zone.")
    time_zone = serializers.CharField(
        max_length=64, help_text="An IANA name, such as `Europe/Berlin`."
    )
    duration_minutes = serializers.IntegerField(min_value=1, max_value=MOST_MINUTES)
    rule = serializers.CharField(
        max_length=RULE_LIMIT,
        allow_blank=True,
        required=False,
        help_text="An RRULE (RFC 5545), such as `FREQ=WEEKLY;BYDAY=TU;COUNT=10`; "
        "empty: the meeting takes place once.",
    )
    organiser = serializers.CharField(source="organiser.get_full_name", read_only=True)
    ends_at = serializers.DateTimeField(
        source="last_ends_at",
        read_only=True,
        allow_null=True,
        help_text="When the last occurrence is over; null: never.",
    )

    class Meta:
        model = Meeting
        fields: tuple[str, ...] = (
            "id",
            "room",
            "title",
            "description",
            "starts_at",
            "time_zone",
            "duration_minutes",
            "rule",
            "ends_at",
            "organiser",
            "sequence",
            "created_at",
            "cancelled_at",
        )
        read_only_fields = ("id", "sequence", "created_at", "cancelled_at")

    def update(self, instance: Meeting, validated_data: dict[str, Any]) -> Meeting:
        plan = _plan(plan_of(instance), validated_data)
        return change_meeting(self.context["access"], instance, plan)


class NewMeetingSerializer(MeetingSerializer):
    room = serializers.SlugField(source="room.slug")  # type: ignore[assignment]
    invitees = serializers.ListField(
        child=AddressSerializer(),
        max_length=MOST_INVITEES,
        write_only=True,
        required=False,
    )

    class Meta(MeetingSerializer.Meta):
        fields = (*MeetingSerializer.Meta.fields, "invitees")

    def create(self, validated_data: dict[str, Any]) -> Meeting:
        access = self.context["access_room"](validated_data["room"]["slug"])
        given = validated_data.pop("invitees", [])
        invitees = clean_addresses(Address(**one) for one in given)
        return schedule_meeting(access, _plan(None, validated_data), invitees)


class MeetingFilter(filters.FilterSet):
    room = filters.CharFilter("room__slug")
    cancelled = filters.BooleanFilter(
        "cancelled_at", lookup_expr="isnull", exclude=True
    )
    after = filters.IsoDateTimeFilter(
        method="ends_after", help_text="Something takes place after this time."
    )
    before = filters.IsoDateTimeFilter(
        "first_starts_at", lookup_expr="lt", help_text="Begins before this time."
    )

    def ends_after(
        self, found: QuerySet[Meeting], _name: str, after: datetime
    ) -> QuerySet[Meeting]:
        return found.filter(Q(last_ends_at=None) | Q(last_ends_at__gt=after))


class MeetingList(ListCreateAPIView[Meeting]):
    """The meetings of all rooms that one may see; hosts schedule more."""

    serializer_class = NewMeetingSerializer
    filterset_class = MeetingFilter
    queryset = Meeting.objects.select_related("room", "organiser")

    def get_queryset(self) -> QuerySet[Meeting]:
        return super().get_queryset().filter(room__in=visible_rooms(self.request.user))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "access_room": self._access_room}

    def _access_room(self, slug: str) -> Access:
        """A room in the body that one may not see is a wrong value of the field."""
        try:
            return access_room(slug, self.request.user, Action.SCHEDULE)
        except NotFound as error:
            raise Invalid(error.detail, field="room") from error


class MeetingDetail(RetrieveUpdateDestroyAPIView[Meeting]):
    """A meeting: members of the room see it, hosts change it. Deleting cancels it:
    everybody who is invited is told, and it stays to be seen as cancelled."""

    serializer_class = MeetingSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")
    access: Access

    def get_object(self) -> Meeting:
        is_read = self.request.method in SAFE_METHODS
        action = Action.SEE if is_read else Action.SCHEDULE
        meeting, self.access = access_meeting(
            self.kwargs["pk"], self.request.user, action
        )
        return meeting

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        return {**context, "access": getattr(self, "access", None)}

    def perform_destroy(self, instance: Meeting) -> None:
        cancel_meeting(self.access, instance)


class MeetingCalendar(APIView):
    """The file that adds the meeting to a calendar."""

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    def get(self, request: Request, pk: str) -> HttpResponse:
        meeting, _access = access_meeting(pk, request.user, Action.SEE)
        return serve_calendar(meeting)

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[BaseRenderer, str]:
        """Calendars ask for what the list of renderers, for errors, does not have."""
        return super().perform_content_negotiation(request, force=True)


def _plan(before: Plan | None, given: dict[str, Any]) -> Plan:
    """A plan of what is given; what is not stays as before."""
    fields = {name: given[name] for name in PLAN_FIELDS if name in given}
    zone = given.get("time_zone") or (before.time_zone if before else "")
    if not is_zone(zone):
        raise no_zone(zone)
    if "starts_at" in given:
        fields["start"] = _wall(given["starts_at"], ZoneInfo(zone))
    return replace(before, **fields) if before else Plan(**fields)


def _wall(start: datetime, zone: ZoneInfo) -> datetime:
    """Years at the end of what can be written are refused with the plan."""
    if start.tzinfo is None or not 1 < start.year < MAXYEAR:
        return start.replace(tzinfo=None)
    return start.astimezone(zone).replace(tzinfo=None)
