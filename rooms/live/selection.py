"""What one viewer is sent: by what it wishes to see and what its network carries.

A layer is changed at key frames only, and more of a layer is sent from a key frame on
only: a decoder never gets a record whose reference it does not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from conference.errors import Invalid
from rooms.live.capacity import STEPS, Step
from rooms.live.delivery import (
    ALL,
    Batch,
    Delivery,
    LayerId,
    Part,
    Track,
    layer_id,
)
from rooms.live.tracks import VideoTrack
from rooms.streams.layers import BEST, layer_for
from rooms.streams.record import Kind

WISHES_MOST = 4096  # tracks of which a viewer has said something
LAYERS = 16  # that a header can name
NONE = -1  # as a goal: not to be sent


@dataclass(slots=True, eq=False)
class Choice:
    """What a viewer gets of one video track: a layer, up to a rank."""

    video: VideoTrack
    layer: int | None = None  # None: nothing that goes on; it waits for a key frame
    most: int = ALL
    target: int | None = None  # the layer that it is to be


class Selection:
    def __init__(self, number: int) -> None:
        """``number``: the viewer's own, who gets nothing of its own."""
        self._number = number
        self._heights: dict[Track, int] = {}  # wishes: lines, 0 for off
        self._muted = {layer_id((number, kind), 0) for kind in Kind}  # sound
        self._choices: dict[Track, Choice] = {}
        self._sent: dict[LayerId, int] = {}  # layers of video now, each up to a rank
        self._awaited: dict[
            LayerId, Choice
        ] = {}  # whose next key frame changes a choice
        self.step: Step = STEPS[0]

    # What is wished.

    def wish(self, track: Track, height: int) -> None:
        """Lines at which a track is shown, 0 for off. ``aim`` at it afterwards.

        Raises Invalid beyond WISHES_MOST tracks: more than a session can have.
        """
        if track not in self._heights and len(self._heights) >= WISHES_MOST:
            raise Invalid(_("Too many tracks are chosen."))
        self._heights[track] = height
        if track[1].is_video or track[0] == self._number:
            return
        if height:
            self._muted.discard(layer_id(track, 0))
        else:
            self._muted.add(layer_id(track, 0))

    def goal(self, track: Track, step: Step | None = None) -> int:
        """The best layer that this viewer is to get of a track, or NONE."""
        if self._is_off(track):
            return NONE
        height = self._heights.get(track)
        wished = BEST if height is None else layer_for(height)
        return min(wished, (step or self.step).spatial)

    def wanted(self) -> Iterator[tuple[Track, int]]:
        """The layers that are to be encoded for this viewer."""
        for track, choice in self._choices.items():
            goal = self.goal(track)
            if goal == NONE:
                continue
            yield track, goal
            if choice.layer is not None:
                yield track, choice.layer  # until it is changed

    def cost(self, step: Step) -> float:
        """Bytes of video a second that a step lets through."""
        return sum(
            choice.video.cost(goal, step.most)
            for track, choice in self._choices.items()
            if (goal := self.goal(track, step)) != NONE
        )

    # What it comes to.

    def aim(self, video: VideoTrack) -> int | None:
        """Choose anew, since the wish, the step or the layers have changed; of which
        layer a key frame is needed for it, if any."""
        if video.track[0] == self._number:
            return None
        choice = self._choices.get(video.track)
        if choice is None or choice.video is not video:
            self.forget(video.track)
            choice = self._choices[video.track] = Choice(video)
        goal = self.goal(video.track)
        choice.target = None if goal == NONE else video.nearest(goal)
        if goal == NONE or choice.layer not in video.layers:
            self._stop(choice)
        self._await(choice)
        if choice.layer is not None:
            self._limit(choice, min(choice.most, self.step.most))
        return None if choice.layer == choice.target else choice.target

    def aim_all(self) -> list[tuple[Track, int]]:
        """The same for every track; the key frames that are needed."""
        aimed = [
            (choice.video.track, self.aim(choice.video))
            for choice in list(self._choices.values())
        ]
        return [(track, spatial) for track, spatial in aimed if spatial is not None]

    def begin(self, track: Track, spatial: int) -> None:
        """Send a layer from its next record on: what is before it has been sent."""
        self._change(self._choices[track], spatial)

    def shown(self, track: Track) -> int | None:
        """The layer that a viewer gets, or is to get."""
        choice = self._choices.get(track)
        if choice is None:
            return None
        return choice.target if choice.layer is None else choice.layer

    def interrupt(self, track: Track) -> None:
        """Something was left out: go on from a key frame."""
        if choice := self._choices.get(track):
            self._stop(choice)
            self._await(choice)

    def forget(self, track: Track) -> None:
        if choice := self._choices.pop(track, None):
            choice.target = None
            self._stop(choice)
            self._await(choice)

    # What goes out.

    def parts(self, batch: Batch) -> tuple[Part, ...] | None:
        """What this viewer gets of a batch; None where that changes within it."""
        if batch.has_end or not self._awaited.keys().isdisjoint(batch.key_frames):
            return None
        video, sent = batch.video, self._sent
        parts = [(layer, ALL) for layer in batch.sound if layer not in self._muted]
        if len(sent) < len(video):
            parts += [part for part in sent.items() if part[0] in video]
        else:
            parts += [(layer, sent[layer]) for layer in video if layer in sent]
        return tuple(parts)

    def admits(self, delivery: Delivery) -> bool:
        """Whether this viewer gets the next delivery; follows its key frames."""
        layer = delivery.layer
        if not delivery.is_video:
            return layer not in self._muted
        if delivery.is_end:
            self.interrupt(delivery.track)
            return not self._is_off(delivery.track)
        if delivery.is_key and (choice := self._awaited.get(layer)):
            self._change(choice, delivery.spatial)
        most = self._sent.get(layer)
        return most is not None and delivery.rank <= most

    def _is_off(self, track: Track) -> bool:
        return track[0] == self._number or self._heights.get(track) == 0

    def _change(self, choice: Choice, spatial: int) -> None:
        self._stop(choice)
        choice.layer = spatial
        self._limit(choice, self.step.most)
        self._await(choice)

    def _limit(self, choice: Choice, most: int) -> None:
        assert choice.layer is not None  # noqa: S101 - it is being sent
        choice.most = most
        self._sent[layer_id(choice.video.track, choice.layer)] = most

    def _stop(self, choice: Choice) -> None:
        if choice.layer is not None:
            del self._sent[layer_id(choice.video.track, choice.layer)]
            choice.layer = None

    def _await(self, choice: Choice) -> None:
        track, target = choice.video.track, choice.target
        for spatial in range(LAYERS):
            self._awaited.pop(layer_id(track, spatial), None)
        if target is None:
            return
        if choice.layer is None:  # a smaller picture is better than none
            for spatial in choice.video.layers:
                if spatial <= target:
                    self._awaited[layer_id(track, spatial)] = choice
        elif choice.layer != target or choice.most < self.step.most:
            self._awaited[layer_id(track, target)] = choice
