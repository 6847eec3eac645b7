"""The page on the network: one process that answers until it is stopped.

One process, because the workspace is held in its memory and tries to come in are counted there; files are added by a
process beside it. Threads do the rest; several such processes may serve one workspace on several ports.
"""

from __future__ import annotations

import errno
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from painpoints.errors import BusyError, MissingExtraError, UsageError
from painpoints.triage.accounts import Accounts
from painpoints.triage.people import person
from painpoints.triage.web.security.access import MEBIBYTE, Access, check_access, read_token

if TYPE_CHECKING:
    import uvicorn

    from painpoints.pipeline import Workspace
    from painpoints.triage.web.security.wire import ASGIApp

__all__ = ["Access", "read_token", "serve"]
_TURN = 0.001
"""Seconds after which a thread lets another one run. Work on whole columns gives its turn away and has to get it back
hundreds of times; where each time takes Python's usual 0.005 s, one correction holds everybody up for seconds."""
_GRACE, _KEPT_ALIVE, _AT_ONCE, _WAITING = 5, 20, 512, 256


def serve(workspace: Workspace, access: Access, *, certificate: Path | None = None, key: Path | None = None,
          tell: Callable[[str], None], began: Callable[[str], None]) -> None:
    """Serves the page of ``workspace`` until SIGINT or SIGTERM; ``began`` gets its address, ``tell`` what to heed.

    Raises MissingExtraError, UsageError where strangers could come in, BusyError when the port is taken.
    """
    check_extra()
    for line in check_access(access, len(Accounts(workspace.folder.state, "").users())):
        tell(line)
    if access.trusts_machine:
        person()  # who cannot be named is told so now, not on a page
    context = _context(certificate, key)
    listening = _listening(access)
    try:
        access = replace(access, port=listening.getsockname()[1], most_upload=_most_upload(workspace))
        address = _shown(access)
        server = _server(_application(workspace, access), access, context)
        began(address)
        sys.setswitchinterval(_TURN)
        server.run(sockets=[listening])
    finally:
        listening.close()


def _most_upload(workspace: Workspace) -> int:
    """The bytes of the largest file with the form around it."""
    return workspace.settings.upload_mb * 1_000_000 + MEBIBYTE


def check_extra() -> None:
    """Raises MissingExtraError when what the page needs is not installed."""
    for module, package in (("fastapi", "fastapi"), ("uvicorn", "uvicorn"), ("python_multipart", "python-multipart"),
                            ("argon2", "argon2-cffi")):
        try:
            __import__(module)
        except ImportError as error:
            raise MissingExtraError(package, "web", "The page") from error


def _application(workspace: Workspace, access: Access) -> ASGIApp:
    from painpoints.triage.web.app import create_app
    from painpoints.triage.web.security.stack import secure

    return secure(create_app(workspace), workspace.folder.state, access)


def _server(app: ASGIApp, access: Access, context: ssl.SSLContext | None) -> uvicorn.Server:
    import uvicorn

    class Quiet(uvicorn.Server):
        """Ends on the first signal, and lets whoever called it go on."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    factory = None if context is None else lambda *_: context
    return Quiet(uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, lifespan="auto", ws="none",
        proxy_headers=access.proxy is not None, forwarded_allow_ips=access.proxy, timeout_keep_alive=_KEPT_ALIVE,
        timeout_graceful_shutdown=_GRACE, limit_concurrency=_AT_ONCE, backlog=_WAITING, ssl_context_factory=factory))


def _context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if certificate is None and key is None:
        return None
    if certificate is None:
        raise UsageError("--key without --certificate.", hint="Name the file with the certificate too.")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password to give: a key that asks for one would wait for it unseen.
        context.load_cert_chain(certificate, key, password=lambda: b"")
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise UsageError(f"{certificate}: no certificate with its key ({type(error).__name__}).",
                         hint="Name PEM files with --certificate and --key, the key without a password.") from None
    return context


def _listening(access: Access) -> socket.socket:
    if not 0 <= access.port <= 65535:
        raise UsageError(f"--port {access.port}: there is no such port.", hint="Name one from 1 to 65535.")
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(access.host, access.port, type=socket.SOCK_STREAM,
                                                              flags=socket.AI_PASSIVE)[0]
        made = socket.socket(family, kind, protocol)
    except (OSError, UnicodeError):
        raise _nowhere(access.host) from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(_WAITING)
    except PermissionError:
        made.close()
        raise UsageError(f"--port {access.port}: this user may not listen there.",
                         hint="Name a port above 1023 with --port.") from None
    except OSError as error:
        made.close()
        if error.errno != errno.EADDRINUSE:
            raise _nowhere(access.host) from None
        raise BusyError(f"{access.host}:{access.port}: something listens there already.",
                        hint="Stop it, or name another port with --port.") from None
    return made


def _nowhere(host: str) -> UsageError:
    return UsageError(f"--host {host}: no address of this machine.", hint="Name one, or leave it out.")


def _shown(access: Access) -> str:
    scheme = "https" if access.encrypted else "http"
    host = f"[{access.host}]" if ":" in access.host else access.host
    return f"{scheme}://{host}:{access.port}/"
