"""``Idempotency-Key``: a POST sent again is carried out once."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from conference.keys import create_key
from conference.models import ApiKey, KeptAnswer, User
from conference.tasks import forget_answers
from rooms.models import Room
from tests.rooms.api.conftest import ClientOf

ROOMS = "/api/v1/rooms/"
WEEKLY = {"name": "Weekly"}


def post(client: APIClient, key: str, body: Any = WEEKLY, address: str = ROOMS) -> Any:
    return client.post(address, body, headers={"Idempotency-Key": key})


def code_of(answer: Any) -> str:
    code: str = answer.json()["errors"][0]["code"]
    return code


def test_the_same_request_gets_the_same_answer(
    client_of: ClientOf, alice: User
) -> None:
    client = client_of(alice)
    first, again = post(client, "k1"), post(client, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert Room.objects.count() == 1
    assert post(client, "k2").json() != first.json()


@pytest.mark.parametrize("other", [{"name": "Other"}, {**WEEKLY, "entry": "members"}])
def test_another_request_with_the_key_is_refused(
    client_of: ClientOf, alice: User, other: dict[str, str]
) -> None:
    client = client_of(alice)
    post(client, "k1")
    answer = post(client, "k1", other)
    assert (answer.status_code, code_of(answer)) == (422, "idempotency_mismatch")
    assert Room.objects.count() == 1


def test_a_key_belongs_to_who_uses_it(
    client_of: ClientOf, alice: User, bob: User
) -> None:
    program = APIClient()
    _key, secret = create_key(alice, name="Program", scopes=["rooms:write"])
    program.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    made = {
        post(client, "k1").json()["id"]
        for client in (client_of(alice), client_of(bob), program)
    }
    assert len(made) == 3
    assert post(program, "k1").json()["id"] in made


def test_a_refused_request_may_be_sent_again(client_of: ClientOf, alice: User) -> None:
    client = client_of(alice)
    assert post(client, "k1", {}).status_code == 400
    assert not KeptAnswer.objects.exists()
    assert post(client, "k1").status_code == 201


def test_one_that_is_under_way_is_a_conflict_until_it_is_abandoned(
    client_of: ClientOf, alice: User
) -> None:
    client = client_of(alice)
    post(client, "k1")
    KeptAnswer.objects.update(status=None)
    answer = post(client, "k1")
    assert (answer.status_code, code_of(answer)) == (409, "idempotency_busy")
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert post(client, "k1").status_code == 201
    assert Room.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 256, "ä", "a\tb"])
def test_a_key_that_is_none_is_refused(
    client_of: ClientOf, alice: User, key: str
) -> None:
    answer = post(client_of(alice), key)
    assert (answer.status_code, code_of(answer)) == (400, "idempotency_key")
    assert not Room.objects.exists()


def test_secrets_are_not_kept(client_of: ClientOf, alice: User) -> None:
    body = {"name": "Deploy", "scopes": ["rooms:read"]}
    for _time in range(2):
        answer = post(client_of(alice), "k1", body, "/api/v1/keys/")
        assert answer.status_code == 201
    assert ApiKey.objects.count() == 2
    assert not KeptAnswer.objects.exists()


def test_answers_are_forgotten_after_a_day(client_of: ClientOf, alice: User) -> None:
    client = client_of(alice)
    post(client, "k1")
    post(client, "k2")
    KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "Idempotency-Replayed" not in post(client, "k1")
    forget_answers()
    assert [kept.key for kept in KeptAnswer.objects.all()] == ["k1"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_carried_out_once(client_of: ClientOf, alice: User) -> None:
    client = client_of(alice)
    ready = threading.Barrier(6)
    answers = []

    def ask() -> None:
        try:
            ready.wait(10)
            answers.append(post(client, "k1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Room.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
