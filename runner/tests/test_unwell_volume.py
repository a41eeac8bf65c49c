"""A lane's volume that is read-only or stale: named, and never called a defect of the runner."""

import errno
import io
import os
import subprocess
from pathlib import Path

import pytest

from nightlane_runner.lane.unwell_volume import lane_volume_unwell
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.small_volume import fill, small_volume
from tests.support.steps import copy_step, document, reuse_step, spark_step


@pytest.mark.api_server
@pytest.mark.parametrize("kind", ["copy-out", "reuse"])
def test_read_only_volume_is_named(admin: Administrator, mounts: Path, kind: str) -> None:
    """R34: as a network file system is remounted after an error. Another try may find it well."""
    step = {
        "copy-out": copy_step(admin.namespace, "/results/report", "/results/night/2026-03-31/run-1/report"),
        "reuse": reuse_step(admin.namespace, 1),
    }[kind]
    for folder in ("tmp", "dev", "podinfo"):
        (mounts / folder).mkdir(parents=True, exist_ok=True)
    with small_volume(mounts / "results", 1) as results:
        subprocess.run(["/usr/bin/mount", "-o", "remount,ro", str(results)], check=True)
        said = io.StringIO()
        code = Runner({"NIGHTLANE_MOUNT_ROOT": str(mounts), "NIGHTLANE_STEP": document(step)}, StepLog(said)).run(
            [kind]
        )

    assert code == 20
    last = said.getvalue().splitlines()[-1]
    assert f"The lane's results volume does not work: Read-only file system ({results}/" in last
    assert "a Spark or job step with nightlane adopt" in last


@pytest.mark.api_server
@pytest.mark.parametrize(("why", "code"), [("full", 50), ("read-only", 20)])
def test_volume_that_breaks_while_a_trouble_lasts_is_said_in_its_place(
    admin: Administrator, mounts: Path, start_runner: StartRunner, why: str, code: int
) -> None:
    """A step that only waits says so; a report that nobody can remember would be made by every try."""
    with small_volume(mounts / "results", 4) as results:
        # Too full for a log, which would be open and keep the volume from being mounted anew.
        (results / "results.bin").write_bytes(bytes(3_900_000))
        runner = start_runner("spark", spark_step(admin.namespace, troubleSeconds=5))
        runner.wait_for_line("created Job")
        job = admin.only_job()
        if why == "full":
            fill(results)
        else:
            subprocess.run(["/usr/bin/mount", "-o", "remount,ro", str(results)], check=True)
        admin.suspend_job(job, suspended=True)
        assert runner.wait() == code
    assert "The lane's results volume " + {"full": "is full", "read-only": "does not work"}[why] in runner.last_line()
    assert admin.only_job() == job


@pytest.mark.parametrize("number", [errno.ESTALE, errno.EIO])
def test_error_of_an_open_file_is_the_volumes(number: int, tmp_path: Path) -> None:
    """R34: it names none."""
    end = lane_volume_unwell(OSError(number, os.strerror(number)), tmp_path / "results")
    assert end is not None
    assert os.strerror(number) in end.sentence


def test_errors_of_other_places_are_none_of_the_volume(tmp_path: Path) -> None:
    """R34: a file elsewhere, or a defect of the runner's."""
    results = tmp_path / "results"
    assert lane_volume_unwell(PermissionError(errno.EACCES, "Permission denied", "/etc/shadow"), results) is None
    assert lane_volume_unwell(OSError(errno.EINVAL, "Invalid argument"), results) is None
