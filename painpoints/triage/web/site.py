"""What the page works on: one workspace, and how it is to be served."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from painpoints.pipeline import aligned_vectors
from painpoints.report import everything
from painpoints.triage.jobs import Jobs
from painpoints.triage.live import Live
from painpoints.triage.moving import Moving
from painpoints.triage.threads import Threads
from painpoints.triage.uploads import Uploads
from painpoints.triage.web.kept import Kept
from painpoints.triage.web.wording import LANGUAGES, Wording

if TYPE_CHECKING:
    import numpy as np
    from fastapi import Request

    from painpoints.pipeline import Workspace
    from painpoints.report import Digest, Edition, Known
    from painpoints.store import WorkspaceData
    from painpoints.triage.picture import Picture
    from painpoints.triage.snapshot import Snapshot


@dataclass
class Site:
    """A ``workspace`` as pages see it. One of it serves all requests of a process."""

    workspace: Workspace
    live: Live = field(init=False)
    _look: tuple[Picture | None, int] = field(init=False, default=(None, 0), repr=False)
    kept: Kept = field(init=False, default_factory=Kept)
    _of_facts: Kept = field(init=False, default_factory=Kept, repr=False)
    _threads: tuple[tuple[int, int], Threads] | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        self.live = Live(self.workspace)

    @property
    def name(self) -> str:
        """What the workspace is called: the name of its folder."""
        return self.workspace.path.resolve().name

    @cached_property
    def language(self) -> str:
        """The language of who has not chosen one."""
        return self.workspace.settings.lang

    @cached_property
    def uploads(self) -> Uploads:
        """The files that people send."""
        return Uploads(self.workspace.path, self.workspace.settings.upload_mb * 1_000_000)

    @cached_property
    def jobs(self) -> Jobs:
        """The additions that run beside the server."""
        return Jobs(self.workspace.path)

    @cached_property
    def moving(self) -> Moving:
        """How opinions came from one pain point to another."""
        return Moving(self.workspace.folder.state)

    def threads(self, data: WorkspaceData) -> Threads:
        """The conversations in ``data``, kept until something is added."""
        holds = (len(data.documents), len(data.additions))
        if self._threads is None or self._threads[0] != holds:
            self._threads = (holds, Threads(data.with_brand()))
        return self._threads[1]

    def look(self, snapshot: Snapshot) -> str:
        """What names how pain points, opinions and trends look in ``snapshot``: another name as soon as they change.

        What people do in the queue changes nothing of it.
        """
        seen, number = self._look
        if seen is not snapshot.picture:
            number += 1
            self._look = (snapshot.picture, number)
        return f"{id(self):x}.{number}"

    def last_edit(self) -> int:
        """The number of the last edit of pain points that anybody made."""
        with self.workspace.folder.state.reading() as state:
            return state.marks().edit

    def vectors(self, snapshot: Snapshot) -> np.ndarray:
        """The `aligned_vectors` of the opinions, (n, d), kept until something is added: what people say of opinions
        does not move them."""
        return self._of_facts.get(snapshot.picture.facts, "vectors", lambda: aligned_vectors(snapshot.data))

    def digest(self, data: WorkspaceData, week: str | None, lang: str) -> Digest:
        """What is to be said of a week of ``data``, kept for as long as they stay as they are."""
        return self.kept.get(data, ("digest", week, lang, self.workspace.settings.today()),
                             lambda: self.workspace.digest(week, data, known=self._known(data), lang=lang))

    def _known(self, data: WorkspaceData) -> Known:
        """What the digests of all weeks are cut out of."""
        return self.kept.get(data, "known", lambda: everything(data, self.workspace.settings.zone))

    def wording(self, lang: str) -> Wording:
        """The wording in ``lang``, with the workspace's own names of touchpoints and stages."""
        return _wording(self.workspace, lang)

    def edition(self, lang: str) -> Edition:
        """How touchpoints, stages, numbers and days are named in ``lang``."""
        return self.wording(lang).edition


@lru_cache(maxsize=64)
def _wording(workspace: Workspace, lang: str) -> Wording:
    return Wording(workspace.edition(lang))


def site_of(request: Request) -> Site:
    """The site that a request is to."""
    found: Site = request.app.state.site
    return found


def language_of(request: Request) -> str:
    """The language a request is answered in: asked for, remembered, what the browser prefers, the workspace's."""
    for wanted in (request.query_params.get("lang"), request.cookies.get("lang")):
        if wanted is not None and wanted in LANGUAGES:
            return wanted
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return site_of(request).language
