"""Places a message goes to, as Apprise knows them: what each takes, how it is shown, what became of a request."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from painpoints.errors import MissingExtraError, UsageError

#: Apprise's services that are mail and show a page as it was made
MAIL = frozenset({"email", "ses", "sendgrid", "mailgun", "smtp2go", "sparkpost", "office365", "brevo", "resend",
                  "mailersend", "postmark", "sendpulse", "groundmail"})
#: webhooks whose path may be a secret, which Apprise shows
_HOOKS = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "apprise", "apprises"})
_CUT = {"markdown": "\n\n*… cut here; the rest is in the digest's file.*",
        "text": "\n\n[… cut here; the rest is in the digest's file.]"}
#: answers after which another try makes sense
_PASSING = frozenset({408, 425, 429, 500, 502, 503})
#: an answer that does not say whether the request arrived
_LOST = 504


class Forms(Protocol):
    """A message in the forms places take."""

    @property
    def html(self) -> str: ...

    @property
    def markdown(self) -> str: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class Outcome:
    """``status`` sent, failed (nothing arrived) or unsure; whether to try ``again``, and ``after`` how many seconds."""

    status: str
    reason: str | None = None
    again: bool = False
    after: float | None = None


@dataclass(frozen=True)
class Target:
    """One place: its ``url`` with all secrets, and how it is ``shown``, without any."""

    url: str = field(repr=False)
    shown: str
    service: Any = field(repr=False)

    def body(self, message: Forms) -> tuple[str, str]:
        """The form this place takes (html, markdown or text) and the message in it, cut to what it takes."""
        form = self._form()
        whole = str(getattr(message, form))
        return form, whole if form == "html" else cut(whole, self._room(), form)

    def send(self, subject: str, body: str, form: str) -> Outcome:
        """One request, and what became of it. Nothing of it reaches a log."""
        from apprise import NotifyFormat, NotifyType

        seen = _Seen()
        with _silent(), seen.watching():
            try:
                sent = bool(self.service.notify(title=subject, body=body, notify_type=NotifyType.INFO,
                                                body_format=NotifyFormat(form)))
            except Exception as error:
                # Apprise's own errors may quote the address.
                sent, seen.error = False, type(error).__name__
        return Outcome("sent") if sent else seen.outcome()

    def _form(self) -> str:
        asked = parse_qs(urlsplit(self.url).query).get("format", [""])[0].lower()
        if asked in ("html", "markdown", "text"):
            return asked
        if type(self.service).__module__.split(".")[2] in MAIL:
            return "html"
        taken = self.service.notify_format
        taken = [str(getattr(one, "value", one)) for one in (taken if isinstance(taken, tuple) else (taken,))]
        # Services whose first choice is HTML know a few tags only, and turn Markdown into these badly.
        chat = "markdown" in taken and taken[0] != "html" and urlsplit(self.url).scheme.lower() not in _HOOKS
        return "markdown" if chat else "text"

    def _room(self) -> int:
        room = int(self.service.body_maxlen)
        # Without a line of its own for the title, Apprise puts it before the text.
        return room - (300 if int(self.service.title_maxlen) <= 0 else 0)


def targets_of(urls: Sequence[str]) -> list[Target]:
    """The places that ``urls`` name, each once. Raises UsageError for one that Apprise does not know."""
    apprise = _apprise()
    asset = _asset(apprise)
    found: dict[str, Target] = {}
    for number, url in enumerate(urls, 1):
        with _silent():
            service = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
        if service is None:
            scheme = re.match(r"[a-z][a-z0-9+.-]{0,15}(?=://)", url.strip(), re.I)
            kind = f" ({scheme[0].lower()}://...)" if scheme else ""
            raise UsageError(f"Address {number}{kind} is none that Apprise knows.",
                             hint="Write it as Apprise has it, for instance mailto://user:password@example.com")
        # Tries are counted here, what fails is told, and nothing goes elsewhere than where it was sent to.
        for name, value in (("retry", 0), ("optional", False), ("redirects", False)):
            if hasattr(service, name):
                setattr(service, name, value)
        found.setdefault(url, Target(url, shown(url, service), service))
    return list(found.values())


def shown(url: str, service: Any) -> str:
    """The address of ``service`` without passwords, tokens, headers and the paths of webhooks."""
    plain = str(service.url(privacy=True)).split("?", 1)[0]
    scheme, _, rest = plain.partition("://")
    if scheme.lower() in _HOOKS:
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host}{slash}{'…' if path else ''}"
    return plain


def cut(text: str, most: int, form: str) -> str:
    """``text`` of at most ``most`` characters, ended between paragraphs where that leaves half, with a note of it."""
    if len(text) <= most:
        return text
    note = _CUT[form]
    head = text[:max(most - len(note), 0)]
    for end in ("\n\n", "\n", " "):
        place = head.rfind(end)
        if place >= len(head) // 2:
            return head[:place].rstrip() + note
    return head + note


class _Seen:
    """What requests of this thread came to while Apprise worked, which it does not tell itself."""

    def __init__(self) -> None:
        self.accepted = 0
        self.opened = False
        self.refused: list[tuple[str, bool, float | None]] = []
        self.lost: list[str] = []
        self.error: str | None = None

    def outcome(self) -> Outcome:
        """Failed only where everything was refused, or nothing was on its way yet."""
        if self.lost or (self.accepted and self.refused):
            return Outcome("unsure", self.lost[0] if self.lost else f"a part of it was refused: {self.refused[0][0]}")
        if self.refused:
            reason, again, after = self.refused[-1]
            return Outcome("failed", reason, again, after)
        if self.opened:
            return Outcome("failed", self.error or "not let in")
        return Outcome("unsure", self.error or "no answer that says what became of it")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Takes note of every HTTP request and mail that this thread sends while the body runs."""
        import smtplib

        import requests

        own = threading.get_ident()

        def watched(real: Any, note: Any) -> Any:
            def call(*given: Any, **named: Any) -> Any:
                return note(real, *given, **named) if threading.get_ident() == own else real(*given, **named)
            return call

        with ExitStack() as stack:
            for owner, name, note in ((requests.Session, "send", self._http),
                                      (smtplib.SMTP, "connect", self._connected),
                                      (smtplib.SMTP, "sendmail", self._mailed)):
                stack.callback(setattr, owner, name, getattr(owner, name))
                setattr(owner, name, watched(getattr(owner, name), note))
            yield

    def _http(self, real: Any, *given: Any, **named: Any) -> Any:
        import requests

        try:
            answer = real(*given, **named)
        except (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError):
            self.refused.append(("no connection", True, None))
            raise
        except requests.ConnectionError as error:
            if _never_left(error):
                self.refused.append(("no connection", True, None))
            else:
                self.lost.append("the connection broke")
            raise
        except requests.RequestException as error:
            self.lost.append(type(error).__name__)
            raise
        code = int(answer.status_code)
        if code < 300:
            self.accepted += 1
        elif code == _LOST:
            self.lost.append(f"HTTP {code}")
        else:
            self.refused.append((f"HTTP {code}", code in _PASSING, _asked_pause(answer.headers.get("Retry-After"))))
        return answer

    def _connected(self, real: Any, *given: Any, **named: Any) -> Any:
        try:
            answer = real(*given, **named)
        except Exception as error:
            self.refused.append((f"no connection ({type(error).__name__})", True, None))
            raise
        self.opened = True
        return answer

    def _mailed(self, real: Any, *given: Any, **named: Any) -> Any:
        import smtplib

        try:
            answer = real(*given, **named)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [int(code) for code, _ in error.recipients.values()]
            self.refused.append((f"SMTP {codes[0]}", all(400 <= code < 500 for code in codes), None))
            raise
        except smtplib.SMTPResponseException as error:
            self.refused.append((f"SMTP {error.smtp_code}", 400 <= error.smtp_code < 500, None))
            raise
        except Exception as error:
            self.lost.append(type(error).__name__)
            raise
        self.accepted += 1
        return answer


def _never_left(error: BaseException) -> bool:
    """Whether a connection error came before the request: a name or a port that is not there."""
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    reason = error.args[0] if error.args else None
    return isinstance(reason, NewConnectionError) or (
        isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError))


def _asked_pause(value: str | None) -> float | None:
    return float(value) if value is not None and value.strip().isdigit() else None


@contextmanager
def _silent() -> Iterator[None]:
    """Keeps Apprise's log, which may hold texts and addresses, from being written."""
    logger = logging.getLogger("apprise")
    before, logger.disabled = logger.disabled, True
    try:
        yield
    finally:
        logger.disabled = before


def _apprise() -> Any:
    try:
        import apprise
    except ImportError:
        raise MissingExtraError("apprise", "send", "Sending") from None
    return apprise


def _asset(apprise: Any) -> Any:
    """Apprise without pictures from elsewhere, files of its own, and redirects."""
    asset = apprise.AppriseAsset(app_id="painpoints", app_desc="painpoints", app_url="", image_url_mask="",
                                 image_url_logo="", async_mode=False, secure_logging=True)
    for name, value in (("http_redirects", False), ("default_service_retry", 0)):
        if hasattr(asset, name):
            setattr(asset, name, value)
    return asset
