"""The words that were written in the chat of a recording, kept to be searched.

A search then reads one short row a recording, on any database, instead of every message
that was ever written. Words are kept once, in order of their first use.
"""

import re

from django.db.models import Q

from recordings.models import Recording
from rooms.models import ChatMessage

WORDS = re.compile(r"\w+")
LIMIT = 20_000  # characters of a recording; what comes after them is not found


def chat_words_of(recording: Recording) -> str:
    """Of a recording that has ended."""
    written = ChatMessage.objects.filter(
        session=recording.session_id,
        sent_us__range=(recording.started_us, recording.ended_us),
    )
    texts = written.order_by("position").values_list("text", flat=True)
    words: dict[str, None] = {}
    length = 0
    for text in texts.iterator():
        for word in _words(text):
            if word in words:
                continue
            length += len(word) + 1
            if length > LIMIT:
                return " ".join(words)
            words[word] = None
    return " ".join(words)


def written(search: str) -> Q:
    """Recordings in whose chat every word of the search was written, or begins or is in
    a word that was."""
    wanted = _words(search)
    if not wanted:
        return Q(pk__in=())
    return Q(*(Q(chat_words__contains=word) for word in wanted))


def _words(text: str) -> list[str]:
    return WORDS.findall(text.casefold())
