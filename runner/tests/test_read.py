"""The command `read`, as a person's pod runs it."""

import sys
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from tests.support.steps import document

LOG = "results/night/2026-03-31/run-1/var-es.attempts/attempt-2.log"


def _read(mounts: Path, capsys: pytest.CaptureFixture[str], **changes: Any) -> tuple[int, str]:
    """Return how it ended and what it printed."""
    given = {"businessDate": "2026-03-31", "run": "1", "step": "var-es", "attempt": "2", "pipeline": "night", **changes}
    (mounts / "dev").mkdir(exist_ok=True)
    environment = {"NIGHTLANE_STEP": document({"read": given}), "NIGHTLANE_MOUNT_ROOT": str(mounts)}
    code = Runner(environment, StepLog(sys.stdout)).run(["read"])
    return code, capsys.readouterr().out


def _write(mounts: Path, name: str, text: str) -> None:
    file = mounts / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_log_is_printed_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing of the reader's own comes between."""
    _write(tmp_path, LOG, "driver | one\nThe Job failed.\n")
    assert _read(tmp_path, capsys) == (0, "driver | one\nThe Job failed.\n")


def test_log_of_a_night_before_logs_lay_apart_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Among the results, as an earlier release kept it; no run has both."""
    old = LOG.replace("var-es.attempts", "var-es")
    _write(tmp_path, old, "old\n")
    assert _read(tmp_path, capsys) == (0, "old\n")
    _write(tmp_path, LOG.replace("attempt-2", "attempt-1"), "new\n")
    assert _read(tmp_path, capsys)[0] == 30


def test_long_log_says_where_lines_are_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its parts come in the order of their numbers."""
    for name, text in ((LOG, "first\n"), (f"{LOG}.10", "last\n"), (f"{LOG}.9", "last but one\n")):
        _write(tmp_path, name, text)
    code, said = _read(tmp_path, capsys)
    assert code == 0
    assert said.split("\n")[0] == "first"
    assert "lines are left out here" in said.split("\n")[1]
    assert said.endswith("last but one\nlast\n")


def test_log_whose_parts_are_all_there_is_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing was left out yet."""
    _write(tmp_path, LOG, "first\n")
    _write(tmp_path, f"{LOG}.1", "second\n")
    assert _read(tmp_path, capsys) == (0, "first\nsecond\n")


def test_log_that_is_not_kept_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With what may have become of it."""
    code, said = _read(tmp_path, capsys, attempt="3")
    assert code == 30
    assert "attempt-3.log" in said
    assert "lane.keepLogs" in said


def test_link_in_place_of_a_log_is_not_followed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A taken-over runner may have left one."""
    (tmp_path / "secret").write_text("secret")
    link = tmp_path / LOG
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "secret")
    code, said = _read(tmp_path, capsys)
    assert code == 30
    assert "secret" not in said


@pytest.mark.parametrize(
    "changes",
    [{"step": ".."}, {"step": "a/b"}, {"businessDate": ".."}, {"businessDate": ""}, {"run": "0"}, {"attempt": "x"}],
)
def test_whatever_is_not_a_name_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, str]
) -> None:
    """Parameters come from the person who starts the workflow."""
    code, said = _read(tmp_path, capsys, **changes)
    assert code == 50
    assert next(iter(changes)) in said


def test_list_says_what_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of all dates, or of one."""
    _write(tmp_path, LOG, "x" * 1024 * 1024)
    _write(tmp_path, "results/night/2026-03-31/run-1/var-es/var.json", "x" * 3 * 1024 * 1024)
    _write(tmp_path, "results/night/2026-03-30/run-2/var-es/var.json", "42")
    code, said = _read(tmp_path, capsys, step="", businessDate="")
    assert code == 0
    assert said.split("\n")[0].startswith("2026-03-30 run 2: 0.0 MiB of results, 0.0 MiB of logs, last written ")
    assert said.split("\n")[1].startswith("2026-03-31 run 1: 3.0 MiB of results, 1.0 MiB of logs, last written ")
    assert "volume: " in said.split("\n")[2]
    assert "2026-03-30" not in _read(tmp_path, capsys, step="")[1]
