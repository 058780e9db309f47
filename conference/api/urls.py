"""Addresses of what REST has beside the resources of rooms and recordings."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from conference.api.docs import docs
from conference.api.keys import KeyDetail, KeyList

urlpatterns = [
    path("keys/", KeyList.as_view()),
    path("keys/<uuid:pk>/", KeyDetail.as_view()),
    path("docs/", docs, name="api_docs"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
