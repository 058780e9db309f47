"""Addresses of the REST resources, under ``/api/v1/``."""

from django.urls import path

from recordings.api.exports import (
    ExportCancel,
    ExportDetail,
    ExportDownload,
    ExportRetry,
    ExportStream,
    RecordingExports,
)
from recordings.api.holds import RecordingHold
from recordings.api.outputs import (
    OutputDetail,
    OutputStream,
    OutputTargetDetail,
    OutputTargets,
    RoomOutputs,
)
from recordings.api.recordings import (
    RecordingDetail,
    RecordingList,
    RecordingStop,
    RoomRecordings,
)
from recordings.api.share_links import RecordingShareLinks, ShareLinkDetail
from recordings.api.timeline import SessionTimeline

urlpatterns = [
    path("rooms/<slug:slug>/recordings/", RoomRecordings.as_view()),
    path("rooms/<slug:slug>/outputs/", RoomOutputs.as_view()),
    path("rooms/<slug:slug>/outputs/<uuid:pk>/", OutputDetail.as_view()),
    path("rooms/<slug:slug>/outputs/<uuid:pk>/targets/", OutputTargets.as_view()),
    path(
        "rooms/<slug:slug>/outputs/<uuid:pk>/targets/<uuid:target_id>/",
        OutputTargetDetail.as_view(),
    ),
    path(
        "rooms/<slug:slug>/outputs/<uuid:pk>/hls/<str:name>",
        OutputStream.as_view(),
        name="output-hls",
    ),
    path("recordings/", RecordingList.as_view()),
    path("recordings/<uuid:pk>/", RecordingDetail.as_view()),
    path("recordings/<uuid:pk>/stop/", RecordingStop.as_view()),
    path("recordings/<uuid:pk>/hold/", RecordingHold.as_view()),
    path("recordings/<uuid:pk>/share-links/", RecordingShareLinks.as_view()),
    path("share-links/<uuid:pk>/", ShareLinkDetail.as_view()),
    path("recordings/<uuid:pk>/exports/", RecordingExports.as_view()),
    path("exports/<uuid:pk>/", ExportDetail.as_view()),
    path("exports/<uuid:pk>/cancel/", ExportCancel.as_view()),
    path("exports/<uuid:pk>/retry/", ExportRetry.as_view()),
    path(
        "exports/<uuid:pk>/download/", ExportDownload.as_view(), name="export-download"
    ),
    path(
        "exports/<uuid:pk>/hls/<path:name>", ExportStream.as_view(), name="export-hls"
    ),
    path("sessions/<uuid:pk>/timeline/", SessionTimeline.as_view()),
]
