"""Who is customer and who is agent: by what the file says, by labels, else by what and how they speak."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from painpoints.read.columnnames import fold_name
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, OTHER, SPEAKERS, SYSTEM, Conversation
from painpoints.read.transcripts.wording import folded, is_numbered, is_system_line, side_of_label, wording

_SERVICE, _ASKS, _OWN, _OPENS, _RECURS, _HINT = 2.0, 1.5, 1.5, 1.0, 2.5, 1.5
_MOST_CUES = 3
_READ = 600  # characters of a turn that are looked at for cues


@dataclass(frozen=True, slots=True)
class Role:
    """``label`` is taken for ``speaker`` in ``turns`` sampled turns, for the reason ``why``; ``is_word`` when the
    label is a word for a role, and so nobody's name."""

    label: str
    speaker: str
    why: str
    turns: int
    is_word: bool


@dataclass(slots=True)
class _Part:
    """What one label does in one conversation (or, added up, in a file)."""

    turns: int = 0
    service: int = 0
    asks: int = 0
    own: int = 0
    menus: int = 0
    opens: int = 0
    conversations: int = 0


@dataclass(slots=True)
class Casting:
    """Gives every turn its speaker. Made from a sample of the file's conversations; ``roles`` are those found there,
    and ``turns`` counts its turns by speaker."""

    agents: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    roles: tuple[Role, ...] = ()
    conversations: int = 0
    turns: dict[str, int] = field(default_factory=dict)
    _file: dict[str, _Part] = field(default_factory=dict)

    @classmethod
    def of(cls, sample: Iterable[Conversation], agents: str | None, customers: str | None) -> Casting:
        """The casting for a file. ``agents`` and ``customers`` are labels that the user named, parted by commas."""
        casting = cls(_labels(agents), _labels(customers))
        shown = list(sample)
        casting.conversations = len(shown)
        for conversation in shown:
            for label, part in _parts(conversation, casting._open_labels(conversation)).items():
                total = casting._file.setdefault(fold_name(label), _Part())
                for name in _Part.__slots__:
                    setattr(total, name, getattr(total, name) + getattr(part, name))
        casting._settle(shown)
        return casting

    def speakers(self, conversation: Conversation) -> list[str]:
        """The speaker of each turn, in order."""
        return [speaker for speaker, _ in self._cast(conversation)]

    def _settle(self, shown: list[Conversation]) -> None:
        seen: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        spoken: Counter[str] = Counter()
        for conversation in shown:
            for turn, cast in zip(conversation.turns, self._cast(conversation), strict=True):
                spoken[cast[0]] += 1
                if turn.label is not None:
                    seen[turn.label][cast] += 1
        self.turns = {speaker: spoken[speaker] for speaker in SPEAKERS if spoken[speaker]}
        roles = []
        for label, casts in seen.items():
            sides = Counter[str]()
            for (speaker, _), turns in casts.items():
                sides[speaker] += turns
            speaker = max(sides, key=lambda side: sides[side])
            why = max((cast for cast in casts if cast[0] == speaker), key=lambda cast: casts[cast])[1]
            if len(sides) > 1:
                why += f"; elsewhere {', '.join(sorted(side for side in sides if side != speaker))}"
            is_word = fold_name(label) in wording().roles or is_numbered(label)
            roles.append(Role(label, speaker, why, sum(sides.values()), is_word))
        self.roles = tuple(sorted(roles, key=lambda role: (-role.turns, role.label)))

    def _cast(self, conversation: Conversation) -> list[tuple[str, str]]:
        """(speaker, why) of each turn."""
        by_label = {label: cast for label in {t.label for t in conversation.turns if t.label is not None}
                    if (cast := self._known(label, conversation)) is not None}
        by_label.update(self._guessed(conversation, by_label))
        casts = []
        for turn in conversation.turns:
            if turn.side is not None and not (turn.label is not None and self._named(turn.label)):
                casts.append((turn.side, "said by the file"))
            elif turn.label is not None:
                casts.append(by_label[turn.label])
            elif is_system_line(turn.text):
                casts.append((SYSTEM, "a line without a speaker"))
            else:
                casts.append((OTHER, "a turn without a speaker"))
        return casts

    def _named(self, label: str) -> str | None:
        name = fold_name(label)
        return AGENT if name in self.agents else CUSTOMER if name in self.customers else None

    def _known(self, label: str, conversation: Conversation) -> tuple[str, str] | None:
        if (named := self._named(label)) is not None:
            return named, "named by you"
        if (side := side_of_label(label)) is not None:
            return side, "by its label"
        if self.agents:
            return CUSTOMER, "not among the agents that you named"
        if self.customers:
            return AGENT, "not among the customers that you named"
        return None

    def _open_labels(self, conversation: Conversation) -> set[str]:
        """Labels about which neither the file nor a word for a role says anything."""
        return {turn.label for turn in conversation.turns
                if turn.label is not None and turn.side is None and self._known(turn.label, conversation) is None}

    def _guessed(self, conversation: Conversation, known: dict[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        parts = _parts(conversation, self._open_labels(conversation))
        if not parts:
            return {}
        sides = {speaker for speaker, _ in known.values()} | {t.side for t in conversation.turns if t.side}
        weighed = {label: self._weigh(label, part, conversation) for label, part in parts.items()}
        found: dict[str, tuple[str, str]] = {}
        for label, part in parts.items():
            total = self._file.get(fold_name(label), part) if not is_numbered(label) else part
            if total.menus * 2 >= total.turns and total.menus:
                found[label] = (BOT, "speaks as a machine does")
        people = [label for label in parts if label not in found]
        if not people:
            return found
        if CUSTOMER in sides and AGENT not in sides:
            return found | dict.fromkeys(people, (AGENT, "the others are customers"))
        if AGENT in sides and CUSTOMER not in sides:
            return found | dict.fromkeys(people, (CUSTOMER, "the others are agents"))
        order = sorted(people, key=lambda label: (weighed[label][0], -parts[label].opens, people.index(label)))
        customer = order[0]
        if len(people) == 1:
            weight, why = weighed[customer]
            return found | {customer: (AGENT, why) if weight >= _SERVICE else (CUSTOMER, "the only one who speaks")}
        least = weighed[customer][0]
        clear = weighed[order[-1]][1]
        for label in order:
            weight, why = weighed[label]
            serves = label != customer and (len(people) == 2 or (weight > max(least, 0)))
            if serves:
                found[label] = (AGENT, why or "answers")
            else:
                found[label] = (CUSTOMER, _why_customer(parts[label], clear))
        return found

    def _weigh(self, label: str, part: _Part, conversation: Conversation) -> tuple[float, str]:
        """How much speaks for an agent, and the weightiest reason."""
        total = self._file.get(fold_name(label), part)
        reasons: list[tuple[float, str]] = []
        if part.service:
            reasons.append((_SERVICE * min(part.service, _MOST_CUES), f"words of service in {_turns(part.service)}"))
        if part.asks:
            reasons.append((_ASKS * min(part.asks, _MOST_CUES), f"asks for order data in {_turns(part.asks)}"))
        recurs = total.conversations >= 3 and total.conversations >= 0.05 * self.conversations
        if recurs and not is_numbered(label):
            reasons.append((_RECURS, f"takes part in {total.conversations} of {self.conversations} conversations"))
        hinted = conversation.hints.get(label)
        if hinted is not None and hinted[0] == AGENT:
            reasons.append((_HINT, hinted[1]))
        against = _OWN * min(part.own, _MOST_CUES) + (_OPENS if part.opens and not part.service else 0)
        if hinted is not None and hinted[0] == CUSTOMER:
            against += _HINT
        if not is_numbered(label) and total.turns > part.turns:
            # What somebody does elsewhere counts a little: it settles conversations in which they say next to nothing.
            others = (total.service - part.service) + (total.asks - part.asks) - (total.own - part.own)
            reasons.append((max(-1.0, min(1.0, others / total.conversations)), "speaks as an agent elsewhere"))
        weight = sum(reason for reason, _ in reasons) - against
        positive = [reason for reason in reasons if reason[0] > 0]
        return weight, max(positive)[1] if positive else ""


def _labels(named: str | None) -> frozenset[str]:
    return frozenset(fold_name(name) for name in (named or "").split(",") if name.strip())


def _turns(count: int) -> str:
    return f"{count} turn" + ("s" if count != 1 else "")


def _why_customer(part: _Part, clear: str) -> str:
    if part.own:
        return f"speaks of an own order or trouble in {_turns(part.own)}"
    return "opens the conversation" if part.opens else "the other is the agent" if clear else "answers"


def _parts(conversation: Conversation, labels: set[str]) -> dict[str, _Part]:
    """What each of ``labels`` does, in order of appearance."""
    found: dict[str, _Part] = {}
    if not labels:
        return found
    words = wording()
    opened = False
    for turn in conversation.turns:
        if turn.label is None or turn.label not in labels:
            opened = opened or turn.side in (AGENT, CUSTOMER)
            continue
        part = found.setdefault(turn.label, _Part(conversations=1))
        text = folded(turn.text[:_READ])
        part.turns += 1
        part.service += words.service.search(text) is not None
        part.asks += words.asks.search(text) is not None
        part.own += words.customer.search(text) is not None
        part.menus += words.bot.search(text) is not None
        if not opened:
            part.opens, opened = 1, True
    return found


def participants(conversation: Conversation, speakers: Sequence[str]) -> list[int]:
    """The number of each turn's participant, from 0 on in order of appearance."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(turn.label if turn.label is not None else f"\0{speaker}", len(numbers))
            for turn, speaker in zip(conversation.turns, speakers, strict=True)]
