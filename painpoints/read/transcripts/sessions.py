"""A chat that goes on for months, cut into conversations where it was silent for long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from painpoints.read.times import find_reading, read_time
from painpoints.read.transcripts.conversation import Conversation

#: Days of silence after which what is written next is a new conversation.
SILENCE = dt.timedelta(days=7)


def sessions(conversation: Conversation, language: str, first: int = 1) -> Iterator[Conversation]:
    """The conversations of one chat, in order, numbered from ``first`` on; later ones get "-2", "-3" after their id."""
    turns = conversation.turns
    reading = find_reading([turn.time for turn in turns if turn.time is not None][:5000], "time", language)
    start = count = 0
    last: dt.datetime | None = None
    for place in range(len(turns) + 1):
        moment = None
        if place < len(turns):
            moment = read_time(turns[place].time, reading) if reading is not None else None
            is_new = moment is not None and last is not None and moment - last > SILENCE
            if moment is not None:
                last = moment
            if not is_new:
                continue
        if place == len(turns) and start == 0 and count == 0:
            yield replace(conversation, number=first)
            return
        count += 1
        name = conversation.id if count == 1 or conversation.id is None else f"{conversation.id}-{count}"
        dropped = conversation.dropped if count == 1 else type(conversation.dropped)()
        yield replace(conversation, number=first + count - 1, id=name, turns=turns[start:place], dropped=dropped,
                      facts=dict(conversation.facts))
        start = place
