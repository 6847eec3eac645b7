"""Memory and processors are those that the container grants, whichever kind of group grants them."""

from __future__ import annotations

from pathlib import Path

import pytest

from painpoints.encode import memory_limit, memory_there, room_in
from painpoints.encode.container import LEAST_MEMORY, quota
from painpoints.errors import UsageError

GB = 2**30


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A machine of 16 GB without groups."""
    return written(tmp_path, {"proc/meminfo": f"MemTotal:       {16 * GB // 1024} kB\nMemFree: 1 kB\n"})


def written(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, "ascii")
    return root


def test_without_groups_it_is_the_machine_s(root: Path) -> None:
    assert memory_there(root) == 16 * GB
    assert memory_limit(root=root) == int(16 * GB * .8)
    assert memory_there(root / "nowhere") is None and memory_limit(root=root / "nowhere") is None
    assert quota(root) is None


@pytest.mark.parametrize(("files", "there"), [
    ({"sys/fs/cgroup/memory.max": "max\n"}, 16), ({"sys/fs/cgroup/memory.max": str(2 * GB)}, 2),
    ({"sys/fs/cgroup/memory/memory.limit_in_bytes": str(3 * GB)}, 3),
    ({"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, 16),
    ({"proc/self/cgroup": "0::/pod/one\n", "sys/fs/cgroup/pod/one/memory.max": "max",
      "sys/fs/cgroup/pod/memory.max": str(4 * GB)}, 4),
    ({"proc/self/cgroup": "0::/pod/one\n", "sys/fs/cgroup/pod/one/memory.max": str(GB),
      "sys/fs/cgroup/pod/memory.max": str(4 * GB)}, 1),
    ({"proc/self/cgroup": "12:pids:/x\n5:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab\n",
      "sys/fs/cgroup/memory/docker/ab/memory.limit_in_bytes": str(5 * GB)}, 5),
    ({"proc/self/cgroup": "nonsense", "sys/fs/cgroup/memory.max": "nonsense"}, 16)])
def test_the_least_of_all_groups_around_counts(root: Path, files: dict[str, str], there: int) -> None:
    assert memory_there(written(root, files)) == there * GB


@pytest.mark.parametrize(("files", "cores"), [
    ({"sys/fs/cgroup/cpu.max": "150000 100000\n"}, 1.5), ({"sys/fs/cgroup/cpu.max": "max 100000\n"}, None),
    ({"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"}, 2.0),
    ({"sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1", "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000"}, None),
    ({"proc/self/cgroup": "4:cpu,cpuacct:/a/b\n", "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us": "50000",
      "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us": "100000"}, 0.5),
    ({"proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/cpu.max": "400000 100000",
      "sys/fs/cgroup/a/cpu.max": "300000 100000"}, 3.0)])
def test_the_least_quota_of_all_groups_around_counts(root: Path, files: dict[str, str], cores: float | None) -> None:
    assert quota(written(root, files)) == cores


@pytest.mark.parametrize(("said", "size"), [("4GB", 4 * GB), ("4 gb", 4 * GB), ("2.5G", 5 * GB // 2),
                                            ("2048", 2 * GB), ("2000 MB", 2000 * 2**20), ("1TiB", 1024 * GB)])
def test_sizes_are_read_as_people_write_them(said: str, size: int) -> None:
    assert memory_limit(said) == size


@pytest.mark.parametrize("said", ["", "much", "-4GB", "100MB", "4 PB"])
def test_what_is_no_size_or_too_small_is_said_with_one_that_is(said: str) -> None:
    with pytest.raises(UsageError, match="memory cannot be") as caught:
        memory_limit(said)
    assert "4GB" in str(caught.value)


def test_less_memory_takes_fewer_workers_and_documents_but_always_some() -> None:
    tight, wide = room_in(LEAST_MEMORY, 8), room_in(16 * GB, 8)
    assert tight.workers < wide.workers == 8
    assert 200 <= tight.documents < wide.documents
    assert room_in(None, 8).workers == 8
