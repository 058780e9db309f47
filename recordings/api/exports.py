"""``/recordings/{id}/exports/`` and ``/exports/{id}/``."""

import dataclasses
from base64 import b64decode
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListCreateAPIView, RetrieveDestroyAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from conference.api.schema import ErrorsSerializer
from recordings.access import access_export, access_recording
from recordings.export_file import serve_export
from recordings.hls import INDEX
from recordings.models import Export, ExportFormat
from recordings.models.export import ExportState
from recordings.options import (
    FILE_TYPES,
    LAYOUTS,
    POSITIONS,
    QUALITIES,
    RATES,
    ExportOptions,
)
from recordings.rules import (
    cancel_export,
    delete_export,
    request_export,
    retry_export,
)
from recordings.stream_file import PLAYABLE, serve_stream
from rooms.access import Action


class LayoutChange(serializers.Serializer[Any]):
    at = serializers.FloatField()
    layout = serializers.ChoiceField(LAYOUTS)


class TextOverlay(serializers.Serializer[Any]):
    text = serializers.CharField()
    start = serializers.FloatField(default=0)
    end = serializers.FloatField(allow_null=True, default=None)
    position = serializers.ChoiceField(POSITIONS, default="bottom")


def as_objects(texts: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
    """Of ExportOptions; as they are asked for."""
    names = ("start", "end", "position", "text")
    return [dict(zip(names, one, strict=True)) for one in texts]


class Base64Field(serializers.CharField):
    """A file inside JSON."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return b64decode(super().to_internal_value(data), validate=True)
        except ValueError as error:
            raise serializers.ValidationError(_("This is not Base64.")) from error


class ExportSerializer(serializers.ModelSerializer[Export]):
    """What is asked for; ``recordings/rules/export_options.py`` says what is allowed.

    Times are seconds from the recording's start.
    """

    layout = serializers.ChoiceField(LAYOUTS, default="grid")
    layouts = LayoutChange(many=True, required=False, write_only=True)
    person = serializers.IntegerField(required=False, write_only=True)
    start = serializers.FloatField(required=False, write_only=True)
    end = serializers.FloatField(required=False, write_only=True)
    quality = serializers.ChoiceField(tuple(QUALITIES), required=False, write_only=True)
    rate = serializers.ChoiceField(RATES, required=False, write_only=True)
    bitrate = serializers.IntegerField(
        required=False, write_only=True, help_text="kbit/s"
    )
    file_type = serializers.ChoiceField(
        sorted({name for names in FILE_TYPES.values() for name in names}),
        required=False,
        write_only=True,
    )
    chat = serializers.BooleanField(required=False, write_only=True)
    background = serializers.CharField(
        required=False, write_only=True, help_text="#rrggbb"
    )
    title = serializers.CharField(required=False, write_only=True)
    banner = serializers.CharField(required=False, write_only=True)
    texts = TextOverlay(many=True, required=False, write_only=True)
    logo = Base64Field(required=False, write_only=True)
    background_picture = Base64Field(required=False, write_only=True)
    options = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    download = serializers.SerializerMethodField()
    stream = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = (
            "id",
            "recording",
            "format",
            *(field.name for field in dataclasses.fields(ExportOptions)),
            "logo",
            "background_picture",
            "options",
            "state",
            "progress",
            "error",
            "bytes",
            "created_at",
            "started_at",
            "finished_at",
            "download",
            "stream",
        )
        read_only_fields = (
            "id",
            "recording",
            "state",
            "progress",
            "bytes",
            "created_at",
            "started_at",
            "finished_at",
        )

    def get_options(self, export: Export) -> dict[str, Any]:
        """What was asked for beyond the defaults."""
        options = dict(export.options)
        if "layouts" in options:
            options["layouts"] = [
                {"at": at, "layout": layout} for at, layout in options["layouts"]
            ]
        if "texts" in options:
            options["texts"] = as_objects(options["texts"])
        return options

    def get_error(self, export: Export) -> dict[str, str] | None:
        if not export.error_code:
            return None
        return {"code": export.error_code, "detail": _(export.error_detail)}

    def get_download(self, export: Export) -> str | None:
        """The address of the file, once there is one."""
        if export.state != ExportState.READY:
            return None
        return reverse("export-download", kwargs={"pk": export.pk})

    def get_stream(self, export: Export) -> str | None:
        """The address of the playlist, as soon as it is being made."""
        if export.format != ExportFormat.HLS or export.state not in PLAYABLE:
            return None
        return reverse("export-hls", kwargs={"pk": export.pk, "name": INDEX})

    def create(self, validated_data: dict[str, Any]) -> Export:
        pictures = {
            use: validated_data.pop(field)
            for use, field in (("logo", "logo"), ("background", "background_picture"))
            if field in validated_data
        }
        return request_export(**validated_data, pictures=pictures)


class ExportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ExportState.choices)


class RecordingExports(ListCreateAPIView[Export]):
    serializer_class = ExportSerializer
    filterset_class = ExportFilter
    queryset = Export.objects.none()  # for the schema

    def get_queryset(self) -> QuerySet[Export]:
        recording, _access = access_recording(self.kwargs["pk"], self.request.user)
        return Export.objects.filter(recording=recording)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        recording, access = access_recording(kwargs["pk"], request.user, Action.RECORD)
        form = self.get_serializer(data=request.data)
        form.is_valid(raise_exception=True)
        form.save(access=access, recording=recording)
        return Response(form.data, status=status.HTTP_201_CREATED)


class ExportDetail(RetrieveDestroyAPIView[Export]):
    serializer_class = ExportSerializer

    def get_object(self) -> Export:
        action = Action.RECORD if self.request.method == "DELETE" else Action.SEE
        export, self.access = access_export(
            self.kwargs["pk"], self.request.user, action
        )
        return export

    def perform_destroy(self, instance: Export) -> None:
        delete_export(self.access, instance)


class ExportCancel(APIView):
    @extend_schema(request=None, responses=ExportSerializer)
    def post(self, request: Request, pk: str) -> Response:
        export, access = access_export(pk, request.user, Action.RECORD)
        return Response(ExportSerializer(cancel_export(access, export)).data)


class ExportRetry(APIView):
    @extend_schema(request=None, responses=ExportSerializer)
    def post(self, request: Request, pk: str) -> Response:
        export, access = access_export(pk, request.user, Action.RECORD)
        return Response(ExportSerializer(retry_export(access, export)).data)


class ExportDownload(APIView):
    """The file; honours ``Range``. ``?inline=1`` plays it in a page."""

    @extend_schema(
        parameters=[OpenApiParameter("inline", bool)],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            409: ErrorsSerializer,
        },
    )
    def get(self, request: Request, pk: str) -> HttpResponseBase:
        export, _access = access_export(pk, request.user)
        return serve_export(request, export)

    def head(self, request: Request, pk: str) -> HttpResponseBase:
        return self.get(request, pk)


class ExportStream(APIView):
    """A playlist or a piece of an HLS export, also while it is being made."""

    @extend_schema(
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH)],
        responses={
            (200, "application/octet-stream"): OpenApiTypes.BINARY,
            409: ErrorsSerializer,
        },
    )
    def get(self, request: Request, pk: str, name: str) -> HttpResponseBase:
        export, _access = access_export(pk, request.user)
        return serve_stream(request, export, name)
