"""Events: numbered without gaps, part of the transaction that they tell of."""

import pytest
from django.db import transaction

from conference.errors import NotFound
from rooms.models import Event, Room
from rooms.rules import events
from rooms.rules.events import emit, read_events


def test_events_are_numbered_from_one_without_gaps(room: Room) -> None:
    for _ in range(3):
        with transaction.atomic():
            emit(room.pk, "room.updated", {})
    found, more = read_events(room.pk, after=1)
    assert [event["position"] for event in found] == [2, 3]
    assert not more


def test_an_event_goes_with_its_transaction(room: Room) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        emit(room.pk, "room.updated", {})
        raise RuntimeError
    assert not Event.objects.exists()
    room.refresh_from_db()
    assert room.position == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_without_a_transaction_is_an_error(room: Room) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        emit(room.pk, "room.updated", {})


def test_events_of_a_deleted_room_are_refused(room: Room) -> None:
    room_id = room.pk
    room.delete()
    with pytest.raises(NotFound), transaction.atomic():
        emit(room_id, "room.updated", {})


def test_long_histories_are_read_in_pages(room: Room) -> None:
    with transaction.atomic():
        for _ in range(events.PAGE + 1):
            emit(room.pk, "room.updated", {})
    first, more = read_events(room.pk, after=0)
    assert (len(first), more) == (events.PAGE, True)
    rest, more = read_events(room.pk, after=first[-1]["position"])
    assert (len(rest), more) == (1, False)
