"""Addresses of the pages of recordings and of the replay."""

from django.urls import path

from recordings import export_views as exports
from recordings import library_views as library
from recordings import live_views as live
from recordings import picture_views as pictures
from recordings import shared_views as shared
from recordings import sharing_views as sharing
from recordings import views

_RECORDING = "recordings/<uuid:recording_id>/"
_EXPORT = "exports/<uuid:export_id>/"

urlpatterns = [
    path("recordings/", library.recordings, name="recordings"),
    path("recordings/chosen/", library.chosen, name="recordings_chosen"),
    path(
        "recordings/chosen/delete/",
        library.delete_chosen,
        name="recordings_chosen_delete",
    ),
    path(_RECORDING, views.recording, name="recording"),
    path(f"{_RECORDING}people/", views.recording_people, name="recording_people"),
    path(f"{_RECORDING}rename/", library.rename, name="recording_rename"),
    path(f"{_RECORDING}delete/", library.delete, name="recording_delete"),
    path(f"{_RECORDING}poster.jpg", pictures.poster, name="recording_poster"),
    path(
        f"{_RECORDING}storyboard.jpg", pictures.storyboard, name="recording_storyboard"
    ),
    path(
        f"{_RECORDING}storyboard.vtt",
        pictures.storyboard_times,
        name="recording_storyboard_times",
    ),
    path(f"{_RECORDING}row/", library.row, name="recording_row"),
    path(f"{_RECORDING}keep/", sharing.keep, name="recording_keep"),
    path(f"{_RECORDING}share/", sharing.share, name="recording_share"),
    path(
        "share-links/<uuid:link_id>/revoke/", sharing.unshare, name="share_link_revoke"
    ),
    path("shared/<str:token>/", shared.shared, name="shared"),
    path("shared/<str:token>/video/", shared.shared_video, name="shared_video"),
    path("shared/<str:token>/poster.jpg", shared.shared_poster, name="shared_poster"),
    path("files/<str:token>/<str:name>", shared.file, name="file"),
    path(f"{_RECORDING}exports/", exports.exports, name="recording_exports"),
    path(f"{_RECORDING}exports/new/", exports.make_export, name="export_create"),
    path(f"{_RECORDING}preview.jpg", exports.preview, name="export_preview"),
    path(f"{_EXPORT}cancel/", exports.cancel_export, name="export_cancel"),
    path(f"{_EXPORT}retry/", exports.retry_export, name="export_retry"),
    path(f"{_EXPORT}delete/", exports.delete_export, name="export_delete"),
    path("rooms/<slug:slug>/live/", live.room_live, name="room_live"),
    path("live/<str:token>/", live.public_live, name="public_live"),
    path("live/<str:token>/<str:name>", live.live_file, name="live_file"),
    path("sessions/<uuid:session_id>/", views.replay, name="replay"),
    path("sessions/<uuid:session_id>/people/", views.session, name="session"),
]
