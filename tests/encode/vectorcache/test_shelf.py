"""Segments on disk: whole or absent, bounded, and no matter to anybody when they break."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from painpoints.encode.vectorcache import merging, shelf
from painpoints.encode.vectorcache.generation import drop_vectors, folders, generation, name_of, sweep
from painpoints.encode.vectorcache.segment import ENDING, read_index
from painpoints.encode.vectorcache.shelf import Shelf

ENTRY = 1000


def addresses(numbers: Iterable[int]) -> np.ndarray:
    rng = [np.random.default_rng(number).integers(0, 2**63, 2, np.uint64) for number in numbers]
    return np.array(rng, np.uint64).reshape(-1, 2)


def entry(number: int) -> bytes:
    return bytes([number % 251]) * ENTRY


def fill(on: Shelf, numbers: Iterable[int]) -> None:
    numbers = list(numbers)
    on.keep(addresses(numbers), [entry(number) for number in numbers])


def found(on: Shelf, numbers: Iterable[int]) -> set[int]:
    numbers = list(numbers)
    got = {numbers[row]: bytes(kept) for row, kept in on.look_up(addresses(numbers))}
    assert all(kept == entry(number) for number, kept in got.items())
    return set(got)


@pytest.fixture
def open_shelf(tmp_path: Path) -> Callable[..., Shelf]:
    def opened(limit: int = 2**30) -> Shelf:
        return Shelf(tmp_path, tmp_path / "kind", limit)

    return opened


def segments(folder: Path) -> list[Path]:
    return sorted((folder / "kind").glob(f"*{ENDING}"))


def test_what_was_kept_is_found_by_the_next_process_and_nothing_else(open_shelf: Callable[..., Shelf]) -> None:
    fill(open_shelf(), range(50))
    assert found(open_shelf(), range(40, 60)) == set(range(40, 50))
    assert found(open_shelf(), []) == set()


def test_a_torn_tail_is_not_there_and_what_stands_before_it_is(open_shelf: Callable[..., Shelf], tmp_path: Path
                                                              ) -> None:
    on = open_shelf()
    fill(on, range(5))
    whole = segments(tmp_path)[0].stat().st_size
    fill(on, range(5, 9))
    path = segments(tmp_path)[0]
    content = path.read_bytes()
    for length in (whole + 1, whole + 30, len(content) - 1):
        path.write_bytes(content[:length])
        assert found(open_shelf(), range(9)) == set(range(5)), length


def test_bytes_that_are_not_what_was_written_are_not_given_out(open_shelf: Callable[..., Shelf], tmp_path: Path
                                                              ) -> None:
    fill(open_shelf(), range(5))
    path = segments(tmp_path)[0]
    content = bytearray(path.read_bytes())
    content[int(read_index(path)["at"][2]) + 10] ^= 1
    path.write_bytes(content)
    assert found(open_shelf(), range(5)) == {0, 1, 3, 4}
    path.write_bytes(b"something else")
    assert found(open_shelf(), range(5)) == set()


def test_the_least_recently_used_segments_go_first(open_shelf: Callable[..., Shelf], tmp_path: Path) -> None:
    limit = 30 * ENTRY
    for first in (0, 10):
        fill(open_shelf(limit), range(first, first + 10))
    old, newer = segments(tmp_path)
    os.utime(old, (1, 1))
    os.utime(newer, (2, 2))
    assert found(open_shelf(limit), [3]) == {3}  # the older one is used again
    fill(open_shelf(limit), range(20, 30))
    assert found(open_shelf(limit), range(30)) == {*range(10), *range(20, 30)}
    assert sum(path.stat().st_size for path in segments(tmp_path)) <= limit


def test_a_run_does_not_push_out_what_it_kept_itself(open_shelf: Callable[..., Shelf], monkeypatch: pytest.MonkeyPatch
                                                    ) -> None:
    monkeypatch.setattr(shelf, "_BATCH_BYTES", 5 * ENTRY)
    on = open_shelf(22 * ENTRY)
    fill(on, range(40))
    assert on.full
    assert found(open_shelf(), range(40)) == set(range(20))


def test_many_small_segments_become_one(open_shelf: Callable[..., Shelf], tmp_path: Path) -> None:
    for number in range(merging._MANY):
        fill(open_shelf(), [number])
        os.utime(segments(tmp_path)[-1], (1, 1))
    assert found(open_shelf(), range(40)) == set(range(merging._MANY))
    assert len(segments(tmp_path)) == 1


def test_a_segment_dropped_by_another_process_is_a_miss(open_shelf: Callable[..., Shelf], tmp_path: Path) -> None:
    fill(open_shelf(), range(5))
    on = open_shelf()
    segments(tmp_path)[0].unlink()
    assert found(on, range(5)) == set()


def test_a_full_disk_ends_the_keeping_and_nothing_else(open_shelf: Callable[..., Shelf],
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    on = open_shelf()
    fill(on, range(5))
    monkeypatch.setattr(shelf, "_LEAST_FREE", 1 << 62)
    fill(on, range(5, 9))
    assert on.trouble == "the disk is nearly full"
    assert found(on, range(9)) == set(range(5))


def test_writers_that_are_killed_leave_whole_entries(open_shelf: Callable[..., Shelf], tmp_path: Path) -> None:
    write = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_shelf import Shelf, fill
on = Shelf(Path({str(tmp_path)!r}), Path({str(tmp_path)!r}) / "kind", 2**30)
for first in range(int(sys.argv[1]), 10**6, 20):
    fill(on, range(first, first + 20)); print(first, flush=True)
"""
    writers = [subprocess.Popen([sys.executable, "-c", write, str(first)], stdout=subprocess.PIPE)
               for first in (0, 500_000)]
    for each in writers:
        assert each.stdout is not None
        for _ in range(5):
            each.stdout.readline()
    time.sleep(0.05)
    for each in writers:
        each.send_signal(signal.SIGKILL)
        each.wait()
    assert found(open_shelf(), [*range(100), *range(500_000, 500_100)]) == {*range(100), *range(500_000, 500_100)}


def test_another_number_makes_all_that_was_kept_unreachable(tmp_path: Path) -> None:
    first = generation(tmp_path)
    assert generation(tmp_path) == first
    kept = tmp_path / f"{name_of(first)}-0123456789abcdef"
    fill(Shelf(tmp_path, kept, 2**30), range(5))
    (tmp_path / "mine").mkdir()  # not of the cache
    assert drop_vectors(tmp_path) > 5 * ENTRY
    assert not kept.exists() and (tmp_path / "mine").is_dir()
    assert generation(tmp_path) != first
    assert drop_vectors(tmp_path / "nowhere") == 0 and not (tmp_path / "nowhere").exists()


def test_what_a_process_of_an_earlier_number_still_wrote_is_swept(tmp_path: Path) -> None:
    late = tmp_path / f"{name_of(b'earlier')}-0123456789abcdef"
    late.mkdir(parents=True)
    number = generation(tmp_path)
    (tmp_path / f"{name_of(number)}-0123456789abcdef").mkdir()
    sweep(tmp_path, number)
    assert [folder.name for folder in folders(tmp_path)] == [f"{name_of(number)}-0123456789abcdef"]
