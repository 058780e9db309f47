"""A worker's run of an output: pictures and sound at the pace of the clock, encoded
once and given to every receiver.

What is sent out is ``DELAY_US`` old: so long may records be on their way here. A
picture that is too late to be made is left out; sound never is.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from django.conf import settings

from recordings.decoders import SAMPLE_RATE
from recordings.hls import KBIT
from recordings.live import keys
from recordings.live.addresses import BadAddress, resolve
from recordings.live.encoding import LiveEncoder
from recordings.live.follow import Follower
from recordings.live.lease import Claim
from recordings.live.pieces import Pieces
from recordings.live.rtmp import Address
from recordings.live.scenery import Scenery
from recordings.live.targets import Target
from recordings.live.units import Receiver, Unit
from recordings.live.watch import Report, Watch
from recordings.mixer import Mixer, SoundTrack
from recordings.models import LiveOutput, OutputTarget
from recordings.options import ExportOptions
from recordings.segment_index import Record
from rooms.clock import now_us
from rooms.log import stream_log

logger = logging.getLogger(__name__)

DELAY_US = 800_000
# A picture that is due for so long is not made: the machine is busy.
LATE_US = 400_000
SLICE_SECONDS = 0.05
# How long the stream of somebody who has left is still read.
LINGER_US = 2_000_000


class Broadcast:
    """``with Broadcast(claim) as one: one.run(is_stopping)``."""

    def __init__(self, claim: Claim) -> None:
        self._claim = claim
        output = claim.output
        self._options = ExportOptions.from_json(output.options)
        options = self._options
        self._encoder = LiveEncoder(
            options.size,
            rate=options.rate,
            kbit=options.bitrate or KBIT[options.quality],
            threads=settings.LIVE_THREADS,
        )
        self._targets: dict[str, Target] = {}
        self._pieces: Pieces | None = None
        self.dropped = 0  # pictures
        self._until = ExitStack()

    def __enter__(self) -> "Broadcast":
        with ExitStack() as until:  # also where something of it fails
            until.callback(self._encoder.close)
            until.callback(self._close_receivers)
            self._watch = Watch(self._claim, self._report)
            self._watch.start()
            until.callback(self._watch.close)
            self._scenery = Scenery(self._watch)
            self._follower = until.enter_context(Follower(stream_log()))
            self._until = until.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._until.close()

    def run(self, is_stopping: Callable[[], bool]) -> None:
        """Until the output is over, or somebody else's, or ``is_stopping``."""
        rate = self._options.rate
        clock = Clock()
        origin_us = clock.now_us() - DELAY_US
        self._people = People(self._claim.output, self._follower, origin_us)
        number = 0
        while not self._watch.is_over and not is_stopping():
            at_us = origin_us + number * 1_000_000 // rate
            late_us = clock.now_us() - DELAY_US - at_us
            if late_us < 0:
                time.sleep(min(-late_us / 1e6, SLICE_SECONDS))
                continue
            self._heed(at_us, clock.now_us())
            scene = self._scenery.stage.scene_at(at_us)
            self._people.deal(self._scenery, at_us)
            if late_us > LATE_US:
                self.dropped += 1
            else:
                frame = self._scenery.compose(scene, at_us)
                self._give(self._encoder.add_picture(frame, number))
            number += 1
            samples = number * SAMPLE_RATE // rate - (number - 1) * SAMPLE_RATE // rate
            sound = self._people.mixer.mix(samples)
            if self._scenery.has_card:
                sound[:] = 0
            self._give(self._encoder.add_sound(sound))

    def _give(self, units: list[Unit]) -> None:
        receivers: list[Receiver] = [*self._targets.values()]
        if self._pieces is not None:
            receivers.append(self._pieces)
        for unit in units:
            for receiver in receivers:
                receiver.take(unit)

    def _heed(self, at_us: int, now_us: int) -> None:
        """What has changed since the last picture."""
        self._scenery.heed(at_us, now_us)
        self._heed_targets(self._watch.targets)
        self._heed_pieces(self._watch.output.hls)

    def _heed_targets(self, rows: list[OutputTarget]) -> None:
        wanted = {str(row.pk): row for row in rows}
        for target_id in self._targets.keys() - wanted.keys():
            self._targets.pop(target_id).end()
        for target_id in wanted.keys() - self._targets.keys():
            row = wanted[target_id]
            target = Target(
                partial(address_of, row),
                self._encoder.codecs,
                ca_file=settings.LIVE_CA_FILE,
                name=row.url,
            )
            self._targets[target_id] = target
            target.start()

    def _heed_pieces(self, is_wanted: bool) -> None:
        if is_wanted and self._pieces is None:
            self._pieces = Pieces(self._claim, self._encoder)
            self._pieces.start()
        elif not is_wanted and self._pieces is not None:
            self._pieces.end(is_dropped=True)
            self._pieces = None

    def _report(self) -> Report:
        targets = dict(self._targets)
        return Report(self.dropped, {one: targets[one].status for one in targets})

    def _close_receivers(self) -> None:
        """All at once: each may have something to say to a server that is slow."""
        for target in self._targets.values():
            target.end()
        for target in self._targets.values():
            target.close()
        if self._pieces is not None:
            self._pieces.close()


class Clock:
    """The wall clock as it was at first, and from then on never back."""

    def __init__(self) -> None:
        self._offset_us = now_us() - time.monotonic_ns() // 1000

    def now_us(self) -> int:
        return time.monotonic_ns() // 1000 + self._offset_us


class People:
    """The streams of those in the session, dealt out to decoders."""

    def __init__(self, output: LiveOutput, follower: Follower, origin_us: int) -> None:
        self.mixer = Mixer(origin_us)
        self._follower = follower
        self._room_id = output.room_id
        self._numbers: dict[str, int] = {}  # by stream
        self._left_us: dict[str, int] = {}
        self._sounds: dict[int, dict[str, SoundTrack]] = defaultdict(dict)

    def deal(self, scenery: Scenery, at_us: int) -> None:
        self._heed(scenery, at_us)
        for stream, number in self._numbers.items():
            for record in self._follower.take(stream):
                self._give(scenery, number, record)

    def _give(self, scenery: Scenery, number: int, record: Record) -> None:
        if not record.payload and not record.is_end:
            return  # a decoder would take it for the end of all
        kind = record.header.kind
        if kind.is_video:
            scenery.compositor.track(number, kind.wire_name).push(record)
            return
        scenery.stage.voices.hear(number, record)
        tracks = self._sounds[number]
        if kind.wire_name not in tracks:
            tracks[kind.wire_name] = self.mixer.add_track()
        tracks[kind.wire_name].push(record)

    def _heed(self, scenery: Scenery, at_us: int) -> None:
        """Whoever has come is followed, whoever has left is forgotten a bit later."""
        here = {
            f"rooms/{self._room_id}/media/{one['id']}": one["number"]
            for one in scenery.stage.state["participants"]
        }
        if here.keys() == self._numbers.keys():
            return
        numbers = set(here.values())
        for stream in self._numbers.keys() - here.keys():
            left_us = self._left_us.setdefault(stream, at_us)
            if at_us - left_us < LINGER_US:
                here[stream] = self._numbers[stream]
            else:
                self._forget(scenery, stream)
        for stream in here.keys() & self._left_us.keys():
            if here[stream] in numbers:  # is back
                del self._left_us[stream]
        self._numbers = here
        self._follower.follow(here)

    def _forget(self, scenery: Scenery, stream: str) -> None:
        number = self._numbers[stream]
        del self._left_us[stream]
        for track in self._sounds.pop(number, {}).values():
            self.mixer.drop_track(track)
        scenery.compositor.forget(number)
        scenery.stage.voices.forget(number)


def address_of(row: OutputTarget) -> Address:
    """Raises BadAddress."""
    try:
        key = keys.unseal(bytes(row.secret))
    except keys.KeyLost:
        raise BadAddress("key_lost") from None
    return resolve(row.url, key, allows_private=settings.LIVE_PRIVATE_TARGETS)
