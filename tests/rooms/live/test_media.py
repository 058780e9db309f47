"""What clients see on the media socket of a real server."""

import json
from collections.abc import Iterator
from contextlib import suppress

import pytest
from asgiref.sync import async_to_sync
from websockets.exceptions import ConnectionClosed

from conference.models import User
from rooms.log import stream_log
from rooms.models import Participant, Room
from rooms.rules.lifecycle import leave
from rooms.streams.contract import Stored
from rooms.tickets import make_ticket
from tests.rooms.live.control_client import joined
from tests.rooms.live.media_client import (
    MediaClient,
    message,
    on_media,
    open_media,
    record,
    video,
)
from tests.rooms.people import admit, seat
from tests.server import Server


@pytest.fixture
def publisher(room: Room, alice: User) -> Participant:
    return seat(room, alice)


@pytest.fixture
def viewer(room: Room, bob: User) -> Participant:
    return seat(room, bob)


def stored(participant: Participant) -> list[Stored]:
    """What the log has of a participant; the file is the server's, too."""
    return async_to_sync(stream_log().read)(participant.stream)


def stored_records(participant: Participant) -> list[bytes]:
    return [one.payload for one in stored(participant)]


class TestPublishing:
    def test_ready_comes_first(self, server: Server, publisher: Participant) -> None:
        slug = publisher.session.room.slug
        with open_media(server, slug, make_ticket(publisher)) as client:
            client.receive()
            assert client.texts == [{"type": "ready", "epoch": 1, "number": 0}]

    def test_an_acknowledged_record_is_in_the_log(
        self, server: Server, publisher: Participant
    ) -> None:
        sent = [record(1), video(2, key=True), record(3)]
        with on_media(server, publisher) as client:
            client.publish(*sent)
            client.acknowledged(3)
            assert stored_records(publisher) == sent

    def test_a_resend_is_acknowledged_and_stored_once(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        sent = [record(number) for number in (1, 2, 3)]
        with on_media(server, publisher) as client:
            client.publish(*sent[:2])
            client.acknowledged(2)
        with on_media(server, publisher) as client, on_media(server, viewer) as other:
            client.publish(*sent[:2])
            client.acknowledged(2)
            client.publish(sent[2])
            client.acknowledged(3)
            assert other.records(1) == [sent[2]]
        assert stored_records(publisher) == sent

    def test_a_reconnect_is_told_what_is_durable(
        self, server: Server, publisher: Participant
    ) -> None:
        with on_media(server, publisher) as client:
            client.publish(record(1), record(7))
            client.acknowledged(7)
        slug = publisher.session.room.slug
        with open_media(server, slug, make_ticket(publisher)) as client:
            client.text("ready", epoch=1, number=7)
            client.publish(record(9))
            client.acknowledged(9)
        assert [one.position for one in stored(publisher)] == [1, 2, 3]

    def test_what_was_sent_before_leaving_is_stored(
        self, server: Server, publisher: Participant
    ) -> None:
        sent = [record(1), record(2, end=True, payload=b"")]
        with on_media(server, publisher) as client:
            client.publish(*sent)
        with on_media(server, publisher) as client:  # fences the first one off
            assert stored_records(publisher) == sent

    def test_a_newer_socket_replaces_the_older_one(
        self, server: Server, publisher: Participant
    ) -> None:
        with on_media(server, publisher) as older, on_media(server, publisher) as newer:
            assert older.closed() == (4409, "replaced")
            newer.publish(record(1))
            newer.acknowledged(1)


class TestViewing:
    def test_a_record_arrives_unchanged(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        sent = [record(1), video(2, key=True), video(3)]
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            source.publish(*sent)
            arrived = sink.deliveries(3)
            source.acknowledged(3)
        assert [one.record for one in arrived] == sent
        assert {one.participant for one in arrived} == {publisher.number}
        kept = [(one.position, one.appended_us) for one in stored(publisher)]
        assert [(one.position, one.appended_us) for one in arrived] == kept

    def test_nobody_gets_their_own(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        with on_media(server, publisher) as one, on_media(server, viewer) as other:
            one.publish(record(1))
            other.deliveries(1)
            other.publish(record(1, payload=b"answer"))
            [answer] = one.deliveries(1)
        assert answer.participant == viewer.number
        assert one.arrived == []

    def test_a_late_viewer_first_gets_the_picture_since_its_key_frame(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        sent = [video(1, key=True), video(2), record(3), video(4, key=True), video(5)]
        with on_media(server, publisher) as source:
            source.publish(*sent)
            source.acknowledged(5)
            with on_media(server, viewer) as sink:
                source.publish(video(6))
                assert [one.position for one in sink.deliveries(3)] == [4, 5, 6]

    def test_a_viewer_of_another_room_gets_nothing(
        self, server: Server, publisher: Participant, alice: User, room: Room
    ) -> None:
        elsewhere = seat(Room.objects.create(owner=alice, name="Other"), alice)
        with on_media(server, publisher) as source, on_media(server, elsewhere) as sink:
            source.publish(record(1))
            source.acknowledged(1)
            sink.publish(record(1))
            sink.acknowledged(1)
            assert sink.arrived == []

    def test_old_records_are_kept_and_not_forwarded(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        old = record(1, ago_us=4_000_000)
        now = record(2)
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            source.publish(old, now)
            source.acknowledged(2)
            assert sink.records(1) == [now]
        assert stored_records(publisher) == [old, now]

    def test_a_wrong_clock_counts_as_now(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        ahead, long_ago = record(1, ago_us=-60_000_000), record(2, ago_us=10**12)
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            source.publish(ahead, long_ago)
            assert sink.records(2) == [ahead, long_ago]

    def test_a_track_turned_off_is_not_sent_and_comes_back_with_its_picture(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        number = publisher.number
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            sink.say("view", number=number, kind="camera", height=0)
            sink.publish(record(1))
            sink.acknowledged(1)  # and with it the view
            source.publish(video(1, key=True), video(2), record(3))
            assert [one.position for one in sink.deliveries(1)] == [3]
            sink.say("view", number=number, kind="camera", height=360)
            assert [one.position for one in sink.deliveries(2)] == [1, 2]
            source.publish(video(4))
            assert [one.position for one in sink.deliveries(1)] == [4]

    def test_key_frames_are_asked_for(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            source.publish(video(1))  # nobody can decode it
            source.text("keyframe", kind="camera")
            source.publish(video(2, key=True))
            assert [one.position for one in sink.deliveries(1)] == [2]

    def test_deliveries_that_wait_together_travel_together(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            source.publish(*(record(number) for number in range(1, 21)))
            sink.receive()
            assert len(sink.arrived) == 20


class TestEnds:
    def test_whoever_has_left_is_closed(
        self, server: Server, room: Room, alice: User, viewer: Participant
    ) -> None:
        person = admit(room, alice)
        with joined(server, person) as control, on_media(server, person) as media:
            control.request("leave")
            assert media.closed() == (4410, "participant_left")

    def test_the_end_of_the_session_closes_all(
        self, server: Server, room: Room, alice: User, bob: User
    ) -> None:
        host, member = admit(room, alice), admit(room, bob)
        with (
            joined(server, host) as control,
            joined(server, member),
            on_media(server, host) as first,
            on_media(server, member) as second,
        ):
            control.request("session.end")
            assert first.closed()[0] == 4410
            assert second.closed()[0] == 4410

    def test_a_session_that_is_over_refuses(
        self, server: Server, publisher: Participant
    ) -> None:
        token = make_ticket(publisher)
        leave(publisher)  # the last one ends it
        with open_media(server, publisher.session.room.slug, token) as client:
            assert client.closed() == (4410, "session_over")

    def test_a_participant_who_has_left_is_refused(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> None:
        token = make_ticket(publisher)
        leave(publisher)
        with open_media(server, publisher.session.room.slug, token) as client:
            assert client.closed() == (4410, "participant_left")


class TestTheDoor:
    def test_without_a_ticket(self, server: Server, room: Room) -> None:
        with open_media(server, room.slug, None) as client:
            assert client.closed() == (4401, "no_ticket")

    def test_with_a_ticket_that_is_not_ours(self, server: Server, room: Room) -> None:
        with open_media(server, room.slug, "e30.e30.e30") as client:
            assert client.closed() == (4401, "bad_ticket")

    def test_with_a_ticket_for_another_room(
        self, server: Server, publisher: Participant, alice: User
    ) -> None:
        other = Room.objects.create(owner=alice, name="Other")
        with open_media(server, other.slug, make_ticket(publisher)) as client:
            assert client.closed() == (4403, "wrong_room")

    def test_at_an_unknown_address(
        self, server: Server, publisher: Participant
    ) -> None:
        with open_media(server, "xxx-xxxx-xxx", make_ticket(publisher)) as client:
            assert client.closed() == (4404, "not_found")

    def test_from_a_page_of_another_site(
        self, server: Server, publisher: Participant
    ) -> None:
        slug, token = publisher.session.room.slug, make_ticket(publisher)
        with open_media(server, slug, token, origin="https://evil.test") as client:
            assert client.closed() == (4403, "wrong_origin")
        with open_media(server, slug, token, origin=server.url) as client:
            client.text("ready")

    def test_with_another_subprotocol(
        self, server: Server, publisher: Participant
    ) -> None:
        slug, token = publisher.session.room.slug, make_ticket(publisher)
        with open_media(server, slug, token, protocol="conference.v9") as client:
            assert client.closed() == (4400, "unknown_protocol")

    def test_before_the_control_socket(
        self, server: Server, room: Room, alice: User
    ) -> None:
        unseen = admit(room, alice)
        with open_media(server, room.slug, make_ticket(unseen)) as client:
            assert client.closed() == (4403, "not_joined")

    def test_with_a_ticket_of_an_older_page(
        self, server: Server, publisher: Participant
    ) -> None:
        token = make_ticket(publisher)
        publisher.epoch += 1
        publisher.save()
        with open_media(server, publisher.session.room.slug, token) as client:
            assert client.closed() == (4409, "replaced")


def broken(number: int = 1, *, at: int, value: int) -> bytes:
    data = bytearray(record(number))
    data[at] = value
    return bytes(data)


TOO_LARGE = bytes(1 << 20)
BAD_RECORDS = {
    "record_too_large": (message(record(2, payload=TOO_LARGE)), 4400),
    "message_too_large": (bytes((4 << 20) + 1), 4400),
    "malformed_message": (message(record(2))[:-1], 4400),
    "malformed_message: length": (b"\0\0", 4400),
    "malformed_record": (message(record(2)[:19]), 4400),
    "malformed_record: version": (message(broken(2, at=0, value=2)), 4400),
    "malformed_record: kind": (message(broken(2, at=1, value=9)), 4400),
    "malformed_record: codec": (message(broken(2, at=2, value=99)), 4400),
    "malformed_record: kind and codec": (message(broken(2, at=2, value=2)), 4400),
    "wrong_number": (message(record(1)), 4400),
    "wrong_number: zero": (message(record(0)), 4400),
    "wrong_number: within": (message(record(3), record(3)), 4400),
    "wrong_epoch": (message(record(2, epoch=2)), 4403),
    "too_many_records": (
        message(*[record(n, payload=b"") for n in range(2, 30_000)]),
        4429,
    ),
}
BAD_TEXTS = {
    "malformed_message": "{",
    "malformed_message: list": "[]",
    "unknown_type": '{"type": "dance"}',
    "unknown_type: none": "{}",
    "unknown_type: list": '{"type": []}',
    "invalid: kind": '{"type": "keyframe", "number": 1, "kind": "smell"}',
    "invalid: number": '{"type": "keyframe", "number": "1", "kind": "camera"}',
    "invalid: missing": '{"type": "view", "number": 1, "kind": "camera"}',
    "invalid: height": '{"type": "view", "number": 1, "kind": "camera", "height": -1}',
    "invalid: bytes": '{"type": "received", "bytes": true}',
    "message_too_large": json.dumps({"type": "view", "kind": "x" * 70_000}),
}


class TestBadInput:
    @pytest.fixture
    def connected(
        self, server: Server, publisher: Participant, viewer: Participant
    ) -> Iterator[tuple[MediaClient, MediaClient]]:
        """A publisher that has published one record, and a viewer that has it."""
        with on_media(server, publisher) as source, on_media(server, viewer) as sink:
            source.publish(record(1))
            source.acknowledged(1)
            sink.deliveries(1)
            yield source, sink

    @pytest.mark.parametrize("name", BAD_RECORDS)
    def test_a_bad_record_ends_its_sender_and_reaches_nobody(
        self,
        name: str,
        connected: tuple[MediaClient, MediaClient],
        publisher: Participant,
        viewer: Participant,
    ) -> None:
        source, sink = connected
        data, close = BAD_RECORDS[name]
        source.connection.send(data)
        assert source.closed() == (close, name.partition(":")[0])
        sink.publish(record(1))
        sink.acknowledged(1)  # unhurt, and has got nothing in the meantime
        assert sink.arrived == []
        assert len(stored(publisher)) == 1

    @pytest.mark.parametrize("name", BAD_TEXTS)
    def test_a_bad_text_ends_its_sender(
        self, name: str, connected: tuple[MediaClient, MediaClient]
    ) -> None:
        source, sink = connected
        source.connection.send(BAD_TEXTS[name])
        assert source.closed() == (4400, name.partition(":")[0])
        sink.publish(record(1))
        sink.acknowledged(1)

    def test_too_many_texts(self, connected: tuple[MediaClient, MediaClient]) -> None:
        source, _ = connected
        text = json.dumps({"type": "received", "bytes": 0})
        with suppress(ConnectionClosed):  # the close may come while more is sent
            for _ in range(600):
                source.connection.send(text)
        assert source.closed() == (4429, "throttled")
