"""Messages to people fit into what Kubernetes keeps, and never lose their beginning."""

import io
import re
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container.archive import UnpackedFile
from nightlane_runner.container.remote_process import LocalProcess
from nightlane_runner.container.shell_session import ContentDiffers, ShellSession
from nightlane_runner.job.pending import Pending, Waiting, event_texts
from nightlane_runner.lane.file_manifest import ResultFile, ResultManifest
from nightlane_runner.lane.places import Places
from nightlane_runner.main import Runner
from nightlane_runner.message_limits import first_of, without_middle
from nightlane_runner.step_log import StepLog
from nightlane_runner.steps.result_check import verify

_KEPT_BYTES = 4096
"""What the kubelet keeps: the last ones."""


def test_long_sentence_keeps_its_beginning_and_its_end(tmp_path: Path) -> None:
    """The workflow knows a report by its first word; what helps stands last. The log has all of it."""
    (tmp_path / "dev").mkdir()
    long = f"TROUBLE unschedulable since 2026-03-31T22:00:00Z: {'0/150 nodes: taint für Überhang; ' * 300}go on."
    out = io.StringIO()
    runner = Runner({"NIGHTLANE_MOUNT_ROOT": str(tmp_path)}, StepLog(out))

    runner._say_last(long)

    message = Places(tmp_path).termination_log.read_bytes()
    assert len(message) <= _KEPT_BYTES
    assert re.search(rb"(?:^|\): )TROUBLE ([a-z-]+) since", message)
    assert message.endswith(b"go on.")
    whole, last = out.getvalue().splitlines()
    assert whole == long
    assert last == message.decode()


def test_results_that_differ_are_counted_where_they_are_many() -> None:
    """R13: the first with both hashes, and how many besides."""
    files = tuple(ResultFile(PurePosixPath(f"desk-{number}/pnl.csv"), 10, "0" * 64) for number in range(40))

    with pytest.raises(ContentDiffers) as error:
        verify(ResultManifest("revaluation", 1, files), {file.path: UnpackedFile(10, "1" * 64) for file in files})

    assert "desk-0/pnl.csv has SHA-256 1111" in str(error.value)
    assert re.search(r"; and \d+ more$", str(error.value))
    assert len(str(error.value)) < 2000


def test_what_a_container_says_is_quoted_in_short() -> None:
    """Stack traces of a command whose connection was cut: the first and the last words of each line."""
    command = "for n in 1 2 3 4 5 6 7 8 9; do printf 'at %0900d(Engine.java:%s)\\n' 0 $n >&2; done"
    with ShellSession(LocalProcess(["/bin/sh", "-c", command]), "nonce", lambda: None) as session:
        while session.read():
            pass
    assert len(session.errors().encode()) <= 1500
    assert session.errors().startswith("at 000")
    assert session.errors().endswith("(Engine.java:9)")


def test_what_a_cluster_says_of_a_pod_is_quoted_in_short() -> None:
    """A hundred nodes have a hundred taints, in the pod's condition and in each event."""
    taints = "; ".join(f"untolerated taint {{dedicated: team-{number}}}" for number in range(100))
    events: list[object] = [
        {"type": "Warning", "reason": f"FailedScheduling{number}", "message": taints} for number in range(3)
    ]

    pending = Pending(Waiting.UNSCHEDULABLE, None, "Pod", "risk-1", f"0/100 nodes are available: {taints}")

    assert len(str(pending)) < 1100
    assert str(pending).startswith("no node takes the pod: 0/100 nodes")
    assert len(event_texts([event for event in events if isinstance(event, dict)])) < 1300


def test_text_is_cut_between_characters() -> None:
    """Half of one would be none."""
    assert without_middle("äöü" * 100, 50).replace(" [...] ", "").strip("äöü") == ""
    assert len(without_middle("äöü" * 100, 50).encode()) <= 50
    assert without_middle("short", 50) == "short"
    assert first_of(["a", "b"]) == "a; b"
