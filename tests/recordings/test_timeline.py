"""Events to intervals."""

from typing import Any

from recordings.timeline import REACTION_US, Reaction, TrackSpan, build_timeline

END = 1_000


def event(at_us: int, type_: str, **data: Any) -> dict[str, Any]:
    return {"type": "event", "event": type_, "at_us": at_us, "data": data}


def joined(at_us: int, number: int = 1, **fields: Any) -> dict[str, Any]:
    participant = {
        "id": f"id-{number}",
        "number": number,
        "name": f"Person {number}",
        "role": "guest",
        "hand_raised_us": None,
        "tracks": {},
        **fields,
    }
    return event(at_us, "participant.joined", participant=participant)


def track(kind: str = "camera", codec: str = "vp8", width: int = 640) -> dict[str, Any]:
    return {"kind": kind, "codec": codec, "width": width, "height": 360}


def test_presence_is_from_joining_to_leaving_or_to_the_end() -> None:
    timeline = build_timeline(
        [joined(10), joined(20, 2), event(50, "participant.left", number=1)],
        start_us=0,
        until_us=END,
    )
    assert [person.present for person in timeline.people] == [[(10, 50)], [(20, END)]]


def test_the_end_of_the_session_ends_everything() -> None:
    timeline = build_timeline(
        [
            joined(10),
            event(20, "track.started", number=1, track=track()),
            event(30, "participant.updated", number=1, hand_raised_us=30),
            event(60, "session.ended", session={}),
        ],
        start_us=0,
        until_us=END,
    )
    (person,) = timeline.people
    assert person.present == [(10, 60)]
    assert person.hands == [(30, 60)]
    assert person.tracks == [TrackSpan("camera", "vp8", 640, 360, 20, 60)]


def test_a_track_that_changes_is_two_spans() -> None:
    timeline = build_timeline(
        [
            joined(0),
            event(10, "track.started", number=1, track=track()),
            event(20, "track.started", number=1, track=track(codec="h264", width=320)),
            event(40, "track.stopped", number=1, kind="camera"),
        ],
        start_us=0,
        until_us=END,
    )
    (person,) = timeline.people
    assert person.tracks == [
        TrackSpan("camera", "vp8", 640, 360, 10, 20),
        TrackSpan("camera", "h264", 320, 360, 20, 40),
    ]
    assert person.has_track("camera", 15)
    assert not person.has_track("camera", 40)


def test_hands_names_and_lost_connections() -> None:
    timeline = build_timeline(
        [
            joined(0),
            event(10, "participant.updated", number=1, hand_raised_us=10),
            event(15, "participant.updated", number=1, name="Robert"),
            event(20, "participant.updated", number=1, connected=False),
            event(25, "participant.updated", number=1, connected=True),
            event(30, "participant.updated", number=1, hand_raised_us=None),
        ],
        start_us=0,
        until_us=END,
    )
    (person,) = timeline.people
    assert (person.name, person.hands, person.away) == (
        "Robert",
        [(10, 30)],
        [(20, 25)],
    )


def test_events_after_the_end_and_about_strangers_are_passed_over() -> None:
    timeline = build_timeline(
        [
            joined(0),
            event(5, "track.started", number=9, track=track()),
            event(6, "participant.left", number=9, reason="left"),
            event(7, "something.new"),
            event(8, "chat.message", message={"text": "hi"}),
            event(END + 1, "chat.message", message={"text": "late"}),
        ],
        start_us=0,
        until_us=END,
        voices={1: [(1, 2)], 9: [(1, 2)]},
    )
    assert [person.number for person in timeline.people] == [1]
    assert timeline.people[0].speaking == [(1, 2)]
    assert timeline.chat == [{"text": "hi"}]


def test_a_reaction_is_shown_for_a_while_and_no_longer_than_the_timeline() -> None:
    timeline = build_timeline(
        [
            joined(10),
            event(100, "reaction.sent", number=1, emoji="👍"),
            event(300, "reaction.sent", number=1, emoji="🎉"),
            event(400, "reaction.sent", number=9, emoji="🎉"),
        ],
        start_us=0,
        until_us=2 * REACTION_US,
    )
    (person,) = timeline.people
    assert person.reactions == [
        Reaction("👍", 100, 100 + REACTION_US),
        Reaction("🎉", 300, 300 + REACTION_US),
    ]
    assert [person.reaction_at(at) for at in (99, 100, 299, 300)] == [
        "",
        "👍",
        "👍",
        "🎉",
    ]
    assert person.reaction_at(300 + REACTION_US) == ""
    cut = build_timeline(
        [joined(10), event(900, "reaction.sent", number=1, emoji="👍")],
        start_us=0,
        until_us=END,
    )
    assert cut.people[0].reactions[0].end_us == END
