"""The replay socket against a real server."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from conference.models import User
from recordings.playhead import Playhead, Range, find_gaps, played_us
from recordings.segment_index import Record, parse
from rooms.streams.contract import Stored
from rooms.streams.record import DELIVERY, LENGTH
from tests.recordings.media import RED, tone, video
from tests.recordings.meeting import Meeting, us
from tests.server import Server

SECONDS = 20


@dataclass
class Viewer:
    connection: ClientConnection
    texts: list[dict[str, Any]] = field(default_factory=list)
    records: list[tuple[int, Record]] = field(default_factory=list)
    received: int = 0

    def command(self, type_: str, **fields: Any) -> None:
        self.connection.send(json.dumps({"type": type_, **fields}))

    def read_until(self, type_: str) -> dict[str, Any]:
        """Reads on to a text of this type; all that comes before it is noted."""
        while True:
            message = self.connection.recv(SECONDS)
            if isinstance(message, bytes):
                self.note(message)
                continue
            text: dict[str, Any] = json.loads(message)
            self.texts.append(text)
            if text["type"] == type_:
                return text

    def note(self, message: bytes) -> None:
        self.received += len(message)
        self.command("received", bytes=self.received)
        while message:
            (length,) = LENGTH.unpack_from(message)
            body, message = (
                message[LENGTH.size : LENGTH.size + length],
                message[LENGTH.size + length :],
            )
            number, position, appended_us = DELIVERY.unpack_from(body)
            stored = Stored(position, appended_us, body[DELIVERY.size :])
            self.records.append((number, parse(stored)))

    def closed(self) -> tuple[int, dict[str, Any]]:
        """The close code, and the last message before it."""
        try:
            while True:
                message = self.connection.recv(SECONDS)
                if isinstance(message, str):
                    self.texts.append(json.loads(message))
        except ConnectionClosed as end:
            assert end.rcvd is not None
            return end.rcvd.code, self.texts[-1]


@contextmanager
def opened(
    server: Server,
    session_id: object,
    user: User | None,
    *,
    origin: str | None = None,
) -> Iterator[Viewer]:
    headers = {}
    if user is not None:
        client = Client()
        client.force_login(user)
        headers["Cookie"] = f"sessionid={client.cookies['sessionid'].value}"
    with connect(
        f"{server.ws_url}/ws/sessions/{session_id}/replay/",
        subprotocols=[Subprotocol("conference.v1")],
        origin=Origin(origin) if origin else None,
        additional_headers=headers,
        max_size=None,
    ) as connection:
        yield Viewer(connection)


@pytest.fixture
def kept(server: Server, meeting: Meeting) -> Meeting:
    """Bob speaks and is seen for 12 s; recorded are 1 to 5 and 8 to 11 s."""
    meeting.record(1, 5)
    meeting.record(8, 11)
    bob = meeting.join("Bob")
    meeting.publish(bob, video(RED, start=0, end=12), tone(440, start=0, end=12))
    meeting.join("Carol", 3)
    meeting.keep()
    return meeting


def test_it_says_what_there_is_and_waits(server: Server, kept: Meeting) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        welcome = viewer.read_until("welcome")
        ranges = [(one["start_us"], one["end_us"]) for one in welcome["ranges"]]
        assert ranges == [(us(1), us(5)), (us(8), us(11))]
        assert welcome["session"]["id"] == str(kept.session.pk)
        with pytest.raises(TimeoutError):
            viewer.connection.recv(0.2)


def test_of_several_layers_the_best_is_shown(server: Server, meeting: Meeting) -> None:
    meeting.record(0, 9)
    bob = meeting.join("Bob")
    small = video(RED, start=0, end=9)
    large = video(RED, start=2.5, end=5.5, size=(640, 360), layer=1)
    meeting.start_track(bob, small[0], 0)
    meeting.send(bob, small, large)
    meeting.keep()
    with opened(server, meeting.session.pk, meeting.alice) as viewer:
        viewer.read_until("welcome")
        viewer.command("seek", id=1, at_us=us(1))
        viewer.command("play", speed=4)
        viewer.read_until("ended")
        shown = [record for _, record in viewer.records]
        assert len({record.media_us for record in shown}) == len(shown)
        for before, record in pairwise(shown):
            if record.header.spatial != before.header.spatial:
                assert record.header.is_key
        for record in shown:
            is_large = us(2.5) <= record.media_us < us(5.5)
            assert record.header.spatial == is_large
        assert shown[0].media_us == us(1)
        assert shown[-1].media_us > us(8.9)
        viewer.records.clear()
        viewer.command("seek", id=2, at_us=us(4.7))
        viewer.read_until("play_from")
        assert {record.header.spatial for _, record in viewer.records} == {1}
        assert viewer.records[0][1].header.is_key


def test_a_seek_shows_the_moment(server: Server, kept: Meeting) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.command("seek", at_us=us(3.6), id="a")
        seeked = viewer.read_until("seeked")
        viewer.read_until("play_from")

    assert (seeked["id"], seeked["at_us"]) == ("a", us(3.6))
    people = seeked["snapshot"]["participants"]
    assert [person["name"] for person in people] == ["Bob", "Carol"]
    assert set(people[0]["tracks"]) == {"camera", "microphone"}
    times = [record.media_us for _number, record in viewer.records]
    assert viewer.records[0][1].header.is_key
    assert times[0] == us(3)
    assert times == sorted(times)
    assert times[-1] <= us(3.6)
    assert all(record.header.kind.is_video for _number, record in viewer.records)


def test_before_the_first_key_frame_there_is_no_picture(
    server: Server, kept: Meeting
) -> None:
    """Nothing from before a recording is shown at its start."""
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.command("seek", at_us=us(8), id=1)
        viewer.read_until("play_from")
    assert [record.media_us for _number, record in viewer.records] == [us(8)]


def test_playing_sends_everything_once_in_order_over_the_gap(
    server: Server, kept: Meeting
) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.command("seek", at_us=us(1), id=1)
        viewer.read_until("play_from")
        viewer.command("play", speed=4)
        gap = viewer.read_until("gap")
        viewer.read_until("ended")

    assert (gap["at_us"], gap["until_us"]) == (us(5), us(8))
    times = [record.media_us for _number, record in viewer.records]
    assert times == sorted(times)
    assert len(times) == pytest.approx(7 * 65, abs=4)
    positions = [record.stored.position for _number, record in viewer.records]
    assert len(set(positions)) == len(positions)
    events = [text["event"] for text in viewer.texts if text["type"] == "event"]
    assert events == ["participant.joined"]


def test_a_seek_keeps_the_play_state(server: Server, kept: Meeting) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.command("seek", at_us=us(1), id=1)
        viewer.read_until("play_from")
        viewer.command("play", speed=0.5)
        viewer.command("pause")
        viewer.command("seek", at_us=us(8.5), id=2)
        assert viewer.read_until("seeked")["id"] == 2
        viewer.read_until("play_from")
        with pytest.raises(TimeoutError):
            viewer.connection.recv(0.3)
        shown = len(viewer.records)
        viewer.command("play", speed=4)
        viewer.read_until("ended")
        times = [record.media_us for _number, record in viewer.records[shown:]]
    assert us(8.5) < times[0] < us(8.6)
    assert times[-1] == pytest.approx(us(11), abs=100_000)


def test_no_more_is_sent_than_the_playhead_needs(server: Server, kept: Meeting) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.command("seek", at_us=us(1), id=1)
        viewer.read_until("play_from")
        viewer.command("play", speed=0.5)
        joined = viewer.read_until("event")  # at 3 s, which is due at once
        viewer.command("pause")
        with pytest.raises(TimeoutError):
            while True:
                message = viewer.connection.recv(0.5)
                assert isinstance(message, bytes)
                viewer.note(message)
    assert joined["event"] == "participant.joined"
    assert us(2.9) < viewer.records[-1][1].media_us < us(4.5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ({"type": "rewind"}, "unknown_type"),
        ({"type": "play", "speed": 9}, "invalid"),
        ({"type": "play", "speed": "fast"}, "invalid"),
        ({"type": "seek"}, "invalid"),
        ({"type": "received", "bytes": 10**6}, "invalid"),
        ({}, "unknown_type"),
    ],
)
def test_a_command_that_does_not_fit_changes_nothing(
    server: Server, kept: Meeting, text: dict[str, Any], code: str
) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.connection.send(json.dumps({**text, "id": 7}))
        error = viewer.read_until("error")
        assert (error["id"], error["code"]) == (7, code)
        viewer.command("seek", at_us=us(2), id=8)
        assert viewer.read_until("seeked")["id"] == 8


def test_what_is_not_json_closes(server: Server, kept: Meeting) -> None:
    with opened(server, kept.session.pk, kept.alice) as viewer:
        viewer.read_until("welcome")
        viewer.connection.send("{")
        code, error = viewer.closed()
    assert (code, error["type"]) == (4400, "error")


def test_who_may_not_see_it_is_told_why(server: Server, kept: Meeting) -> None:
    charlie = User.objects.create_user("charlie@example.com", name="Charlie")
    nowhere = "00000000-0000-0000-0000-000000000000"
    for session_id, user, origin, code in (
        (kept.session.pk, None, None, 4401),
        (kept.session.pk, charlie, None, 4404),
        (nowhere, kept.alice, None, 4404),
        (kept.session.pk, kept.alice, "https://elsewhere.example", 4403),
    ):
        with opened(server, session_id, user, origin=origin) as viewer:
            assert viewer.closed()[0] == code


def test_a_session_of_which_nothing_was_kept_ends_at_once(
    server: Server, meeting: Meeting
) -> None:
    with opened(server, meeting.session.pk, meeting.alice) as viewer:
        assert viewer.read_until("welcome")["ranges"] == []
        viewer.command("seek", at_us=us(0), id=1)
        viewer.command("play", speed=1)
        viewer.read_until("ended")
    assert viewer.records == []


def test_gaps_take_no_time() -> None:
    ranges = [Range("a", 10, 20), Range("b", 50, 60)]
    assert [played_us(ranges, at) for at in (0, 15, 20, 40, 55, 99)] == [
        0,
        5,
        10,
        10,
        15,
        20,
    ]
    assert find_gaps(ranges, 15) == [(20, 50)]
    assert find_gaps(ranges, 30) == [(30, 50)]
    assert find_gaps(ranges, 55) == []


def test_the_playhead_moves_while_it_plays() -> None:
    now = [100.0]
    playhead = Playhead(lambda: now[0])
    assert playhead.seconds_to(1) is None
    playhead.play(2)
    assert playhead.seconds_to(4_000_000) == pytest.approx(2)
    now[0] += 1
    assert playhead.played_us == pytest.approx(2_000_000)
    playhead.pause()
    now[0] += 5
    assert playhead.played_us == pytest.approx(2_000_000)
    assert playhead.seconds_to(2_000_000) is None
