"""The video of one room: which viewer gets which layer, from which key frame on."""

from collections.abc import Callable, Iterable

from rooms.live.delivery import Delivery, Track
from rooms.live.outbox import Outbox
from rooms.live.tracks import Layer, VideoTrack

CATCH_UP_BYTES = 256 << 10  # of one track, beyond which a smaller layer begins


class Pictures:
    def __init__(
        self,
        outboxes: Callable[[], Iterable[Outbox]],
        ask: Callable[[Track, int], None],
    ) -> None:
        """``outboxes``: of all viewers. ``ask`` sends a request for a key frame of a
        layer to the track's publisher."""
        self.tracks: dict[Track, VideoTrack] = {}
        self._outboxes = outboxes
        self._ask = ask

    # What comes, or does not.

    def note(self, delivery: Delivery, *, is_stale: bool) -> bool:
        """Remember a record for viewers to come; whether those here may get it."""
        video = self.tracks.get(delivery.track)
        if video is None:
            video = self.tracks[delivery.track] = VideoTrack(delivery.track)
        layer, has_begun = video.take(delivery)
        if is_stale:
            layer.pass_over()
        is_offered = not is_stale and layer.add(delivery)
        if has_begun:  # and its key frame is on its way to those who change to it
            for outbox in self._outboxes():
                outbox.selection.aim(video)
        if layer.take_request():
            self._ask(delivery.track, delivery.spatial)
        return is_offered

    def expect(self, track: Track, layers: list[int]) -> None:
        """There is a track of which nothing may come until somebody here wants it."""
        video = self.tracks.setdefault(track, VideoTrack(track))
        for spatial in layers:
            video.layers.setdefault(spatial, Layer())
        self._aim(video)

    def lose(self, number: int) -> None:
        """Records of this participant are missing: its video breaks off until its
        next key frames."""
        for video in self.of(number):
            video.rest()
            self.request_keyframe(video.track)

    def forget(self, track: Track) -> None:
        if self.tracks.pop(track, None):
            for outbox in self._outboxes():
                outbox.selection.forget(track)

    def drop_gone(self) -> None:
        """Forget layers that are sent no more."""
        for video in self.tracks.values():
            if video.drop_gone():
                self._aim(video)

    def of(self, number: int) -> list[VideoTrack]:
        """The tracks of one participant."""
        return [one for track, one in self.tracks.items() if track[0] == number]

    def begun(self) -> dict[Track, VideoTrack]:
        """The tracks that have had a key frame: of others nobody has chosen a layer
        yet, and to be told that none is wanted would end them."""
        return {track: one for track, one in self.tracks.items() if one.layers}

    # What viewers get.

    def begin(self, outbox: Outbox, video: VideoTrack, *, least: bool) -> bool:
        """Send a viewer a track from its last key frame on: of the layer that it is to
        get, or of the ``least`` to be there soon. False where there is none to begin
        with: the publisher may rest."""
        needed = outbox.selection.aim(video)
        if needed is None:
            return True
        spatial = min(video.layers) if least else needed
        if video.layers[spatial].group_bytes > CATCH_UP_BYTES:
            spatial = min(video.layers)
        has_begun = outbox.catch_up(video.track, spatial, video.layers[spatial].group)
        if not has_begun:
            self.request_keyframe(video.track, spatial)
        if spatial != needed:
            self.request_keyframe(video.track, needed)
        return has_begun

    def request_keyframe(self, track: Track, spatial: int | None = None) -> None:
        """Ask a track's publisher for a key frame of a layer, or of all, at most once
        a second."""
        video = self.tracks.get(track)
        for number, layer in video.layers.items() if video else ():
            if spatial in (None, number):
                layer.want_keyframe()
                if layer.take_request():
                    self._ask(track, number)

    def _aim(self, video: VideoTrack) -> None:
        """Layers have changed: each viewer's choice may."""
        for outbox in self._outboxes():
            spatial = outbox.selection.aim(video)
            if spatial is not None:
                self.request_keyframe(video.track, spatial)
