"""Whose voices are forwarded, and who speaks. Reads nothing but the loudness in the
records' headers. Pure; times are media times in microseconds."""

from dataclasses import dataclass

from rooms.streams.record import SILENT

VOICE_DBOV = 50  # louder than -50 dBov is a voice
DECAY_DB_PER_SECOND = 10.0  # of the loudness that is remembered
LOUDER_DB = 6.0  # so much louder, and a voice takes the place of another
PAUSE_US = 2_000_000  # a microphone that sends nothing for so long keeps no place
# Speech is what is loud again and again: an average over about half a second.
SMOOTHING = 1 / 25
PACKET_US = 20_000
SPEECH_DB = 4.0  # above -VOICE_DBOV, on average: somebody speaks
AHEAD = 1.5  # times the speech of the present speaker, and another takes over
HOLD_US = 1_000_000  # at least from one change of the speaker to the next


@dataclass(slots=True)
class _Voice:
    level: float = 0.0  # dB above digital silence
    speech: float = 0.0  # dB above VOICE_DBOV, averaged
    heard_us: int = 0

    def hear(self, loudness: int, now_us: int) -> None:
        self.level = max(self.level_at(now_us), SILENT - loudness)
        self.speech += (max(0, VOICE_DBOV - loudness) - self.speech) * SMOOTHING
        self.heard_us = max(now_us, self.heard_us)

    def level_at(self, now_us: int) -> float:
        passed_us = max(0, now_us - self.heard_us)
        return max(0.0, self.level - passed_us * DECAY_DB_PER_SECOND / 1e6)

    def speech_at(self, now_us: int) -> float:
        """Packets that are missing count as silence."""
        missing = max(0, now_us - self.heard_us - 10 * PACKET_US) // PACKET_US
        return float(self.speech * (1 - SMOOTHING) ** missing)


class Speakers:
    """The microphones of one room, by participant number."""

    def __init__(self, most: int) -> None:
        """``most``: voices forwarded at a time."""
        self._most = most
        self._voices: dict[int, _Voice] = {}
        self._chosen: set[int] = set()
        self.speaker: int | None = None  # who spoke last
        self._changed_us = 0

    def hear(self, number: int, loudness: int, now_us: int) -> bool:
        """Whether this packet is one of the loudest few's."""
        voice = self._voices.get(number)
        if voice is None:
            voice = self._voices[number] = _Voice()
        voice.hear(loudness, now_us)
        if number in self._chosen:
            return True
        if len(self._chosen) < self._most:
            self._chosen.add(number)
            return True
        return loudness < VOICE_DBOV and self._take_place(number, voice.level, now_us)

    def _take_place(self, number: int, level: float, now_us: int) -> bool:
        levels = {one: self._voices[one].level_at(now_us) for one in self._chosen}
        quietest = min(levels, key=lambda one: levels[one])
        is_paused = now_us - self._voices[quietest].heard_us > PAUSE_US
        if not is_paused and level < levels[quietest] + LOUDER_DB:
            return False
        self._chosen.remove(quietest)
        self._chosen.add(number)
        return True

    def forget(self, number: int) -> None:
        """The microphone is off, or its owner has left."""
        self._voices.pop(number, None)
        self._chosen.discard(number)
        if self.speaker == number:
            self.speaker = None

    def look(self, now_us: int) -> int | None:
        """Who speaks: the present speaker until another has clearly taken over. To be
        called a few times a second."""
        best = max(
            self._chosen,
            key=lambda one: self._voices[one].speech_at(now_us),
            default=None,
        )
        if best is None or best == self.speaker:
            return self.speaker
        speech = self._voices[best].speech_at(now_us)
        present = self._voices.get(self.speaker) if self.speaker else None
        least = present.speech_at(now_us) * AHEAD if present else 0.0
        is_held = self.speaker and now_us - self._changed_us < HOLD_US
        if not is_held and speech > max(SPEECH_DB, least):
            self.speaker, self._changed_us = best, now_us
        return self.speaker
