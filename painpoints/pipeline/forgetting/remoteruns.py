"""Somebody erased from a finished run that lies at an address: fetched, erased and searched here, and put back.

Files that changed replace those at the address, the manifest last; then all that is there is read back and compared
with what was searched. The folder here goes when that is done. A process that is killed on the way leaves it, with a
note that it is ahead of the address, and the next one ends what was begun.
"""

from __future__ import annotations

import filecmp
import re
import shutil
import tempfile
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Self

from painpoints.encode import cache_root
from painpoints.errors import PainpointsError, RunError, StorageError
from painpoints.pipeline.forgetting.certificate import Certificate, Forgotten
from painpoints.pipeline.forgetting.question import WhoToForget
from painpoints.pipeline.forgetting.runs import FILE, forget_in_run, resume_run
from painpoints.store import RemoteFolder, storage, write_text

_REQUEST, _MANIFEST = "run.json", "manifest.json"


class RemoteRunForgetting:
    """The forgetting in the finished run at ``url``, for ``by``. Use it in a ``with`` statement.

    Raises RunError where there is no finished run, StorageError.
    """

    def __init__(self, url: str, by: str) -> None:
        self._there, self._by = RemoteFolder(url), by
        name = re.sub(r"[^\w.-]+", "-", self._there.url.rpartition("/")[2]).strip(".-") or "run"
        place = f"{name}-{blake2b(self._there.url.encode(), digest_size=6).hexdigest()}"
        self._path = cache_root() / "forgetting" / place
        self._ahead = self._path.with_name(f"{place}.ahead")

    def __enter__(self) -> Self:
        if self._ahead.exists():
            return self
        names = self._there.names()
        if _MANIFEST not in names:
            said = "the run did not finish" if _REQUEST in names else "there is no run"
            raise RunError(f"{self._there.url}: {said}.", hint="Name the address that painpoints mine -o had; remove a "
                           "run that did not finish, there and in the folder that its run.json names.")
        shutil.rmtree(self._path, ignore_errors=True)
        with storage(self._path):
            self._path.mkdir(mode=0o700, parents=True)
        for name in names:
            with storage(self._path):
                (self._path / name).parent.mkdir(parents=True, exist_ok=True)
            self._there.fetch(name, self._path / name)
        return self

    def __exit__(self, *details: object) -> None:
        if not self._ahead.exists():
            shutil.rmtree(self._path, ignore_errors=True)

    def plan(self, who: WhoToForget) -> Forgotten:
        """What would go. Raises UsageError, RunError, WorkspaceError."""
        return forget_in_run(self._path, who, self._by, confirm=False)

    def erase(self, who: WhoToForget) -> Forgotten:
        """What went, with its certificate; none where there was nothing. Raises StorageError for a store that does not
        take the files: then the same again, later, ends it."""
        self.resume()
        with storage(self._ahead):
            write_text(self._ahead, f"{self._there.url}\n")
        try:
            done = forget_in_run(self._path, who, self._by, confirm=True)
        except PainpointsError:
            if not (self._path / FILE).exists():  # nothing was begun
                self._ahead.unlink()
            raise
        if done.certificate is None:
            self._ahead.unlink()
            return done
        return replace(done, certificate=self._returned(done.certificate))

    def resume(self) -> Certificate | None:
        """Ends what was begun; None where nothing was, or where what was left to do was the way back."""
        if not self._ahead.exists():
            return None
        return self._returned(resume_run(self._path))

    def _returned(self, proof: Certificate | None) -> Certificate | None:
        """Takes the files back; ``proof`` with what is not at the address as it was searched."""
        names = sorted(path.relative_to(self._path).as_posix() for path in self._path.rglob("*")
                       if path.is_file() and path.name != FILE)
        names.sort(key=lambda name: name == _MANIFEST)
        with tempfile.TemporaryDirectory(prefix="painpoints-") as scratch:
            for name in names:
                if not self._same(name, Path(scratch)):
                    self._there.put(name, self._path / name)
            for name in sorted(set(self._there.names()) - set(names)):
                self._there.remove(name)
            other = [name for name in names if not self._same(name, Path(scratch))]
        if proof is not None:
            for name in other:
                proof.proof.note(f"{self._there.url}/{name}")
            proof = replace(proof, where=self._there.url)
        elif other:
            raise StorageError(f"{self._there.url}/{other[0]}: something else is there than was put there.",
                               hint="See who else writes there, then give the command again.")
        if not other:
            self._ahead.unlink()
        return proof

    def _same(self, name: str, scratch: Path) -> bool:
        """Whether the address holds what is here."""
        if name not in self._there.names():
            return False
        self._there.fetch(name, scratch / "there")
        return filecmp.cmp(self._path / name, scratch / "there", shallow=False)
