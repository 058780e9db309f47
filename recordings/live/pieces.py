"""An output for audiences over HTTP: its last seconds, as pieces in the archive, and
the list of them in its row. A thread of its own, as a storage may be far away."""

import base64
import logging
import threading
from queue import Empty, Full, Queue

from django.core.files.base import ContentFile
from django.db import connection

from recordings.archive import archive, delete_objects
from recordings.claims import Stopped
from recordings.live.encoding import LiveEncoder
from recordings.live.flv import nal_units
from recordings.live.fragments import Fragmenter, Piece
from recordings.live.lease import Claim
from recordings.live.playlist import Listed, Window
from recordings.live.units import Codecs, Unit
from recordings.models import LiveOutput
from rooms.clock import now_us

logger = logging.getLogger(__name__)

# Waiting for a storage that is slow; beyond it pieces are left out.
WAITING_PIECES = 8
CLOSE_SECONDS = 5.0
PEAK = 1.3  # of the bitrate, that players are told to reckon with


class Pieces(threading.Thread):
    """A Receiver."""

    def __init__(self, claim: Claim, encoder: LiveEncoder) -> None:
        super().__init__(name="pieces", daemon=True)
        self._claim = claim
        self._run_number = claim.output.runs
        self._fragmenter = Fragmenter(encoder)
        self._waiting: Queue[Piece | None] = Queue(WAITING_PIECES)
        row = LiveOutput.objects.get(pk=claim.output.pk)
        self._window = Window.from_json(row.window)
        self._describe(encoder.codecs)
        self._is_dropped = False

    def take(self, unit: Unit) -> None:
        piece = self._fragmenter.add(unit)
        if piece is None:
            return
        try:
            self._waiting.put_nowait(piece)
        except Full:
            logger.warning("A piece of output %s is left out.", self._claim.output.pk)

    def end(self, *, is_dropped: bool = False) -> None:
        """``is_dropped``: nobody is to watch any more."""
        self._is_dropped = is_dropped
        self._fragmenter.close()
        while True:  # make way: what is stored after this is of use to nobody
            try:
                self._waiting.put_nowait(None)
                break
            except Full:
                self._drop_one()

    def close(self) -> None:
        self.end()
        self.join(CLOSE_SECONDS)

    def _drop_one(self) -> None:
        try:
            self._waiting.get_nowait()
        except Empty:
            return

    def run(self) -> None:
        try:
            while (piece := self._waiting.get()) is not None:
                self._store_or_leave(piece)
            if self._is_dropped:
                drop_pieces(self._claim.output)
        finally:
            connection.close()

    def _store_or_leave(self, piece: Piece) -> None:
        try:
            self._store(piece)
        except Stopped:
            logger.info("Output %s was stopped.", self._claim.output.pk)
        except Exception:  # the edge of a thread; the next one may go well
            logger.exception("A piece of %s is left out.", self._claim.output.pk)

    def _store(self, piece: Piece) -> None:
        """The object first: whoever reads the list finds what it names."""
        output = self._claim.output
        at_us = now_us() - round(piece.seconds * 1_000_000)
        listed = Listed(
            self._window.next_number, self._run_number, piece.seconds, at_us
        )
        archive().save(key_of(output, listed.name), ContentFile(piece.data))
        run = str(self._run_number)
        self._window.inits[run] = base64.b64encode(self._fragmenter.init).decode()
        gone = self._window.add(listed)
        self._claim.update(window=self._window.as_json())
        delete_objects([key_of(output, one.name) for one in gone])

    def _describe(self, codecs: Codecs) -> None:
        window = self._window
        profile = nal_units(codecs.video_header)[0][1:4].hex()
        window.codecs = f"avc1.{profile},mp4a.40.2"
        kbit = codecs.video_kbit * PEAK + codecs.audio_kbit
        window.bits = round(kbit * 1000)
        window.width, window.height = codecs.width, codecs.height


def key_of(output: LiveOutput, name: str) -> str:
    return f"{folder_of(output)}/{name}"


def folder_of(output: LiveOutput) -> str:
    return f"rooms/{output.room_id}/outputs/{output.pk}"


def drop_pieces(output: LiveOutput) -> None:
    """All of them, also what a dead worker did not tell of."""
    delete_objects([one.key for one in archive().walk(f"{folder_of(output)}/")])
    LiveOutput.objects.filter(pk=output.pk).update(window={})
