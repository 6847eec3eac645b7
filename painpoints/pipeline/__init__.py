"""The main job: files or frames to findings, shard by shard, resumable.

Comes in: inputs and Settings. Goes out: a run folder and Findings.
Promise: an interrupted run goes on where it stopped and ends with the same result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.pipeline.adding import Added
    from painpoints.pipeline.alerts import Alert, Look
    from painpoints.pipeline.amendments import CORRECTABLE, corrections_frame
    from painpoints.pipeline.comparing import Comparison, compare
    from painpoints.pipeline.digesting import Digests
    from painpoints.pipeline.evaluating import LEAST_ROWS, Evaluation, evaluate
    from painpoints.pipeline.findings import Findings
    from painpoints.pipeline.forgetting import (
        Certificate,
        Forgotten,
        RemoteRunForgetting,
        RunForgetting,
        WhoToForget,
        WorkspaceForgetting,
    )
    from painpoints.pipeline.gold import GoldColumns
    from painpoints.pipeline.grouping import in_scope
    from painpoints.pipeline.history import Facts, Held, assembled, facts, held, opined
    from painpoints.pipeline.models import check_settings, load_models
    from painpoints.pipeline.progress import Progress, silent
    from painpoints.pipeline.reading import read_options
    from painpoints.pipeline.redacting import redaction_notes, redactor_of, taken_out
    from painpoints.pipeline.reindexing import Reindexed
    from painpoints.pipeline.remoterun import finished_at, release, working_folder
    from painpoints.pipeline.run import findings_of, mine, resume, start, work
    from painpoints.pipeline.scoring import SCORED, score, score_documents, score_into
    from painpoints.pipeline.searching import Found, Hit, matching, search
    from painpoints.pipeline.spaces import aligned_vectors, stored_means
    from painpoints.pipeline.tuning import LEAST_HELD_OUT, TaskTuning, Tuning, tune
    from painpoints.pipeline.weighing import limit_authors
    from painpoints.pipeline.workspace import Workspace

__all__ = ["CORRECTABLE", "LEAST_HELD_OUT", "LEAST_ROWS", "SCORED", "Added", "Alert", "Certificate", "Comparison",
           "Digests", "Evaluation", "Facts", "Findings", "Forgotten", "Found", "GoldColumns", "Held", "Hit", "Look",
           "Progress", "Reindexed", "RemoteRunForgetting", "RunForgetting", "TaskTuning", "Tuning", "WhoToForget",
           "Workspace", "WorkspaceForgetting", "aligned_vectors", "assembled", "check_settings",
           "compare", "corrections_frame", "evaluate", "facts", "findings_of", "finished_at",
           "held", "in_scope", "limit_authors", "load_models", "matching", "mine", "opined", "read_options",
           "redaction_notes", "redactor_of", "release", "resume", "score", "score_documents", "score_into", "search",
           "silent", "start", "stored_means", "taken_out", "tune", "work", "working_folder"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "adding": ["Added"],
    "alerts": ["Alert", "Look"],
    "amendments": ["CORRECTABLE", "corrections_frame"],
    "comparing": ["Comparison", "compare"],
    "digesting": ["Digests"],
    "evaluating": ["LEAST_ROWS", "Evaluation", "evaluate"],
    "findings": ["Findings"],
    "forgetting": ["Certificate", "Forgotten", "RemoteRunForgetting", "RunForgetting", "WhoToForget",
                   "WorkspaceForgetting"],
    "gold": ["GoldColumns"],
    "grouping": ["in_scope"],
    "history": ["Facts", "Held", "assembled", "facts", "held", "opined"],
    "models": ["check_settings", "load_models"],
    "progress": ["Progress", "silent"],
    "reading": ["read_options"],
    "redacting": ["redaction_notes", "redactor_of", "taken_out"],
    "reindexing": ["Reindexed"],
    "remoterun": ["finished_at", "release", "working_folder"],
    "run": ["findings_of", "mine", "resume", "start", "work"],
    "scoring": ["SCORED", "score", "score_documents", "score_into"],
    "searching": ["Found", "Hit", "matching", "search"],
    "spaces": ["aligned_vectors", "stored_means"],
    "tuning": ["LEAST_HELD_OUT", "TaskTuning", "Tuning", "tune"],
    "weighing": ["limit_authors"],
    "workspace": ["Workspace"],
})
