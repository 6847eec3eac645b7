"""The command `painpoints`: a thin shell over the library, one file a command.

Comes in: arguments. Goes out: data on stdout, progress, notes and errors on stderr, an exit code.
Promise: a user's mistake is one line with its remedy, never a traceback, and customer text stays off stderr.
"""

from painpoints.cli.app import main

__all__ = ["main"]
