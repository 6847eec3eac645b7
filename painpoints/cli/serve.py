"""painpoints serve: the page of a workspace, for one person or several."""

from __future__ import annotations

import os
import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import tell, typed
from painpoints.cli.workspaces import Place
from painpoints.errors import PainpointsError, UsageError

_PORT = 8350


def serve(
    workspace: Place,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen at. One that others reach "
                                                                        "needs accounts or --token-file.")
                    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N",
                                      help="Port to listen at; 0 for any that is free.")] = _PORT,
    token_file: Annotated[Path | None, typer.Option("--token-file", metavar="FILE", show_default=False,
                                                    help="File with a secret of 24 characters or more that lets people "
                                                         "and scripts in.")] = None,
    certificate: Annotated[Path | None, typer.Option("--certificate", metavar="FILE", show_default=False,
                                                     help="Certificate (PEM), for https.")] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", show_default=False,
                                             help="The certificate's key (PEM).")] = None,
    allow_host: Annotated[list[str] | None, typer.Option("--allow-host", metavar="NAME", show_default=False,
                                                         help="A further name by which the page is called. Give it as "
                                                              "often as needed.")] = None,
    behind_proxy: Annotated[str | None, typer.Option("--behind-proxy", metavar="ADDRESS", show_default=False,
                                                     help="Address of the proxy whose X-Forwarded-For and "
                                                          "X-Forwarded-Proto are believed.")] = None,
    open: Annotated[bool | None, typer.Option("--open/--no-open", show_default=False,
                                              help="Open it in the browser; by default from a terminal of this "
                                                   "machine.")] = None,
    quiet: given.Quiet = False,
) -> None:
    """Open the page of a workspace: the queue, the pain points, the journey, the map and the digest in a browser.

    Only this machine reaches it, unless --host says otherwise. Ctrl-C ends it.
    """
    from painpoints.pipeline import Workspace
    from painpoints.triage import Access, check_extra, read_token
    from painpoints.triage import serve as serve_page

    check_extra()
    token, warned = (None, []) if token_file is None else read_token(token_file)
    for line in warned:
        tell(line)
    access = Access(host=host, port=port, names=frozenset(_name(name) for name in allow_host or ()), token=token,
                    encrypted=certificate is not None, proxy=behind_proxy)
    wanted = _has_a_browser() and access.loopback if open is None else open

    def began(address: str) -> None:
        print(address, flush=True)
        if not quiet:
            tell("note: Ctrl-C ends it.")
        if wanted:
            webbrowser.open(address)

    with Workspace.open(workspace) as opened:
        try:
            serve_page(opened, access, certificate=certificate, key=key, began=began,
                       tell=tell)
        except UsageError as error:
            raise _naming(error, workspace) from None


def _name(given: str) -> str:
    if not given or any(sign in given for sign in "/:?#@[] "):
        raise UsageError(f"--allow-host {given}: no name of a host.", hint="Write it without a scheme, port or path.")
    return given


def _naming(error: UsageError, workspace: Path) -> PainpointsError:
    """The error with the workspace as it is typed in its remedy."""
    return UsageError(error.message, hint=error.hint and error.hint.replace("WORKSPACE", typed(workspace)))


def _has_a_browser() -> bool:
    if not sys.stdout.isatty() or os.environ.get("SSH_CONNECTION"):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
