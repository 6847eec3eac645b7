"""A person erased from a workspace or a run, everywhere, with a proof.

Comes in: whom to forget. Goes out: counts, and a certificate of what was searched and what was found: nothing.
Promise: a process that is killed on the way leaves an intent, by which the next one ends what was begun.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from painpoints._lazy import lazy_exports

if TYPE_CHECKING:
    from painpoints.pipeline.forgetting.certificate import Certificate, Forgotten
    from painpoints.pipeline.forgetting.commanding import RunForgetting, WorkspaceForgetting
    from painpoints.pipeline.forgetting.erasing import forget, resume_forgetting, unfinished
    from painpoints.pipeline.forgetting.question import WhoToForget
    from painpoints.pipeline.forgetting.remoteruns import RemoteRunForgetting

__all__ = ["Certificate", "Forgotten", "RemoteRunForgetting", "RunForgetting", "WhoToForget", "WorkspaceForgetting",
           "forget", "resume_forgetting", "unfinished"]

__getattr__, __dir__ = lazy_exports(__name__, {
    "certificate": ["Certificate", "Forgotten"],
    "commanding": ["RunForgetting", "WorkspaceForgetting"],
    "erasing": ["forget", "resume_forgetting", "unfinished"],
    "question": ["WhoToForget"],
    "remoteruns": ["RemoteRunForgetting"],
})
