"""Device and number format follow from what the machine can do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from painpoints.encode import cpu_name, hardware, precision

INTEL = "processor\t: 0\nmodel name\t: Some CPU @ 2GHz\nflags\t\t: fpu sse2 {} avx2\n"
ARM = "processor\t: 0\nFeatures\t: fp asimd crc32 {}\n"


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT"):
        monkeypatch.delenv(name, raising=False)
    precision.hardware.cache_clear()
    yield
    precision.hardware.cache_clear()


def machine(monkeypatch: pytest.MonkeyPatch, files: dict[str, str], gpu: bool = False) -> None:
    read = Path.read_text

    def fake(self: Path, *args: str, **kwargs: str) -> str:
        if str(self).startswith(("/proc/", "/sys/")):
            if str(self) not in files:
                raise FileNotFoundError(str(self))
            return files[str(self)]
        return read(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", fake)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.parametrize(("cpuinfo", "expected"), [
    (INTEL.format("avx512_bf16"), "bf16"), (INTEL.format("amx_bf16"), "bf16"), (ARM.format("bf16"), "bf16"),
    (INTEL.format("avx512f avx512_vnni"), "fp32"), (ARM.format(""), "fp32"), ("", "fp32")])
def test_bf16_where_the_cpu_has_it(monkeypatch: pytest.MonkeyPatch, cpuinfo: str, expected: str) -> None:
    machine(monkeypatch, {"/proc/cpuinfo": cpuinfo})
    found = hardware()
    assert (found.device, found.precision) == ("cpu", expected)
    assert "CPU has" in found.reason


@pytest.mark.parametrize(("bf16", "expected"), [(True, "bf16"), (False, "fp16")])
def test_a_gpu_comes_first(monkeypatch: pytest.MonkeyPatch, bf16: bool, expected: str) -> None:
    machine(monkeypatch, {}, gpu=True)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: "Some GPU")
    assert (hardware().device, hardware().precision, hardware().reason) == ("cuda", expected, "Some GPU")


def test_a_system_that_does_not_tell_is_taken_for_the_plainest(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, {})
    assert hardware().precision == "fp32"
    assert hardware().cpu_features == ()
    assert cpu_name()


@pytest.mark.parametrize(("quota", "affinity", "cores"), [
    ("max 100000", 8, 8), ("200000 100000", 8, 2), ("150000 100000", 8, 2), ("50000 100000", 8, 1),
    ("800000 100000", 2, 2), ("nonsense", 4, 4)])
def test_cores_are_those_the_container_may_use(monkeypatch: pytest.MonkeyPatch, quota: str, affinity: int,
                                               cores: int) -> None:
    machine(monkeypatch, {"/sys/fs/cgroup/cpu.max": quota})
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(affinity)), raising=False)
    assert precision.usable_cores() == cores


@pytest.mark.parametrize("name", ["OMP_NUM_THREADS", "OMP_THREAD_LIMIT"])
def test_who_shares_the_cores_with_others_takes_no_more_than_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    machine(monkeypatch, {})
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    found = []
    for said in ("3", "64", "0", "many"):
        monkeypatch.setenv(name, said)
        found.append(precision.usable_cores())
    assert found == [3, 8, 1, 8]


def test_the_cpu_tells_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    machine(monkeypatch, {"/proc/cpuinfo": INTEL.format("")})
    assert cpu_name() == "Some CPU @ 2GHz"
