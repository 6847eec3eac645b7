"""Mail (mbox files, single messages) as conversations: threads by their references, else by their subjects."""

from __future__ import annotations

import email
import email.policy
import email.utils
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from typing import cast

from painpoints.read.bytestream import ByteSource
from painpoints.read.columnnames import fold_name
from painpoints.read.table import BadRow
from painpoints.read.transcripts.conversation import AGENT, BOT, CUSTOMER, SYSTEM, Conversation, Said, Transcripts
from painpoints.read.transcripts.quoting import html_words, mail_words, own_words
from painpoints.read.transcripts.spool import Spool
from painpoints.read.transcripts.wording import folded

_FROM_LINE = re.compile(rb"From \S+.*\d{4}.*\r?\n")
_HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]{1,60}:(?:\s|$)")
_NAMED = re.compile(rb"(?im)^(from|date|subject|message-id|to|received|mime-version|return-path):")
_MOST_BYTES = 64 * 1024 * 1024
_ID = re.compile(r"<[^<>\s]+>")


@dataclass(slots=True)
class _Envelope:
    """What threads and roles are found by."""

    number: int
    ids: list[str]
    subject: str
    is_answer: bool
    sender: str
    receivers: list[str]


@dataclass(slots=True)
class _Threads:
    """The thread of each mail by its number, and who serves, with the reason."""

    of: dict[int, int] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    why: str = ""


def is_mail(head: bytes) -> bool:
    """Whether bytes begin as an mbox file or a single mail does."""
    start = head.lstrip(b"\xef\xbb\xbf\r\n")
    if _FROM_LINE.match(start):
        return _is_headed(start.split(b"\n", 1)[-1])
    return _is_headed(start)


def _is_headed(start: bytes) -> bool:
    top = re.split(rb"\r?\n\r?\n", start[:65536], maxsplit=1)[0]
    lines = top.splitlines()
    good = sum(1 for line in lines if _HEADER.match(line) or line[:1] in (b" ", b"\t"))
    names = {match.lower() for match in _NAMED.findall(top)}
    return bool(lines) and good >= 0.95 * len(lines) and b"from" in names and len(names) >= 3 and bool(
        names & {b"message-id", b"mime-version", b"date", b"received"})


def mail_transcripts(sources: Sequence[ByteSource], agent: str | None) -> Transcripts:
    """The threads in one or several files of mail. ``agent`` may name addresses or domains of those who serve."""
    envelopes = [envelope for number, message in _messages(sources) if isinstance(message, EmailMessage)
                 and (envelope := _envelope(number, message)) is not None]
    threads = _threaded(envelopes, agent)
    notes = [f"roles: {threads.why}."] if threads.why else []
    return Transcripts("mail", lambda: _conversations(sources, threads), header=False, notes=notes)


def _messages(sources: Sequence[ByteSource]) -> Iterator[tuple[int, EmailMessage | str]]:
    """Each mail with its number from 1 on; where one cannot be taken apart, why."""
    number = 0
    for source in sources:
        for raw in _raw(source):
            number += 1
            if raw is None:
                yield number, f"the mail is larger than {_MOST_BYTES // 1_000_000} MB"
                continue
            try:
                found = email.message_from_bytes(raw, policy=email.policy.default)
                yield number, found
            except (MessageError, ValueError, LookupError, RecursionError) as error:
                yield number, f"the mail cannot be taken apart ({type(error).__name__})"


def _raw(source: ByteSource) -> Iterator[bytes | None]:
    """The bytes of each mail; None for one that is too large."""
    lines: list[bytes] = []
    size = 0
    is_box = blank = first = True
    with source.reading() as stream:
        for line in stream:
            if first and not line.strip(b"\xef\xbb\xbf\r\n"):
                continue
            if first:
                line = line.removeprefix(b"\xef\xbb\xbf")
                is_box = _FROM_LINE.match(line) is not None
                first = False
                if is_box:
                    continue
            if is_box and blank and _FROM_LINE.match(line):
                yield b"".join(lines) if size <= _MOST_BYTES else None
                lines, size = [], 0
                continue
            blank = not line.strip()
            size += len(line)
            if size <= _MOST_BYTES:
                lines.append(line[1:] if is_box and re.match(rb">+From ", line) else line)
    if lines:
        yield b"".join(lines) if size <= _MOST_BYTES else None


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, "") or "")
    except (ValueError, LookupError, IndexError, AttributeError, TypeError, MessageError):
        return ""  # a header that is written wrongly is as good as none


def _envelope(number: int, message: EmailMessage) -> _Envelope | None:
    ids = _ID.findall(_header(message, "Message-ID"))[:1] or [f"<{number}>"]
    ids += _ID.findall(_header(message, "References")) + _ID.findall(_header(message, "In-Reply-To"))
    subject = folded(_header(message, "Subject"))
    bare = mail_words().prefixes.sub("", subject) if mail_words().prefixes.match(subject) else subject
    receivers = [address for name in ("To", "Cc") for address in _addresses(_header(message, name))]
    sender = next(iter(_addresses(_header(message, "From"))), "")
    return _Envelope(number, ids, bare.strip(), bare != subject, sender, receivers)


def _addresses(header: str) -> list[str]:
    return [address.casefold() for _, address in email.utils.getaddresses([header]) if "@" in address]


def _threaded(envelopes: list[_Envelope], agent: str | None) -> _Threads:
    """The mails put together by references; an answer without any goes with the mails of its subject that share a
    correspondent."""
    roots: dict[str, str] = {}

    def root(name: str) -> str:
        while roots.setdefault(name, name) != name:
            roots[name] = roots[roots[name]]
            name = roots[name]
        return name

    for envelope in envelopes:
        for other in envelope.ids[1:]:
            roots[root(other)] = root(envelope.ids[0])
    by_subject: dict[str, list[_Envelope]] = defaultdict(list)
    for envelope in envelopes:
        people = _parties(envelope)
        if envelope.is_answer and len(envelope.ids) == 1 and envelope.subject:
            earlier = next((other for other in reversed(by_subject[envelope.subject])
                            if len(_parties(other) & people) >= 2), None)
            if earlier is not None:
                roots[root(envelope.ids[0])] = root(earlier.ids[0])
        by_subject[envelope.subject].append(envelope)
    numbers: dict[str, int] = {}
    threads = _Threads({envelope.number: numbers.setdefault(root(envelope.ids[0]), len(numbers))
                        for envelope in envelopes})
    threads.own, threads.why = _own(envelopes, threads.of, agent)
    return threads


def _own(envelopes: list[_Envelope], thread: dict[int, int], agent: str | None) -> tuple[frozenset[str], str]:
    """The addresses or domains of those who serve, and why."""
    if agent:
        return frozenset(name.strip().casefold().lstrip("@") for name in agent.split(",") if name.strip()), ""
    words = mail_words()
    everyone = {address for envelope in envelopes for address in (envelope.sender, *envelope.receivers) if address}
    boxes = {address for address in everyone if _mailbox(address) == AGENT}
    domains = {address.rsplit("@", 1)[1] for address in boxes} - words.anybody
    if domains or boxes:
        own = domains | {address for address in boxes if address.rsplit("@", 1)[1] in words.anybody}
        return frozenset(own), f"{', '.join(sorted(domains) or ['a mailbox'])} answers from a mailbox for service"
    takes: dict[str, set[int]] = defaultdict(set)
    for envelope in envelopes:
        for party in _parties(envelope):
            takes[party].add(thread[envelope.number])
    total = len(set(thread.values()))
    if not takes:
        return frozenset(), ""
    openers = Counter(envelope.sender.rsplit("@", 1)[-1] for envelope in envelopes if not envelope.is_answer)
    best = max(takes, key=lambda name: (len(takes[name]), -openers[name], "@" not in name))
    if total >= 2 and len(takes[best]) > 0.5 * total:
        shown = best if "@" not in best else "one address"
        return frozenset((best,)), f"{shown} takes part in {len(takes[best])} of {total} threads"
    first = {thread[envelope.number]: envelope for envelope in reversed(envelopes)}
    asked = {_party(receiver) for envelope in first.values() for receiver in envelope.receivers[:1]}
    return frozenset(asked), "those to whom the first mail of a thread goes are the agents" if asked else ""


def _party(address: str) -> str:
    """The company an address is of: its domain, or the address itself where anybody may have one."""
    domain = address.rsplit("@", 1)[1]
    return address if domain in mail_words().anybody else domain


def _parties(envelope: _Envelope) -> set[str]:
    return {_party(address) for address in (envelope.sender, *envelope.receivers) if address}


def _mailbox(address: str) -> str | None:
    """Who answers from an address, by what stands before its @."""
    local = fold_name(address.split("@", 1)[0].split("+", 1)[0])
    for role, names in mail_words().mailboxes.items():
        if local in names:
            return {"agent": AGENT, "bot": BOT}.get(role, SYSTEM)
    return None


def _side(message: EmailMessage, sender: str, own: frozenset[str]) -> str:
    box = _mailbox(sender)
    is_own = sender in own or sender.rsplit("@", 1)[-1] in own
    automatic = _header(message, "Auto-Submitted").casefold()
    if box == SYSTEM:
        return SYSTEM
    if box == BOT or (automatic and automatic != "no"):
        return BOT if is_own else SYSTEM
    return AGENT if is_own else CUSTOMER


def _conversations(sources: Sequence[ByteSource], threads: _Threads) -> Iterator[Conversation | BadRow]:
    with Spool() as spool:
        for number, message in _messages(sources):
            if isinstance(message, str):
                yield BadRow(number, "unreadable_mail", message, "")
                continue
            spool.put(threads.of[number], number, _cells(message, threads.own))
        for _, mails in spool.groups():
            yield _conversation(mails)


def _cells(message: EmailMessage, own: frozenset[str]) -> dict[str, object]:
    text, attachments = _text(message)
    sender = next(iter(_addresses(_header(message, "From"))), "")
    return {"text": text, "own": own_words(text) if text else "", "attachments": attachments, "sender": sender,
            "side": _side(message, sender, own), "time": _moment(_header(message, "Date")),
            "subject": _header(message, "Subject"), "id": _header(message, "Message-ID")}


def _moment(header: str) -> str | None:
    try:
        return email.utils.parsedate_to_datetime(header).isoformat() if header else None
    except (ValueError, TypeError, IndexError):
        return None


def _text(message: EmailMessage) -> tuple[str, int]:
    """The words of a mail (its plain part before its HTML part), and how many files hang on it."""
    try:
        attachments = sum(1 for _ in message.iter_attachments())
    except (AttributeError, KeyError, ValueError, LookupError):
        attachments = 0
    for kind, read in (("plain", str), ("html", html_words)):
        try:
            part = message.get_body(preferencelist=(kind,))
        except (AttributeError, KeyError, ValueError, LookupError):
            part = None
        if part is not None and (text := cast(Callable[[str], str], read)(_decoded(part))).strip():
            return text, attachments
    return "", attachments


def _decoded(part: object) -> str:
    """The content of a part, also where its charset is unknown or wrong."""
    from painpoints.read.encoding import tell_encoding

    message = cast(EmailMessage, part)
    raw = message.get_payload(decode=True)
    data = raw if isinstance(raw, bytes) else b""
    charset = str(message.get_content_charset() or "")
    try:
        if charset and charset != "us-ascii":
            return data.decode(charset)
    except (LookupError, UnicodeDecodeError):
        pass
    return data.decode(tell_encoding(data).codec, errors="replace")


def _conversation(mails: list[tuple[int, dict[str, object]]]) -> Conversation:
    if all(mail["time"] for _, mail in mails):
        mails = sorted(mails, key=lambda mail: _sortable(str(mail[1]["time"])))
    number, first = mails[0]
    name = str(first["id"] or f"{number}")
    digest = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=4).hexdigest()
    found = Conversation(number, f"mail-{digest}", [], {"subject": str(first["subject"]).strip() or None})
    for _, mail in mails:
        found.dropped["attachment"] += int(str(mail["attachments"]))
        own = str(mail["own"])
        if not own:
            found.dropped["quoted_only" if str(mail["text"]).strip() else "media_only"] += 1
            continue
        sender = str(mail["sender"]) or None
        found.turns.append(Said(sender, own, mail["time"], str(mail["side"])))
        if mail["side"] == CUSTOMER and found.customer is None:
            found.customer = sender
    found.dropped = +found.dropped
    return found


def _sortable(moment: str) -> float:
    import datetime as dt

    found = dt.datetime.fromisoformat(moment)
    return (found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)).timestamp()
