"""``/recordings/{id}/exports/`` and ``/exports/{id}/``."""

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
from recordings.models import Export
from recordings.models.export import ExportState
from recordings.rules import (
    cancel_export,
    delete_export,
    request_export,
    retry_export,
)
from recordings.rules.export import LAYOUTS
from rooms.access import Action


class ExportSerializer(serializers.ModelSerializer[Export]):
    layout = serializers.ChoiceField([(name, name) for name in LAYOUTS], default="grid")
    error = serializers.SerializerMethodField()
    download = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields = (
            "id",
            "recording",
            "format",
            "layout",
            "state",
            "progress",
            "error",
            "bytes",
            "created_at",
            "started_at",
            "finished_at",
            "download",
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

    def get_error(self, export: Export) -> dict[str, str] | None:
        if not export.error_code:
            return None
        return {"code": export.error_code, "detail": _(export.error_detail)}

    def get_download(self, export: Export) -> str | None:
        """The address of the file, once there is one."""
        if export.state != ExportState.READY:
            return None
        return reverse("export-download", kwargs={"pk": export.pk})

    def create(self, validated_data: dict[str, Any]) -> Export:
        return request_export(**validated_data)


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
