"""The loudest few, and who speaks."""

from itertools import pairwise

import pytest

from rooms.live.speakers import HOLD_US, PAUSE_US, Speakers

LOUD, TALK, QUIET = 15, 30, 90  # -dBov
PACKET_US = 20_000


class Room:
    """Everybody's microphones, packet by packet."""

    def __init__(self, most: int) -> None:
        self.speakers = Speakers(most)
        self.now = 1_000_000

    def sound(self, seconds: float, **loudness: int) -> set[int]:
        """So loud is everybody (``p3=30``); whose last packet was forwarded."""
        forwarded: set[int] = set()
        for _ in range(int(seconds * 1e6 / PACKET_US)):
            self.now += PACKET_US
            forwarded = {
                int(name[1:])
                for name, level in loudness.items()
                if self.speakers.hear(int(name[1:]), level, self.now)
            }
            self.speakers.look(self.now)
        return forwarded


@pytest.fixture
def room() -> Room:
    return Room(most=2)


class TestLoudest:
    def test_few_are_all_forwarded(self, room: Room) -> None:
        assert room.sound(1, p1=QUIET, p2=QUIET) == {1, 2}

    def test_who_begins_to_speak_is_heard_from_the_first_packet(
        self, room: Room
    ) -> None:
        room.sound(5, p1=QUIET, p2=QUIET, p3=QUIET)
        assert 3 in room.sound(0.02, p1=QUIET, p2=QUIET, p3=TALK)

    def test_noise_displaces_nobody(self, room: Room) -> None:
        room.sound(5, p1=QUIET, p2=QUIET, p3=QUIET)
        assert room.sound(2, p1=QUIET, p2=QUIET, p3=60) == {1, 2}

    def test_a_pause_between_words_costs_no_place(self, room: Room) -> None:
        room.sound(2, p1=TALK, p2=TALK, p3=QUIET)
        room.sound(0.3, p1=QUIET, p2=TALK, p3=QUIET)
        assert room.sound(0.1, p1=QUIET, p2=TALK, p3=TALK) == {1, 2}

    def test_the_loudest_take_the_places(self, room: Room) -> None:
        room.sound(2, p1=TALK, p2=45, p3=QUIET, p4=QUIET)
        assert room.sound(2, p1=TALK, p2=45, p3=LOUD, p4=QUIET) == {1, 3}

    def test_who_is_gone_leaves_a_place(self, room: Room) -> None:
        room.sound(1, p1=LOUD, p2=LOUD)
        assert room.sound(0.02, p3=TALK) == set()
        room.speakers.forget(1)
        assert room.sound(0.02, p2=LOUD, p3=QUIET) == {2, 3}

    def test_a_microphone_without_packets_keeps_no_place(self, room: Room) -> None:
        room.sound(1, p1=LOUD, p2=LOUD)
        room.now += PAUSE_US + 1
        assert room.sound(0.02, p3=49) == {3}


class TestSpeaker:
    def test_nobody_spoke_yet(self, room: Room) -> None:
        room.sound(2, p1=QUIET, p2=60)
        assert room.speakers.speaker is None

    def test_whoever_speaks(self, room: Room) -> None:
        room.sound(1, p1=QUIET, p2=TALK)
        assert room.speakers.speaker == 2

    def test_a_cough_changes_nothing(self, room: Room) -> None:
        room.sound(3, p1=TALK, p2=QUIET)
        room.sound(0.1, p1=TALK, p2=LOUD)
        assert room.speakers.speaker == 1

    def test_it_stays_through_a_pause(self, room: Room) -> None:
        room.sound(3, p1=TALK, p2=QUIET)
        room.sound(10, p1=QUIET, p2=QUIET)
        assert room.speakers.speaker == 1

    def test_who_takes_over_is_the_speaker_soon(self, room: Room) -> None:
        room.sound(3, p1=TALK, p2=QUIET)
        room.sound(1, p1=QUIET, p2=TALK)
        assert room.speakers.speaker == 2

    def test_it_does_not_change_too_often(self, room: Room) -> None:
        changes = []
        for _ in range(5):
            for loudness in ((QUIET, LOUD), (LOUD, QUIET)):
                room.sound(0.3, p1=loudness[0], p2=loudness[1])
                changes.append((room.now, room.speakers.speaker))
        times = [
            now
            for (now, speaker), (_, before) in zip(changes[1:], changes, strict=False)
            if speaker != before
        ]
        assert all(later - earlier >= HOLD_US for earlier, later in pairwise(times))

    def test_who_leaves_is_not_the_speaker(self, room: Room) -> None:
        room.sound(3, p1=TALK, p2=QUIET)
        room.speakers.forget(1)
        assert room.speakers.look(room.now) is None
