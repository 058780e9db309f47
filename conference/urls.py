"""All addresses of pages and REST; sockets are in ``asgi.py``."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import JavaScriptCatalog

from conference import account_views
from conference.api.errors import NoSuchResource
from conference.health import alive, ready
from conference.home import home
from conference.metrics import metrics

urlpatterns = [
    path("", home, name="home"),
    path("words.js", JavaScriptCatalog.as_view(), name="javascript_catalog"),
    path("", include("rooms.urls")),
    path("", include("rooms.meeting_urls")),
    path("", include("recordings.urls")),
    path("account/", account_views.profile, name="profile"),
    path("account/keys/", account_views.api_keys, name="api_keys"),
    path(
        "account/keys/<uuid:key_id>/revoke/",
        account_views.api_key_revoke,
        name="api_key_revoke",
    ),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("rooms.api.urls")),
    path("api/v1/", include("recordings.api.urls")),
    path("api/v1/", include("conference.api.urls")),
    re_path("^api/", NoSuchResource.as_view()),
    path("healthz", alive),
    path("livez", alive),
    path("metrics", metrics),
    path("readyz", ready),
]

handler500 = "conference.pages.server_error"
