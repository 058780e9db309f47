"""What all of the API answers alike: errors, health, and the schema."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient
from rest_framework.views import APIView

from conference.models import User
from conference.urls import urlpatterns as real_urlpatterns


class Broken(APIView):
    permission_classes = ()

    def get(self, request: Request) -> Response:
        raise RuntimeError("a secret of the server")


urlpatterns = [path("api/v1/broken/", Broken.as_view()), *real_urlpatterns]


@pytest.mark.parametrize("address", ["/api/v1/nothing/", "/api/", "/api/v1/rooms"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_is_no_resource_is_404_in_the_envelope(address: str, method: str) -> None:
    answer = getattr(APIClient(), method)(address)
    assert answer.status_code == 404
    assert answer.json()["type"] == "client_error"
    assert answer.json()["errors"][0]["code"] == "not_found"


def test_anonymous_is_401_everywhere() -> None:
    answer = APIClient().get("/api/v1/rooms/")
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["code"] == "not_authenticated"


def test_a_post_without_the_csrf_token_is_403(db: None) -> None:
    user = User.objects.create_user("alice@example.com", "secret")
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(user)
    answer = client.post("/api/v1/rooms/", {"name": "x"})
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["code"] == "permission_denied"


def test_json_that_is_none_is_400(db: None) -> None:
    client = APIClient()
    client.force_login(User.objects.create_user("alice@example.com", "secret"))
    answer = client.post("/api/v1/rooms/", "{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "parse_error"


@override_settings(ROOT_URLCONF=__name__)
def test_a_failure_is_500_in_the_envelope_without_its_reason() -> None:
    client = APIClient(raise_request_exception=False)
    answer = client.get("/api/v1/broken/")
    assert answer.status_code == 500
    assert answer.json()["type"] == "server_error"
    assert "secret" not in answer.content.decode()


def test_the_schema_is_served() -> None:
    answer = Client().get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    assert "/api/v1/rooms/{slug}/join/" in answer.json()["paths"]


def test_the_schema_is_the_committed_one(tmp_path: Path) -> None:
    now = tmp_path / "openapi.yaml"
    call_command("spectacular", file=str(now), validate=True, fail_on_warn=True)
    committed = Path(__file__).parents[2] / "docs/openapi.yaml"
    assert now.read_text() == committed.read_text(), (
        "The API has changed. Where that is meant: "
        "manage.py spectacular --file docs/openapi.yaml"
    )


def test_health_says_alive_and_ready(db: None) -> None:
    assert Client().get("/healthz").status_code == 200
    answer = Client().get("/readyz")
    assert answer.status_code == 200
    parts = ("database", "stream_log", "archive", "server")
    assert answer.json() == dict.fromkeys(parts, "ok")


def test_health_says_what_does_not_work(db: None) -> None:
    broken = "django.core.files.storage.FileSystemStorage"
    archive = {"BACKEND": broken, "OPTIONS": {"location": "/dev/null/archive"}}
    with override_settings(STORAGES=settings.STORAGES | {"archive": archive}):
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["archive"] == "failed"
