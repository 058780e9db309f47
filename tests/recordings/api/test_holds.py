"""``/recordings/{id}/hold/`` and ``keep_days``."""

from rest_framework.test import APIClient

from conference.models import User
from recordings.models import Hold, Recording
from tests.recordings.api.conftest import signed_in


def test_administrators_hold_and_release(
    recording: Recording, alice: APIClient
) -> None:
    olga = signed_in(User.objects.create_superuser("olga@example.com", name="Olga"))
    address = f"/api/v1/recordings/{recording.pk}/"
    answer = olga.post(f"{address}hold/", {"reason": "Case 7"})
    assert (answer.status_code, answer.json()["set_by"]) == (201, "Olga")
    assert olga.post(f"{address}hold/", {"reason": "Case 8"}).status_code == 409
    assert alice.get(address).json()["is_held"] is True
    refused = alice.delete(address)
    assert refused.status_code == 409
    assert refused.json()["errors"][0]["code"] == "legal_hold"
    assert olga.delete(f"{address}hold/").status_code == 204
    assert olga.delete(f"{address}hold/").status_code == 409
    assert alice.get(address).json()["is_held"] is False
    assert olga.post(f"{address}hold/", {"reason": ""}).status_code == 400
    nowhere = "/api/v1/recordings/00000000-0000-0000-0000-000000000000/hold/"
    assert olga.post(nowhere, {"reason": "Case 7"}).status_code == 404


def test_nobody_else_does(
    recording: Recording, alice: APIClient, charlie: APIClient
) -> None:
    address = f"/api/v1/recordings/{recording.pk}/hold/"
    assert alice.post(address, {"reason": "Mine"}).status_code == 403
    assert charlie.post(address, {"reason": "Mine"}).status_code == 404
    assert APIClient().post(address, {"reason": "Mine"}).status_code == 401
    assert not Hold.objects.exists()


def test_hosts_say_how_long_it_is_kept(
    recording: Recording, alice: APIClient, bob: APIClient
) -> None:
    address = f"/api/v1/recordings/{recording.pk}/"
    assert alice.get(address).json()["keep_days"] is None
    answer = alice.patch(address, {"keep_days": 30}).json()
    assert answer["keep_days"] == 30
    assert answer["expires_at"] > answer["ended_at"]
    assert alice.patch(address, {"keep_days": 0}).json()["expires_at"] is None
    assert alice.patch(address, {"keep_days": -1}).status_code == 400
    assert alice.patch(address, {"keep_days": "soon"}).status_code == 400
    assert bob.patch(address, {"keep_days": 1}).status_code == 403
    assert Recording.objects.get().keep_days == 0
