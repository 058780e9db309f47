"""The room's page: who gets it, and what it carries."""

import json
import re
from html import unescape

from django.test import Client
from django.urls import reverse

from conference.models import User
from rooms.models import Entry, Room
from tests.pages.conftest import SignedIn


def address(room: Room) -> str:
    return reverse("room", args=[room.slug])


def test_guest_gets_the_page_of_an_open_room(client: Client, room: Room) -> None:
    page = client.get(address(room))
    assert page.status_code == 200
    assert f'data-slug="{room.slug}"' in page.text
    assert 'data-your-name=""' in page.text
    assert 'data-sees-recordings="false"' in page.text


def test_owner_is_known_by_name(alice: User, room: Room, signed_in: SignedIn) -> None:
    page = signed_in(alice).get(address(room))
    assert 'data-your-name="Alice"' in page.text
    assert 'data-sees-recordings="true"' in page.text


def test_page_gives_the_addresses_of_the_workers(client: Client, room: Room) -> None:
    page = client.get(address(room))
    found = re.search(r"data-workers='([^']*)'", page.text)
    assert found
    addresses = json.loads(unescape(found[1]))
    assert addresses.keys() == {"encode", "decode", "playback", "capture"}


def test_unknown_room_is_not_found(client: Client, db: None) -> None:
    page = client.get("/rooms/abc-defg-hjk/")
    assert page.status_code == 404
    assert "There is nothing here" in page.text


def test_room_for_signed_in_people_leads_anonymous_to_the_sign_in(
    client: Client, charlie: User, room: Room, signed_in: SignedIn
) -> None:
    Room.objects.update(entry=Entry.SIGNED_IN)
    answer = client.get(address(room))
    assert answer.headers["Location"] == (
        f"{reverse('account_login')}?next={address(room)}"
    )
    assert signed_in(charlie).get(address(room)).status_code == 200


def test_sign_in_leads_back_to_the_room(
    client: Client, charlie: User, room: Room
) -> None:
    answer = client.post(
        f"{reverse('account_login')}?next={address(room)}",
        {"login": "charlie@example.com", "password": "secret", "next": address(room)},
    )
    assert answer.headers["Location"] == address(room)


def test_members_room_is_not_there_for_outsiders(
    bob: User, charlie: User, room: Room, signed_in: SignedIn
) -> None:
    Room.objects.update(entry=Entry.MEMBERS)
    assert signed_in(bob).get(address(room)).status_code == 200
    refused = signed_in(charlie).get(address(room))
    assert refused.status_code == 404
    assert "open to its members only" in refused.text


def test_markup_in_the_rooms_name_stays_text(client: Client, room: Room) -> None:
    Room.objects.update(name="\"><script>alert('x')</script>")
    assert "<script>alert" not in client.get(address(room)).text


def test_no_page_needs_inline_script_or_style(client: Client, room: Room) -> None:
    page = client.get(address(room)).text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page)
