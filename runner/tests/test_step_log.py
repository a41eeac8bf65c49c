"""The step's log ends with the sentence that says how the step ended."""

import io
from pathlib import Path

from nightlane_runner.step_log import StepLog


def test_nothing_is_written_after_the_last_line(tmp_path: Path) -> None:
    """The thread that follows a driver's log goes on until the process ends."""
    written, kept = io.StringIO(), tmp_path / "attempt-1.log"
    log = StepLog(written)
    log.keep_in(kept)
    log.info("RUNNING: pod driver")
    log.end("Step revaluation was cancelled.")
    log.info("the driver's log cannot be read at the moment")
    log.relay("driver", "one more line")
    log.flush()
    whole = "RUNNING: pod driver\nStep revaluation was cancelled.\n"
    assert [written.getvalue(), kept.read_text()] == [whole, whole]
    assert log.last_lines() == whole.splitlines()


def test_the_last_line_stays_the_last_on_a_volume_that_cannot_be_written(tmp_path: Path) -> None:
    """What is wrong with the copy is written before it."""
    written = io.StringIO()
    log = StepLog(written)
    log.keep_in(tmp_path / "attempt-1.log")
    (tmp_path / "attempt-1.log").unlink()
    (tmp_path / "attempt-1.log").symlink_to("/dev/full")
    log.keep_in(tmp_path / "attempt-1.log")
    log.end("Step revaluation was cancelled.")
    note, last = written.getvalue().splitlines()
    assert note.startswith("the log is no longer kept on the lane's volume: ")
    assert last == "Step revaluation was cancelled."
