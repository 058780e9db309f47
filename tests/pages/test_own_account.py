"""One's own pages: profile, addresses, password, API keys."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conference.keys import create_key, find_key
from conference.models import ApiKey, User
from tests.pages.conftest import SignedIn

KEYS = "/account/keys/"


def key_form(**changes: object) -> dict[str, object]:
    return {"name": "Wiki", "scopes": ["rooms:read"], "expires": "30"} | changes


def test_profile_is_changed(alice: User, signed_in: SignedIn) -> None:
    new = {"name": "Alice A.", "language": "en", "time_zone": "Europe/Berlin"}
    answer = signed_in(alice).post(reverse("profile"), new, follow=True)
    assert "Saved." in answer.text
    assert 'data-time-zone="Europe/Berlin"' in answer.text
    alice.refresh_from_db()
    assert (alice.name, alice.language) == ("Alice A.", "en")
    assert alice.time_zone == "Europe/Berlin"


@pytest.mark.parametrize(
    "change", [{"language": "tlh"}, {"time_zone": "Mars/Base"}, {"name": "x" * 101}]
)
def test_profile_that_cannot_be_is_refused(
    alice: User, signed_in: SignedIn, change: dict[str, str]
) -> None:
    new = {"name": "Changed", "language": "", "time_zone": ""} | change
    answer = signed_in(alice).post(reverse("profile"), new)
    assert answer.status_code == 422
    assert "Alice" in answer.text
    alice.refresh_from_db()
    assert (alice.name, alice.language, alice.time_zone) == ("Alice", "", "")


def test_key_is_shown_once(alice: User, signed_in: SignedIn) -> None:
    alices = signed_in(alice)
    page = alices.post(KEYS, key_form())
    key = ApiKey.objects.get()
    secret = next(
        word.partition("<")[0]
        for word in page.text.split("data-text>")[1:]
        if word.startswith(key.prefix)
    )
    assert find_key(secret) == key
    assert "no-store" in page.headers["Cache-Control"]
    assert key.expires_at
    assert abs(key.expires_at - timezone.now() - timedelta(days=30)).seconds < 60
    again = alices.get(KEYS).text
    assert key.prefix in again
    assert secret not in again


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"scopes": []}, {"scopes": ["all"]}, {"expires": "x"}]
)
def test_key_that_cannot_be_is_not_made(
    alice: User, signed_in: SignedIn, change: dict[str, object]
) -> None:
    answer = signed_in(alice).post(KEYS, key_form(**change))
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


def test_key_is_revoked_by_its_owner_alone(
    alice: User, charlie: User, signed_in: SignedIn
) -> None:
    key, secret = create_key(alice, name="Wiki", scopes=["rooms:read"])
    revoke = reverse("api_key_revoke", args=[key.pk])
    assert signed_in(charlie).post(revoke).status_code == 404
    assert find_key(secret)
    assert "The key is revoked." in signed_in(alice).post(revoke, follow=True).text
    assert find_key(secret) is None


def test_an_address_is_added_and_taken_away(alice: User, signed_in: SignedIn) -> None:
    alices = signed_in(alice)
    page = reverse("account_email")
    alices.post(page, {"email": "second@example.com", "action_add": "1"})
    assert "Not confirmed" in alices.get(page).text
    alices.post(page, {"email": "second@example.com", "action_remove": "1"})
    assert "second@example.com</span>" not in alices.get(page).text


def test_password_is_changed(alice: User, signed_in: SignedIn) -> None:
    form = {
        "oldpassword": "secret",
        "password1": "another-long-one",
        "password2": "another-long-one",
    }
    signed_in(alice).post(reverse("account_change_password"), form)
    alice.refresh_from_db()
    assert alice.check_password("another-long-one")


@pytest.mark.parametrize(
    "name", ["profile", "api_keys", "account_email", "account_change_password"]
)
def test_own_pages_need_a_sign_in(client: Client, db: None, name: str) -> None:
    answer = client.get(reverse(name))
    assert answer.headers["Location"].startswith(reverse("account_login"))
