"""Error pages: in the product's look, with a way out."""

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client

from conference.models import User
from rooms.models import Room


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "429", "500", "503"])
def test_page_can_be_made_without_anything(name: str) -> None:
    page = render_to_string(f"{name}.html")
    assert "css/tokens.css" in page
    assert "Go to the start page" in page


def test_unknown_address(client: Client, db: None) -> None:
    page = client.get("/nothing/")
    assert page.status_code == 404
    assert "There is nothing here" in page.text


def test_form_without_its_token_changes_nothing(alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post("/rooms/new/")
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.text


def test_database_that_fails_is_said_with_when_to_try_again(
    alice: User, room: Room
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    with connection.cursor() as cursor:
        # To SQLite this is an operational error, as a lock that is held for too long.
        cursor.execute("ALTER TABLE rooms_room RENAME TO away")
    page = client.get(f"/rooms/{room.slug}/settings/")
    assert (page.status_code, page["Retry-After"]) == (503, "30")
    assert "The database does not answer" in page.text
    answer = client.get(f"/api/v1/rooms/{room.slug}/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer.json()["errors"][0]["code"] == "unavailable"


@pytest.mark.parametrize("path", ["/rooms/", "/api/v1/rooms/"])
def test_database_that_fails_before_the_view_is_said(alice: User, path: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session RENAME TO away")
    answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    is_rest = path.startswith("/api/")
    assert answer["Content-Type"].startswith("application/json" if is_rest else "text/")
    assert "The database does not answer" in answer.text
