"""The start page, and making a room from it."""

from django.test import Client
from django.urls import reverse

from conference.models import User
from recordings.models import Recording
from rooms.models import Room
from tests.pages.conftest import SignedIn


def test_anonymous_may_join_by_code_or_sign_in(client: Client, db: None) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert 'name="code"' in page.text
    assert reverse("account_login") in page.text
    assert "New meeting" not in page.text


def test_owner_sees_own_rooms_and_recordings(
    alice: User, recording: Recording, signed_in: SignedIn
) -> None:
    page = signed_in(alice).get("/")
    assert "New meeting" in page.text
    assert "Weekly sync" in page.text
    assert recording.title in page.text


def test_outsider_sees_nothing_of_others(
    charlie: User, recording: Recording, signed_in: SignedIn
) -> None:
    page = signed_in(charlie).get("/")
    assert "Weekly sync" not in page.text
    assert recording.title not in page.text


def test_new_meeting_makes_a_room_and_goes_there(
    charlie: User, signed_in: SignedIn
) -> None:
    answer = signed_in(charlie).post("/rooms/new/")
    made = Room.objects.get(owner=charlie)
    assert answer.headers["Location"] == f"/rooms/{made.slug}/"
    assert "Charlie" in made.name


def test_new_meeting_of_somebody_with_the_longest_name(
    charlie: User, signed_in: SignedIn
) -> None:
    charlie.name = "x" * 100
    charlie.save()
    assert signed_in(charlie).post("/rooms/new/").status_code == 302
    assert Room.objects.filter(owner=charlie).exists()


def test_new_meeting_needs_a_sign_in_and_a_form(client: Client, db: None) -> None:
    assert client.get("/rooms/new/").status_code == 405
    answer = client.post("/rooms/new/")
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert not Room.objects.exists()


def test_markup_in_a_rooms_name_stays_text(
    alice: User, room: Room, signed_in: SignedIn
) -> None:
    Room.objects.update(name="<b>Bold</b>")
    page = signed_in(alice).get("/")
    assert "<b>Bold</b>" not in page.text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page.text
