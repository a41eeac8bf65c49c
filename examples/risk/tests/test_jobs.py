"""The programs in jobs/ as processes: exit codes and what they print."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import DATA

ROOT = DATA.parent
STEP = {"STEP": "scenarios", "ATTEMPT": "1", "BUSINESS_DATE": "2026-03-31"}


def run(job: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "JAVA_HOME")}
    submit = "--master local[1] --conf spark.ui.enabled=false pyspark-shell"
    return subprocess.run(
        [sys.executable, str(ROOT / "jobs" / job), *arguments],
        env={**inherited, "PYTHONPATH": str(ROOT / "src"), "PYSPARK_SUBMIT_ARGS": submit, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_snapshot_prints_its_hashes(tmp_path: Path) -> None:
    done = run("snapshot.py", "--out", str(tmp_path / "market"), "--date", "2026-03-31")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split("  ")[1] for line in lines[:-1]] == ["correlations.csv", "factors.csv", "history.csv", "market.json"]
    assert lines[-1].startswith("market snapshot of 2026-03-31, close of 2026-03-31: sha256 fe6eb43b9da76643")


def test_the_snapshot_refuses_a_date_before_its_history(tmp_path: Path) -> None:
    done = run("snapshot.py", "--out", str(tmp_path / "market"), "--date", "2018-06-01")
    assert done.returncode == 2
    assert done.stderr.startswith("business date: 2018-06-01 has 110 weekdays")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("job", ["scenarios.py", "revaluation.py", "var_es.py", "report.py"])
def test_a_stage_without_its_step_says_which_variables_are_missing(job: str) -> None:
    done = run(job)
    assert done.returncode == 2
    assert [line.split(":")[0].split()[-1] for line in done.stderr.splitlines()] == [
        "NIGHT_DIR",
        "STEP",
        "ATTEMPT",
        "BUSINESS_DATE",
    ]


def test_arguments_out_of_range_are_refused() -> None:
    done = run("scenarios.py", "--scenarios", "0")
    assert done.returncode == 2
    assert "argument --scenarios: '0' is not a whole number from 1" in done.stderr


def test_a_stage_that_lacks_its_input_fails_in_one_sentence(tmp_path: Path) -> None:
    done = run("scenarios.py", NIGHT_DIR=str(tmp_path), **STEP)
    assert done.returncode == 2
    assert f"{tmp_path / 'market'}: the step 'market' has committed no result here. Run that step first" in done.stderr
    assert "Traceback" not in done.stderr
