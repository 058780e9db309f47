"""``/rooms/{slug}/outputs/``: live outputs of a room, their targets, and HLS."""

import dataclasses
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListCreateAPIView, RetrieveUpdateDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from conference.api.schema import ErrorsSerializer
from conference.api.scopes import HasScope
from conference.errors import Invalid, NotFound
from recordings.access import access_output
from recordings.api.exports import Base64Field, TextOverlay, as_objects
from recordings.live.playlist import INDEX
from recordings.live.watching import serve_live
from recordings.models import LiveOutput, OutputTarget
from recordings.models.output import PICTURES
from recordings.options import LAYOUTS, QUALITIES, RATES, ExportOptions
from recordings.rules.outputs import (
    CHANGEABLE,
    FIXED,
    change_output,
    start_output,
    stop_output,
)
from recordings.rules.targets import TargetAddress, add_target, remove_target
from rooms.access import Access, Action, access_room


class TargetSerializer(serializers.ModelSerializer[OutputTarget]):
    """A server that the output is pushed to. Its key is never shown again."""

    url = serializers.CharField(help_text="rtmp://host/app or rtmps://host/app")
    key = serializers.CharField(write_only=True, help_text="The stream key.")

    class Meta:
        model = OutputTarget
        fields = (
            "id",
            "url",
            "key",
            "key_hint",
            "state",
            "error",
            "retries",
            "live_since",
            "created_at",
        )
        read_only_fields = (
            "id",
            "key_hint",
            "state",
            "error",
            "retries",
            "live_since",
            "created_at",
        )


class OutputSerializer(serializers.ModelSerializer[LiveOutput]):
    """``recordings/rules/outputs.py`` says what is allowed, and what may change while
    it runs. Times are seconds from its beginning."""

    targets = TargetSerializer(many=True, required=False)
    layout = serializers.ChoiceField(LAYOUTS, required=False, write_only=True)
    person = serializers.IntegerField(
        required=False, allow_null=True, write_only=True, help_text="Null: who speaks."
    )
    chat = serializers.BooleanField(required=False, write_only=True)
    background = serializers.CharField(
        required=False, write_only=True, allow_blank=True, help_text="#rrggbb"
    )
    title = serializers.CharField(
        required=False,
        write_only=True,
        allow_blank=True,
        help_text="A card in place of picture and sound, until this is empty.",
    )
    banner = serializers.CharField(required=False, write_only=True, allow_blank=True)
    texts = TextOverlay(many=True, required=False, write_only=True)
    quality = serializers.ChoiceField(tuple(QUALITIES), required=False, write_only=True)
    rate = serializers.ChoiceField(RATES, required=False, write_only=True)
    bitrate = serializers.IntegerField(
        required=False, write_only=True, help_text="kbit/s"
    )
    logo = Base64Field(required=False, write_only=True, allow_blank=True)
    background_picture = Base64Field(required=False, write_only=True, allow_blank=True)
    options = serializers.SerializerMethodField()
    pictures = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    playlist = serializers.SerializerMethodField()
    public_playlist = serializers.SerializerMethodField()

    class Meta:
        model = LiveOutput
        fields = (
            "id",
            "session",
            "state",
            "error",
            "hls",
            "is_public",
            *CHANGEABLE,
            *FIXED,
            *PICTURES,
            "options",
            "pictures",
            "targets",
            "playlist",
            "public_playlist",
            "dropped",
            "created_at",
            "ended_at",
        )
        read_only_fields = (
            "id",
            "session",
            "state",
            "dropped",
            "created_at",
            "ended_at",
        )

    def get_options(self, output: LiveOutput) -> dict[str, Any]:
        options = dataclasses.asdict(ExportOptions.from_json(output.options))
        options["texts"] = as_objects(options["texts"])
        return {name: options[name] for name in (*CHANGEABLE, *FIXED)}

    def get_pictures(self, output: LiveOutput) -> list[str]:
        """Those that it has, as they are named here."""
        return [name for name in PICTURES if getattr(output, f"has_{name}")]

    def get_error(self, output: LiveOutput) -> dict[str, str] | None:
        if not output.error_code:
            return None
        return {"code": output.error_code, "detail": _(output.error_detail)}

    def get_playlist(self, output: LiveOutput) -> str | None:
        """For those who may enter the room."""
        if not output.hls:
            return None
        where = {"slug": output.room.slug, "pk": output.pk, "name": INDEX}
        return reverse("output-hls", kwargs=where)

    def get_public_playlist(self, output: LiveOutput) -> str | None:
        """For whoever has it."""
        if not (output.hls and output.is_public):
            return None
        return reverse("live_file", args=[output.token, INDEX])

    def create(self, validated_data: dict[str, Any]) -> LiveOutput:
        targets = validated_data.pop("targets", ())
        output = start_output(
            validated_data.pop("access"),
            targets=[TargetAddress(**target) for target in targets],
            pictures=_take_pictures(validated_data),
            **validated_data,
        )
        return _shown().get(pk=output.pk)

    def update(
        self, instance: LiveOutput, validated_data: dict[str, Any]
    ) -> LiveOutput:
        if "targets" in validated_data:
            raise Invalid(
                _("Add and remove targets at their own address."), field="targets"
            )
        change_output(
            self.context["access"],
            instance,
            pictures=_take_pictures(validated_data),
            **validated_data,
        )
        return _shown().get(pk=instance.pk)


def _take_pictures(data: dict[str, Any]) -> dict[str, bytes]:
    return {name: data.pop(name) for name in PICTURES if name in data}


def _shown() -> QuerySet[LiveOutput]:
    outputs = LiveOutput.objects.without_pictures()
    return outputs.select_related("room").prefetch_related("targets")


class RoomOutputs(ListCreateAPIView[LiveOutput]):
    """What goes out live from the room, and what has gone out. Starting one sends the
    room's open session out."""

    serializer_class = OutputSerializer
    queryset = LiveOutput.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[LiveOutput]:
        return _shown().filter(room=self._access().room)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        access = self._access()
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        form.save(access=access)
        return Response(form.data, status=status.HTTP_201_CREATED)

    def _access(self) -> Access:
        return access_room(self.kwargs["slug"], self.request.user, Action.BROADCAST)


class OutputDetail(RetrieveUpdateDestroyAPIView[LiveOutput]):
    """Changes are seen within two seconds. Deleting one stops it; it stays in the
    list."""

    serializer_class = OutputSerializer
    http_method_names = ("get", "patch", "delete", "head", "options")

    def get_object(self) -> LiveOutput:
        output, self.access = access_output(
            self.kwargs["slug"], self.kwargs["pk"], self.request.user
        )
        return output

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        return {**context, "access": getattr(self, "access", None)}

    def perform_destroy(self, instance: LiveOutput) -> None:
        stop_output(self.access, instance)


class OutputTargets(APIView):
    @extend_schema(request=TargetSerializer, responses={201: TargetSerializer})
    def post(self, request: Request, slug: str, pk: str) -> Response:
        output, access = access_output(slug, pk, request.user)
        form = TargetSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        target = add_target(access, output, **form.validated_data)
        data = TargetSerializer(target).data
        return Response(data, status=status.HTTP_201_CREATED)


class OutputTargetDetail(APIView):
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, slug: str, pk: str, target_id: str) -> Response:
        output, access = access_output(slug, pk, request.user)
        target = output.targets.filter(pk=target_id).first()
        if target is None:
            raise NotFound(_("There is no such target."))
        target.output = output
        remove_target(access, target)
        return Response(status=status.HTTP_204_NO_CONTENT)


class OutputStream(APIView):
    """A playlist or a piece of HLS, for whoever may enter the room."""

    permission_classes = (HasScope,)
    throttle_classes = ()  # an audience may be behind one address

    @extend_schema(
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH)],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            404: ErrorsSerializer,
        },
    )
    def get(self, request: Request, slug: str, pk: str, name: str) -> HttpResponseBase:
        output, _access = access_output(slug, pk, request.user, Action.ENTER)
        return serve_live(request, output, name)
