"""painpoints user add, list, role, password and remove, and painpoints audit: who may come in, and what they did."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.terminal import count, isolated, show_json, typed
from painpoints.cli.terminal import show as show_lines
from painpoints.cli.workspaces import Place
from painpoints.errors import UsageError

if TYPE_CHECKING:
    from painpoints.triage import Accounts, User

user = typer.Typer(no_args_is_help=True, help="Accounts of those who share the page.")
_LONGEST = 4096
Name = Annotated[str, typer.Argument(metavar="NAME", show_default=False, help="Whose account it is.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the standard input, one line.")]
Force = Annotated[bool, typer.Option("--force", help="Even where nobody is left who may change accounts.")]


@user.callback()
def _user() -> None:
    """Accounts of those who share the page."""


@user.command("add")
def add(workspace: Place, name: Name,
        role: Annotated[str, typer.Option("--role", metavar="ROLE",
                                          help="reader: looks and exports; triager: works in the queue; admin: also "
                                               "accounts and settings.")] = "triager",
        password_stdin: Stdin = False, json: given.Json = False) -> None:
    """Give somebody an account, with a password that is asked for twice and shown nowhere."""
    from painpoints.triage import ROLES

    if role not in ROLES:
        raise UsageError(f"There is no role {role!r}.", hint=f"Use one of: {', '.join(ROLES)}.")
    with _accounts(workspace) as accounts:
        if (there := accounts.user(name)) is not None:
            raise UsageError(f"{isolated(there.name)} has an account already.",
                             hint=f"painpoints user password {typed(workspace)} NAME sets another password.")
        _tell(accounts.add(name, _password(password_stdin), role), "may come in", json)


@user.command("list")
def list_(workspace: Place, json: given.Json = False) -> None:
    """List who has an account, and what they may do."""
    with _accounts(workspace) as accounts:
        users = accounts.users()
    if json:
        show_json([_row(each) for each in users])
    elif users:
        show_lines([f"{each.role:8} since {each.made[:10]}  {isolated(each.name)}" for each in users])
    else:
        show_lines(["Nobody has an account.", f"Make one: painpoints user add {typed(workspace)} NAME --role admin"])


@user.command("role")
def role(workspace: Place, name: Name,
         role: Annotated[str, typer.Option("--role", metavar="ROLE", show_default=False,
                                           help="reader, triager or admin.")],
         force: Force = False, json: given.Json = False) -> None:
    """Let somebody do more or less. Whoever is signed in signs in anew."""
    with _accounts(workspace) as accounts:
        _tell(accounts.set_role(name, role, force=force), "may now come in", json)


@user.command("password")
def password(workspace: Place, name: Name, password_stdin: Stdin = False, json: given.Json = False) -> None:
    """Give somebody another password. Whoever is signed in with the old one is signed out."""
    with _accounts(workspace) as accounts:
        if accounts.user(name) is None:
            accounts.remove(name)  # tells that there is none before a password is asked for
        _tell(accounts.set_password(name, _password(password_stdin)), "has a new password", json)


@user.command("remove")
def remove(workspace: Place, name: Name, force: Force = False, json: given.Json = False) -> None:
    """Take somebody's account away. What they did stays theirs."""
    with _accounts(workspace) as accounts:
        _tell(accounts.remove(name, force=force), "has no account any more", json)


def audit(workspace: Place,
          since: Annotated[int, typer.Option("--after", metavar="N", min=0,
                                             help="Only what follows this number.")] = 0,
          json: given.Json = False) -> None:
    """List who came in and what they did on the page; no words of customers are in it."""
    from painpoints.store import open_workspace
    from painpoints.triage import audit_rows

    with open_workspace(workspace) as folder:
        rows = audit_rows(folder.state, since)
    if json:
        show_json(rows)
    else:
        show_lines([_audit_line(row) for row in rows] or ["Nothing was done on the page yet."])


@contextmanager
def _accounts(workspace: Path) -> Iterator[Accounts]:
    from painpoints.store import open_workspace
    from painpoints.triage import Accounts, person

    with open_workspace(workspace) as folder:
        yield Accounts(folder.state, f"{person()} at the command line")


def _password(from_stdin: bool) -> str:
    """The password, from the standard input or asked for twice. Raises UsageError."""
    if from_stdin:
        found = sys.stdin.readline(_LONGEST).rstrip("\r\n")
        if not found:
            raise UsageError("The standard input holds no password.", hint="Give it on one line.")
        return found
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask for a password at.", hint="Give it with --password-stdin.")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("The same again: "):
        raise UsageError("The two passwords differ.", hint="Give the command again.")
    return first


def _tell(changed: User, what: str, json: bool) -> None:
    if json:
        show_json(_row(changed))
    else:
        show_lines([f"{isolated(changed.name)} ({changed.role}) {what}."])


def _row(of: User) -> dict[str, Any]:
    return {"name": of.name, "role": of.role, "made": of.made, "changed": of.changed}


def _audit_line(row: dict[str, Any]) -> str:
    objects, detail = row["objects"], ", ".join(f"{name} {value}" for name, value in row["detail"].items())
    few = ", ".join(map(isolated, objects[:3])) + (f" and {count(len(objects) - 3, 'more', 'more')}"
                                                   if len(objects) > 3 else "")
    about = "; ".join(filter(None, (few, isolated(detail))))
    return f"{row['number']:>6} {row['made'][:19]} {isolated(row['who'])}: {row['action']}" + (f" ({about})" if about
                                                                                               else "")
