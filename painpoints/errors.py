"""Typed errors; every message says what is wrong, where, and how to put it right.

::

    PainpointsError                 exit code 1
    ├── UsageError                  2  options that contradict each other or name nothing
    ├── InputError                  2  a file, frame or stream that cannot be read
    │   ├── EmptyInputError         2  nothing to work on
    │   └── ColumnError             2  no such column, or none that holds texts
    ├── TaxonomyError               2  a touchpoint file that breaks its rules
    ├── ModelError                  2  a model id or folder that cannot be loaded
    ├── MissingExtraError           2  an optional package is needed and absent
    ├── RunError                    2  a run folder that cannot be resumed or opened
    ├── WorkspaceError              2  a workspace that cannot be opened, or holds not what was named
    ├── BusyError                   1  somebody else is writing
    ├── ConflictError               1  somebody else has changed what was to be changed
    ├── StorageError                2  the disk refused to take a result
    ├── WorkerError                 2  a worker process ended again and again
    ├── DeliveryError               1  a place did not take what was sent, or it is not known whether it did
    └── QualityGateError            3  a figure stayed under the bar the user set
"""

from __future__ import annotations


class PainpointsError(Exception):
    """A failure with a one-line message and, when there is one, a remedy.

    ``hint`` is printed on its own line after the message. Neither ever holds customer text.
    """

    exit_code: int = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message if self.hint is None else f"{self.message} {self.hint}"


class UsageError(PainpointsError):
    """Options that contradict each other or name nothing."""

    exit_code = 2


class InputError(PainpointsError):
    """A file, frame or stream that cannot be read."""

    exit_code = 2


class EmptyInputError(InputError):
    """There is nothing to work on."""


class ColumnError(InputError):
    """A column that was named or needed is not there."""


class TaxonomyError(PainpointsError):
    """A touchpoint file that breaks its rules."""

    exit_code = 2


class ModelError(PainpointsError):
    """A model id or folder that cannot be loaded."""

    exit_code = 2


class MissingExtraError(PainpointsError):
    """An optional package is needed for what was asked and is not installed."""

    exit_code = 2

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the package {package}, which is not installed.",
                         hint=f"Install it with: pip install 'painpoints[{extra}]'")
        self._asked = (package, extra, purpose)

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str, str]]:
        return type(self), self._asked


class RunError(PainpointsError):
    """A run folder that cannot be resumed or opened."""

    exit_code = 2


class WorkspaceError(PainpointsError):
    """A workspace that cannot be opened, or that does not hold what was named."""

    exit_code = 2


class BusyError(PainpointsError):
    """Somebody else is writing."""


class ConflictError(PainpointsError):
    """Somebody else has changed what was to be changed, or has it in hand."""


class StorageError(PainpointsError):
    """The disk refused to take a result."""

    exit_code = 2


class WorkerError(PainpointsError):
    """A worker process could not be started, or ended again and again over one piece of work."""

    exit_code = 2


class DeliveryError(PainpointsError):
    """A place did not take what was sent to it, or it is not known whether it did."""


class QualityGateError(PainpointsError):
    """A figure stayed under the bar the user set."""

    exit_code = 3
