"""How the page can be reached, and by whom: decided once, when it is started."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from painpoints.errors import UsageError

PORT = 8350
LEAST_TOKEN = 24
MEBIBYTE = 1 << 20
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Access:
    """Where the page listens (``host``, ``port``), by which further ``names`` it is called, the ``token`` that lets
    scripts and people in, whether it has a certificate (``encrypted``), and the address of the ``proxy`` before it.

    Bodies of requests may have ``most`` bytes, under the paths ``uploads`` ``most_upload``; who sends one may pause for
    ``patience`` seconds.
    """

    host: str = "127.0.0.1"
    port: int = PORT
    names: frozenset[str] = frozenset()
    token: str | None = field(default=None, repr=False)
    encrypted: bool = False
    proxy: str | None = None
    most: int = MEBIBYTE
    most_upload: int = 256 * MEBIBYTE
    uploads: tuple[str, ...] = ("/add", "/api/add")
    patience: float = 30.0

    @cached_property
    def loopback(self) -> bool:
        """Whether only this machine reaches it."""
        return is_loopback(self.host)

    @property
    def trusts_machine(self) -> bool:
        """Whether who reaches it is taken to be the person at this machine, as long as there are no users."""
        return self.loopback and self.token is None and self.proxy is None

    def knows(self, host: str) -> bool:
        """Whether ``host`` (a name, without a port) is one by which this page is called, and no other site's name."""
        if host in self._names:
            return True
        # No name of somebody else's can be made to point here by an address itself.
        return not self.loopback and _address(host) is not None

    @cached_property
    def _names(self) -> frozenset[str]:
        own = {self.host.lower()} if self.loopback else {self.host.lower(), socket.gethostname().lower()}
        return frozenset({*_LOCAL, *own, *(name.lower() for name in self.names)})


def check_access(access: Access, users: int) -> list[str]:
    """What is to be told to who starts the page. Raises UsageError where strangers could come in."""
    if access.token is None and not users:
        remedy = ("Make an account: painpoints user add WORKSPACE NAME --role admin; or name a secret with "
                  "--token-file FILE.")
        if not access.loopback:
            raise UsageError(f"--host {access.host}: others could come in without a password.", hint=remedy)
        if access.proxy is not None:
            raise UsageError("--behind-proxy: whoever the proxy lets through could come in without a password.",
                             hint=remedy)
    if not access.loopback and not access.encrypted and access.proxy is None:
        return ["warning: without --certificate and --key, passwords and texts go over the network in the clear."]
    return []


def read_token(path: Path) -> tuple[str, list[str]]:
    """The secret in a file, and what is to be told of the file. Raises UsageError; never repeats the secret."""
    try:
        token = path.read_text("utf-8-sig").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot be read ({type(error).__name__}).",
                         hint="Name a file with one line of text.") from None
    remedy = f"Make one: (umask 077; openssl rand -base64 32 > {path})"
    if len(token) < LEAST_TOKEN:
        raise UsageError(f"{path}: a secret of fewer than {LEAST_TOKEN} characters is too short.", hint=remedy)
    if not token.isascii() or not token.isprintable() or " " in token or len(set(token)) < 8:
        raise UsageError(f"{path}: is no secret of letters, digits and signs on one line.", hint=remedy)
    warned = [f"warning: {path} can be read by others: chmod 600 {path}"] if mode & 0o077 else []
    return token, warned


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine and nothing else."""
    found = _address(host)
    return host.lower() == "localhost" if found is None else found.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
