"""The Kubernetes example is one that KubeRay takes, and runs a command that there is."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer.main

from painpoints.cli.app import app

yaml = pytest.importorskip("yaml", reason="PyYAML, which Ray brings, is not installed")
JOB: dict[str, Any] = yaml.safe_load((Path(__file__).parents[3] / "scripts/kuberay.yaml").read_text("utf8"))


def test_it_is_a_job_of_the_version_that_kuberay_serves() -> None:
    assert (JOB["apiVersion"], JOB["kind"]) == ("ray.io/v1", "RayJob")
    assert JOB["spec"]["shutdownAfterJobFinishes"] is True


def test_its_command_line_is_understood() -> None:
    program, name, *arguments = shlex.split(JOB["spec"]["entrypoint"])
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    given = command.make_context(name, arguments).params
    assert program == "painpoints" and given["engine"] == "ray" and given["inputs"][0].startswith("s3://")


def test_the_run_lies_on_a_volume_and_no_worker_works_beside_the_leader() -> None:
    cluster = JOB["spec"]["rayClusterSpec"]
    head = cluster["headGroupSpec"]["template"]["spec"]
    mounts = [mount["mountPath"] for mount in head["containers"][0]["volumeMounts"]]
    assert any(f"-o {mount}/" in JOB["spec"]["entrypoint"] for mount in mounts)
    assert cluster["headGroupSpec"]["rayStartParams"]["num-cpus"] == "0"


def test_the_nodes_hold_the_workers_that_are_asked_for() -> None:
    (group,) = JOB["spec"]["rayClusterSpec"]["workerGroupSpecs"]
    (container,) = group["template"]["spec"]["containers"]
    words = shlex.split(JOB["spec"]["entrypoint"])
    wanted = int(words[words.index("--workers") + 1])
    assert wanted <= int(container["resources"]["limits"]["cpu"]) * group["replicas"]
    assert all(isinstance(value, str) for value in group["rayStartParams"].values()), "KubeRay takes texts only"
