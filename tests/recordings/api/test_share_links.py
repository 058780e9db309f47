"""``/recordings/{id}/share-links/`` and ``/share-links/{id}/``."""

from django.test import Client
from rest_framework.test import APIClient

from recordings.models import Recording, ShareLink


def test_hosts_make_list_and_revoke(
    recording: Recording, alice: APIClient, bob: APIClient, charlie: APIClient
) -> None:
    address = f"/api/v1/recordings/{recording.pk}/share-links/"
    made = alice.post(address, {"days": 7, "password": " secret "})
    assert made.status_code == 201
    link = made.json()
    assert (link["has_password"], link["opened"], link["revoked_at"]) == (True, 0, None)
    assert "password" not in link
    visitor = Client()
    assert visitor.get(link["path"]).status_code == 200
    assert visitor.post(link["path"], {"password": " secret "}).status_code == 302

    assert [one["id"] for one in alice.get(address).json()["results"]] == [link["id"]]
    one = f"/api/v1/share-links/{link['id']}/"
    assert alice.get(one).json() == link
    for person, status in ((bob, 403), (charlie, 404), (APIClient(), 401)):
        assert person.get(address).status_code == status
        assert person.post(address, {"days": 7}).status_code == status
        assert person.delete(one).status_code == status
    assert alice.delete(one).status_code == 204
    assert alice.delete(one).status_code == 409
    assert alice.get(one).json()["revoked_at"] is not None
    assert visitor.get(link["path"]).status_code == 410


def test_a_wrong_request_makes_none(recording: Recording, alice: APIClient) -> None:
    address = f"/api/v1/recordings/{recording.pk}/share-links/"
    for wrong in ({}, {"days": 0}, {"days": 9999}, {"days": 1, "password": "x" * 999}):
        assert alice.post(address, wrong).status_code == 400
    assert not ShareLink.objects.exists()
