"""The copy of a log on the lane's volume: limited, and never at the expense of results."""

import io
import shutil
from pathlib import Path

import pytest

from nightlane_runner.lane.kept_log import KeptLog, KeptLogLimits, NoRoom, part_file, part_numbers
from nightlane_runner.step_log import StepLog
from tests.support.small_volume import small_volume

LIMITS = KeptLogLimits(head_bytes=100, part_bytes=50, room_ratio=0.0)


def _text(log: Path) -> str:
    return "".join(part_file(log, number).read_text() for number in (0, *part_numbers(log)))


def test_short_log_is_one_file(tmp_path: Path) -> None:
    """As every log was before there were limits."""
    log = tmp_path / "step" / "attempt-1.log"
    kept = KeptLog(log, LIMITS)
    kept.write("one")
    kept.write("two")
    kept.close()
    assert log.read_text() == "one\ntwo\n"
    assert part_numbers(log) == []


def test_of_a_long_log_beginning_and_end_are_kept(tmp_path: Path) -> None:
    """What a driver said first and last; what it said in between is gone, and the volume is not filled."""
    log = tmp_path / "attempt-1.log"
    kept = KeptLog(log, LIMITS)
    for number in range(200):
        kept.write(f"line {number:04}")
    kept.close()
    text = _text(log)
    assert text.startswith("line 0000\nline 0001\n")
    assert text.endswith("line 0198\nline 0199\n")
    assert "line 0100" not in text
    assert len(text) <= 100 + 2 * 50 + len("line 0000\n") * 3
    assert part_numbers(log)[0] > 1


def test_next_runner_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    """An evicted runner has written a part of it; both together stay within the limits."""
    log = tmp_path / "attempt-1.log"
    for runner in range(10):
        kept = KeptLog(log, LIMITS)
        for number in range(9):
            kept.write(f"runner {runner} {number}")
        kept.close()
    text = _text(log)
    assert text.startswith("runner 0 0\n")
    assert text.endswith("runner 9 8\n")
    assert len(text) <= 100 + 2 * 50 + len("runner 0 0\n") * 3


def test_nearly_full_volume_is_left_to_results(tmp_path: Path) -> None:
    """The step goes on, and says once that its log is not kept."""
    with small_volume(tmp_path / "results", 8) as results:
        (results / "figures").write_bytes(bytes(int(7.5 * 1024 * 1024)))
        with pytest.raises(NoRoom, match="for results"):
            KeptLog(results / "attempt-1.log")
        written = io.StringIO()
        log = StepLog(written)
        log.keep_in(results / "attempt-1.log")
        log.info("computing")
        assert "the log is not kept on the lane's volume: the volume is nearly full" in written.getvalue()
        assert written.getvalue().endswith("computing\n")


def test_large_volume_has_room_for_a_log_whatever_part_of_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A twentieth of 500 GiB is thousands of logs."""
    gibibyte = 1024**3
    usage = shutil.disk_usage(tmp_path)._replace(total=500 * gibibyte, free=25 * gibibyte)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    KeptLog(tmp_path / "attempt-1.log").close()
    usage = usage._replace(free=gibibyte)
    with pytest.raises(NoRoom):
        KeptLog(tmp_path / "attempt-1.log")


def test_driver_that_writes_without_end_leaves_room_for_results(tmp_path: Path) -> None:
    """R33: a volume of 32 MiB and a log of 24 MiB: a good half of the volume is still free."""
    with small_volume(tmp_path / "results", 32) as results:
        log = StepLog(io.StringIO())
        log.keep_in(results / "attempt-1.log")
        for number in range(120_000):
            log.relay("driver", f"{number:07} {'x' * 190}")
        kept = sum(entry.stat().st_size for entry in results.iterdir())
        assert kept <= 9 * 1024 * 1024
        last = part_file(results / "attempt-1.log", part_numbers(results / "attempt-1.log")[-1])
        assert last.read_text().rstrip().splitlines()[-1].startswith("driver | 0119999")
