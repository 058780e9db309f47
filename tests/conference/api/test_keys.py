"""API keys: made once, shown once, held to scopes, revoked."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from conference.keys import KEYS_LIMIT, create_key, revoke_key
from conference.models import ApiKey, Scope, User
from rooms.models import Room
from tests.rooms.api.conftest import ClientOf

KEYS = "/api/v1/keys/"
ROOMS = "/api/v1/rooms/"


def with_key(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_key_is_made_shown_once_and_kept_as_a_hash(
    client_of: ClientOf, alice: User
) -> None:
    client = client_of(alice)
    body = {"name": " Deploy ", "scopes": ["rooms:write", "rooms:read"]}
    answer = client.post(KEYS, body)
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    made = answer.json()
    secret = made.pop("secret")
    assert secret.startswith("conf_")
    assert secret.startswith(made["prefix"])
    assert (made["name"], made["scopes"]) == ("Deploy", ["rooms:read", "rooms:write"])
    key = ApiKey.objects.get()
    assert secret not in str(list(ApiKey.objects.values()))
    assert client.get(KEYS).json()["results"] == [made]
    assert client.get(f"{KEYS}{key.pk}/").json() == made


@pytest.mark.parametrize(
    ("changes", "attr"),
    [
        ({"name": ""}, "name"),
        ({"name": "a\u0007b"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["all"]}, "scopes.0"),
        ({"scopes": None}, "scopes"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
    ],
)
def test_a_key_that_cannot_be_is_refused_at_the_field(
    client_of: ClientOf, alice: User, changes: dict[str, Any], attr: str
) -> None:
    body = {"name": "Deploy", "scopes": ["rooms:read"]} | changes
    answer = client_of(alice).post(KEYS, body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["attr"] == attr
    assert not ApiKey.objects.exists()


def test_a_user_has_so_many_keys_at_most(client_of: ClientOf, alice: User) -> None:
    for number in range(KEYS_LIMIT):
        key, _secret = create_key(alice, name=str(number), scopes=["rooms:read"])
    body = {"name": "One more", "scopes": ["rooms:read"]}
    assert error_of(client_of(alice).post(KEYS, body)) == (409, "too_many_keys")
    revoke_key(key)
    assert client_of(alice).post(KEYS, body).status_code == 201


def test_a_key_opens_what_its_user_may_see(alice: User, bob: User, room: Room) -> None:
    key, secret = create_key(bob, name="Bob's", scopes=["rooms:read", "rooms:write"])
    client = with_key(secret)
    assert [one["slug"] for one in client.get(ROOMS).json()["results"]] == [room.slug]
    assert client.patch(f"{ROOMS}{room.slug}/", {"name": "x"}).status_code == 403
    assert client.post(ROOMS, {"name": "Made by a key"}).status_code == 201
    assert Room.objects.get(name="Made by a key").owner == bob
    key.refresh_from_db()
    assert key.last_used_at is not None


def test_use_is_noted_once_a_minute(alice: User) -> None:
    key, secret = create_key(alice, name="Often", scopes=["rooms:read"])
    a_moment_ago = timezone.now() - timedelta(seconds=30)
    for noted in (a_moment_ago, timezone.now() - timedelta(seconds=61)):
        ApiKey.objects.update(last_used_at=noted)
        with_key(secret).get(ROOMS)
        key.refresh_from_db()
        assert (key.last_used_at == noted) == (noted == a_moment_ago)


@pytest.mark.parametrize("spoil", ["revoke", "expire", "deactivate", "mistype"])
def test_a_key_that_is_none_any_more_is_401(alice: User, spoil: str) -> None:
    key, secret = create_key(alice, name="Old", scopes=["rooms:read"])
    if spoil == "revoke":
        revoke_key(key)
    elif spoil == "expire":
        ApiKey.objects.update(expires_at=timezone.now())
    elif spoil == "deactivate":
        User.objects.update(is_active=False)
    else:
        secret += "x"
    answer = with_key(secret).get(ROOMS)
    assert error_of(answer) == (401, "bad_key")
    assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "address", "needed"),
    [
        ("get", ROOMS, "rooms:read"),
        ("post", ROOMS, "rooms:write"),
        ("delete", ROOMS + "{slug}/", "rooms:write"),
        ("get", ROOMS + "{slug}/chat/", "sessions:read"),
        ("post", ROOMS + "{slug}/join/", "sessions:write"),
        ("post", ROOMS + "{slug}/recordings/", "recordings:write"),
        ("get", "/api/v1/recordings/", "recordings:read"),
        ("get", "/api/v1/sessions/", "sessions:read"),
    ],
)
def test_a_key_without_the_scope_is_403_that_names_it(
    alice: User, room: Room, method: str, address: str, needed: str
) -> None:
    others = [scope for scope in Scope.values if scope != needed]
    _key, secret = create_key(alice, name="Almost all", scopes=others)
    answer = getattr(with_key(secret), method)(address.format(slug=room.slug), {})
    assert error_of(answer) == (403, "scope_missing")
    assert needed in answer.json()["errors"][0]["detail"]


def test_keys_are_made_by_people_only(alice: User) -> None:
    _key, secret = create_key(alice, name="All", scopes=Scope.values)
    assert with_key(secret).get(KEYS).status_code == 401
    body = {"name": "Child", "scopes": ["rooms:read"]}
    assert with_key(secret).post(KEYS, body).status_code == 401


def test_who_revokes_a_key_sees_so_and_others_do_not_see_it(
    client_of: ClientOf, alice: User, bob: User
) -> None:
    key, _secret = create_key(alice, name="Mine", scopes=["rooms:read"])
    address = f"{KEYS}{key.pk}/"
    for method in ("get", "delete"):
        assert getattr(client_of(bob), method)(address).status_code == 404
        assert getattr(client_of(None), method)(address).status_code == 401
    assert client_of(bob).get(KEYS).json()["results"] == []
    for _time in range(2):
        assert client_of(alice).delete(address).status_code == 204
    assert client_of(alice).get(address).json()["revoked_at"]
