"""The last lines of a failed attempt, on their way into the run record."""

import base64
import hashlib
import io
import zlib
from pathlib import Path

from nightlane_runner.lane.log_end import MOST_BYTES, printable, write_log_end
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from tests.support.steps import document, spark_step


def _unpacked(outputs: Path) -> list[str]:
    packed = (outputs / "log-end").read_text()
    return zlib.decompress(base64.b64decode(packed, validate=True)).decode().split("\n")


def test_last_forty_lines_arrive(tmp_path: Path) -> None:
    """A stack trace packs well."""
    lines = [f"driver |   at org.apache.spark.scheduler.Task.run(Task.scala:{number})" for number in range(100)]
    write_log_end(lines, tmp_path)
    assert _unpacked(tmp_path) == lines[-40:]


def test_lines_that_do_not_pack_are_fewer_and_the_last_ones(tmp_path: Path) -> None:
    """The workflow is limited in size, whatever a driver writes."""
    lines = [base64.b85encode(hashlib.shake_256(bytes([number])).digest(240)).decode() for number in range(40)]
    write_log_end(lines, tmp_path)
    kept = _unpacked(tmp_path)
    assert (tmp_path / "log-end").stat().st_size <= MOST_BYTES
    assert 0 < len(kept) < 40
    assert kept[-1] == f"{lines[-1][:199]}…"


def test_nothing_that_a_terminal_or_argo_would_obey_is_left(tmp_path: Path) -> None:
    """Escape sequences are replaced; an expression is no longer one in base64."""
    assert printable("\x1b[2K\rrunner: all is well\x07\u202e") == "\ufffd[2K\ufffdrunner: all is well\ufffd\ufffd"
    assert printable("a\tb äöü 日本") == "a\tb äöü 日本"
    write_log_end(["{{=sprig.repeat(2000000000, 'A')}}"], tmp_path)
    assert "{" not in (tmp_path / "log-end").read_text()
    assert _unpacked(tmp_path) == ["{{=sprig.repeat(2000000000, 'A')}}"]


def test_attempt_that_a_person_must_look_at_leaves_its_last_lines(tmp_path: Path) -> None:
    """The last of them is the sentence that says what happened: here that there is no credential."""
    written = io.StringIO()
    assert _runner(tmp_path, document(spark_step("risk")), written).run(["spark"]) == 50
    last = written.getvalue().splitlines()[-1]
    assert "The credential in" in last
    assert _unpacked(tmp_path / "tmp" / "outputs")[-1] == printable(last)


def test_what_is_no_attempt_leaves_none(tmp_path: Path) -> None:
    """Its message says all."""
    assert _runner(tmp_path, document({"calendar": {}}), io.StringIO()).run(["calendar"]) == 50
    assert not (tmp_path / "tmp" / "outputs").exists()


def _runner(mounts: Path, given: str, written: io.StringIO) -> Runner:
    for folder in ("dev", "results", "tmp"):
        (mounts / folder).mkdir()
    return Runner({"NIGHTLANE_STEP": given, "NIGHTLANE_MOUNT_ROOT": str(mounts)}, StepLog(written))
