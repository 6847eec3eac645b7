"""painpoints digest: what happened in a week, as a page, Markdown, plain text and JSON, and sent."""

from __future__ import annotations

import difflib
import json as codec
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painpoints.cli import options as given
from painpoints.cli.choices import check_choices
from painpoints.cli.sending import (
    Again,
    Send,
    SendTo,
    Sent,
    Yes,
    check_delivered,
    chosen_addresses,
    send_digests,
    sent_lines,
)
from painpoints.cli.terminal import count, isolated, show, show_json, tell
from painpoints.cli.workspaces import Place
from painpoints.errors import EmptyInputError, UsageError

if TYPE_CHECKING:
    from painpoints.pipeline import Digests, Workspace

FOLDER = "digests"
MinAuthors = Annotated[int | None, typer.Option("--min-authors", metavar="K", min=1, show_default=False,
                                                help="Quote, name and count out only what K different people stand "
                                                     "behind; by default as min_authors is set.")]
_NAMED = 5


def digest(
    workspace: Place,
    week: Annotated[str | None, typer.Option("--week", metavar="WEEK", show_default=False, help="The week: 2026-W47, "
                    "1405-W35, or a day in it. By default the last one that is over and has feedback.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", show_default=False, help="First day, in place "
                     "of a week: 2026-11-01 or 1405-08-10.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", show_default=False, help="Last day; by default "
                     "the last with feedback.")] = None,
    lang: given.Lang = None, min_authors: MinAuthors = None,
    by: Annotated[str | None, typer.Option("--by", metavar="COLUMN", show_default=False, help="One digest for every "
                  "value of a column with ten texts or more in the period: product, source, lang, ...")] = None,
    format: Annotated[str | None, typer.Option("--format", metavar="FORMS", show_default=False, help="Forms, with "
                      "commas between: html, md, text, json. By default all.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FOLDER", show_default=False, help="Where "
                      "the files go; by default into digests/ in the workspace.")] = None,
    send: Send = None, send_to: SendTo = None, yes: Yes = False, again: Again = False,
    json: given.Json = False, quiet: given.Quiet = False,
) -> None:
    """Write the digest of a week: what came in, what is new, grows or eases, the journey, and what waits for you.

    With --send and --yes it is sent too, once to each place; with --by a message for every value.
    """
    from painpoints.pipeline import Workspace

    check_choices({"lang": lang})
    forms = forms_of(format)
    urls = chosen_addresses(send, send_to, yes, again)
    with Workspace.open(workspace) as opened:
        made = opened.digests(week, since=since, until=until, lang=lang, by=by, min_authors=min_authors)
        if not made.digests:
            raise EmptyInputError(f"No value of {by} has enough texts in this period.",
                                  hint="Leave --by out, or take a longer period with --since and --until.")
        files = write_digests(made, forms, output or workspace / FOLDER)
        _note(opened, made, forms, files)
        if not quiet:
            _tell_left_out(made, by)
        sent = send_digests(opened, made, urls, yes=yes, again=again) if urls else []
    if json:
        show_json(_as_dict(made, files, sent, yes))
    else:
        show([*(str(file) for file in files), *(["", *sent_lines(sent, dry=not yes)] if sent else [])])
    check_delivered(sent, yes=yes)


def _note(opened: Workspace, made: Digests, forms: Sequence[str], files: Sequence[Path]) -> None:
    """Enters the files in the list of exports; those in the workspace itself have not left."""
    from painpoints.store import note_export
    from painpoints.triage import person

    inside = opened.path.resolve()
    told = [(one, form) for one in made.digests for form in forms]
    for path, (one, form) in zip(files, told, strict=True):
        if inside not in path.resolve().parents:
            note_export(opened.folder.state, person(), "digest", form, str(path.resolve()),
                        detail={"last": one.period.last.isoformat()})


def _as_dict(made: Digests, files: Sequence[Path], sent: Sequence[Sent], yes: bool) -> dict[str, Any]:
    from painpoints.report import digest_json

    return {"files": [str(file) for file in files],
            "digests": [codec.loads(digest_json(one)) for one in made.digests],
            "left_out": [{"value": value, "documents": documents} for value, documents in made.left_out],
            "dry_run": bool(sent) and not yes, "sent": [one.as_dict() for one in sent]}


def forms_of(named: str | None) -> tuple[str, ...]:
    """The forms in ``named`` ("html,text"), all when it is None. Raises UsageError for one that there is not."""
    from painpoints.report import DIGEST_FORMS

    wanted = list(DIGEST_FORMS) if named is None else [part.strip().casefold() for part in named.split(",")]
    aliases: dict[str, str] = {"txt": "text", "markdown": "md", **{form: form for form in DIGEST_FORMS}}
    for form in wanted:
        if form not in aliases:
            near = difflib.get_close_matches(form, aliases, 1)
            meant = f"Did you mean {near[0]!r}? " if near else ""
            raise UsageError(f"--format cannot be {form!r}.", hint=f"{meant}Known: {', '.join(DIGEST_FORMS)}.")
    return tuple(dict.fromkeys(aliases[form] for form in wanted))


def write_digests(made: Digests, forms: Sequence[str], folder: Path) -> list[Path]:
    """Writes every digest in every form into ``folder``; the files. Raises StorageError when the disk refuses."""
    from painpoints.report import DIGEST_FORMS, digest_name, render_digest
    from painpoints.store import storage, write_text

    with storage(folder):
        folder.mkdir(parents=True, exist_ok=True)
    files = []
    for one in made.digests:
        for form in forms:
            path = folder / digest_name(one, made.edition.lang, DIGEST_FORMS[form])
            write_text(path, render_digest(one, form, made.edition))
            files.append(path)
    return files


def _tell_left_out(made: Digests, by: Any) -> None:
    if not made.left_out:
        return
    # 0: too few people for their number to be told.
    named = ", ".join(f"{isolated(value)} ({documents or 'few'})" for value, documents in made.left_out[:_NAMED])
    more = len(made.left_out) - _NAMED
    tell(f"{count(len(made.left_out), 'value')} of {by} with too few texts for a digest: {named}"
         + (f" and {more:,} more." if more > 0 else "."))
