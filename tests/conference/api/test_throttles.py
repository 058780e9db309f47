"""One caller asks so often at most, and is told when to come back."""

import pytest
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from conference.keys import create_key
from conference.models import User
from tests.rooms.api.conftest import ClientOf

ROOMS = "/api/v1/rooms/"


def test_each_caller_is_counted_alone(
    client_of: ClientOf, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "caller", "2/min")
    client = client_of(alice)
    assert [client.get(ROOMS).status_code for _ in range(2)] == [200, 200]
    answer = client.get(ROOMS)
    assert answer.status_code == 429
    assert answer.json()["errors"][0]["code"] == "throttled"
    assert 0 < int(answer["Retry-After"]) <= 60
    assert client_of(bob).get(ROOMS).status_code == 200
    with_key = APIClient()
    _key, secret = create_key(alice, name="Program", scopes=["rooms:read"])
    with_key.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert with_key.get(ROOMS).status_code == 200


def test_who_is_not_signed_in_is_counted_by_address(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "anon", "1/min")
    schema = "/api/v1/schema/"
    assert APIClient().get(schema).status_code == 200
    assert APIClient().get(schema).status_code == 429
    assert APIClient(REMOTE_ADDR="192.0.2.1").get(schema).status_code == 200
