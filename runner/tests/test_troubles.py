"""When a trouble is reported and when its end is, with a clock of the test's own."""

import io
import re
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from nightlane_runner.trouble import MOST_REPORTS, Reported, TroubleKind, Troubles

_NEVER = float("inf")


class _Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class _Attempt:
    """One attempt, whose tries share a file and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "revaluation" / "attempt-1.trouble.json"
        self.clock = _Clock()
        self.said = io.StringIO()

    def next_try(self) -> Troubles:
        """Return what the next try knows."""
        today = datetime(2026, 3, 31, 21, 0, 0, tzinfo=UTC)
        return Troubles(self.file, 150.0, StepLog(self.said), self.clock, lambda: today)

    def report(self, kind: TroubleKind) -> str:
        """Let a try be in trouble for long enough, and return its last words."""
        end = self.end_in(kind)
        end.told()
        return end.sentence

    def end_in(self, kind: TroubleKind) -> Reported:
        """Return how a try ends that is in trouble for long enough, before it has told anybody."""
        troubles = self.next_try()
        troubles.lasts(kind, lambda: "Nobody answers.")
        self.clock.now += 150
        with pytest.raises(Reported) as end:
            troubles.lasts(kind, lambda: "Nobody answers.")
        assert end.value.code is ExitCode.REPORT
        return end.value

    def report_end(self, kind: TroubleKind) -> None:
        """Let a try find the trouble over, and say so."""
        with pytest.raises(Reported, match=f"OVER {kind}: it is over") as end:
            self.next_try().over(kind)
        end.value.told()

    def break_volume(self) -> None:
        """Let the volume take nothing from now on, by a file where the folder should be."""
        if self.file.parent.exists():
            shutil.rmtree(self.file.parent)
        self.file.parent.write_text("")

    def mend_volume(self, kept: str) -> None:
        """Let it be as it was, with this in the attempt's memory."""
        self.file.parent.unlink()
        self.file.parent.mkdir()
        self.file.write_text(kept)


@pytest.fixture
def attempt(tmp_path: Path) -> _Attempt:
    """An attempt that has reported nothing."""
    return _Attempt(tmp_path)


def test_trouble_that_lasts_is_reported_with_its_beginning(attempt: _Attempt) -> None:
    """The time is when it began, not when it was reported; the rest of the sentence is computed only then."""
    troubles = attempt.next_try()
    assert troubles.lasts(TroubleKind.IMAGE, lambda: pytest.fail("too early")) == 150
    attempt.clock.now += 149
    assert troubles.lasts(TroubleKind.IMAGE, lambda: pytest.fail("too early")) == 1
    attempt.clock.now += 1
    with pytest.raises(Reported) as end:
        troubles.lasts(TroubleKind.IMAGE, lambda: "It cannot be pulled.")
    assert end.value.sentence == (
        "TROUBLE image since 2026-03-31T20:57:30Z: It cannot be pulled. Nothing is lost: the next try goes on."
    )


def test_trouble_that_passes_is_not_reported(attempt: _Attempt) -> None:
    """Another one afterwards counts from its own beginning."""
    troubles = attempt.next_try()
    troubles.lasts(TroubleKind.UNREACHABLE, lambda: "x")
    attempt.clock.now += 149
    troubles.over(TroubleKind.UNREACHABLE)
    attempt.clock.now += 10
    assert troubles.lasts(TroubleKind.UNREACHABLE, lambda: "x") == 150


def test_next_try_reports_the_same_trouble_no_more(attempt: _Attempt) -> None:
    """It is as patient as it was before the report."""
    attempt.report(TroubleKind.UNREACHABLE)
    again = attempt.next_try()
    again.lasts(TroubleKind.UNREACHABLE, lambda: "x")
    attempt.clock.now += 10_000
    assert again.lasts(TroubleKind.UNREACHABLE, lambda: "x") == _NEVER


def test_another_trouble_is_reported_too(attempt: _Attempt) -> None:
    """Nobody repairs a network for the sake of an image."""
    attempt.report(TroubleKind.UNREACHABLE)
    assert attempt.report(TroubleKind.IMAGE).startswith("TROUBLE image since")


def test_end_of_a_reported_trouble_is_reported_once(attempt: _Attempt) -> None:
    """By the first try that finds it over; the next one goes on."""
    attempt.report(TroubleKind.IMAGE)
    again = attempt.next_try()
    again.over(TroubleKind.UNREACHABLE)
    attempt.report_end(TroubleKind.IMAGE)
    attempt.next_try().over(TroubleKind.IMAGE)


def test_reports_are_few_and_the_last_one_is_an_end(attempt: _Attempt) -> None:
    """Each is a try, of which an attempt has not many."""
    for _ in range(MOST_REPORTS // 2):
        attempt.report(TroubleKind.UNREACHABLE)
        attempt.report_end(TroubleKind.UNREACHABLE)
    silent = attempt.next_try()
    silent.lasts(TroubleKind.UNREACHABLE, lambda: "x")
    attempt.clock.now += 10_000
    assert silent.lasts(TroubleKind.UNREACHABLE, lambda: "x") == _NEVER
    assert "no longer reported while it lasts (4 reports were made)" in attempt.said.getvalue()


def test_report_that_nobody_was_told_is_made_again(attempt: _Attempt) -> None:
    """Its runner was killed just before it ended."""
    attempt.end_in(TroubleKind.SUSPENDED)
    attempt.report(TroubleKind.SUSPENDED)
    with pytest.raises(Reported, match="OVER suspended"):
        attempt.next_try().over(TroubleKind.SUSPENDED)
    attempt.report_end(TroubleKind.SUSPENDED)


def test_reports_that_nobody_was_told_count_too(attempt: _Attempt) -> None:
    """A runner that is killed whenever it reports would never get on."""
    for _ in range(MOST_REPORTS - 1):
        attempt.end_in(TroubleKind.SUSPENDED)
    silent = attempt.next_try()
    assert silent.lasts(TroubleKind.SUSPENDED, lambda: "x", 0) == _NEVER


def test_nothing_is_remembered_before_there_is_a_sentence(attempt: _Attempt) -> None:
    """It asks the customer's API server, which takes its time; the runner may be killed meanwhile."""
    troubles = attempt.next_try()

    def killed() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        troubles.lasts(TroubleKind.IMAGE, killed, 0)
    assert not attempt.file.exists()


def test_volume_that_takes_nothing_ends_the_try_once_a_report_is_due(attempt: _Attempt) -> None:
    """Without a memory every try would report; silence would last for as long as the step may take."""
    attempt.break_volume()
    troubles = attempt.next_try()
    assert troubles.lasts(TroubleKind.IMAGE, lambda: "x") == 150
    attempt.clock.now += 150
    with pytest.raises(OSError, match=re.escape(str(attempt.file.parent))):
        troubles.lasts(TroubleKind.IMAGE, lambda: "x")


def test_volume_that_takes_nothing_ends_no_step_that_is_well(attempt: _Attempt) -> None:
    """The end of a trouble is no reason: the work goes on. What comes after it is due as any other."""
    attempt.report(TroubleKind.IMAGE)
    kept = attempt.file.read_text()
    again = attempt.next_try()
    attempt.break_volume()
    again.over(TroubleKind.IMAGE)
    again.over(TroubleKind.IMAGE)
    assert attempt.said.getvalue().count("the end of the trouble image is not reported") == 1
    again.lasts(TroubleKind.IMAGE, lambda: "x")
    attempt.mend_volume(kept)
    attempt.clock.now += 150
    with pytest.raises(Reported, match="TROUBLE image"):
        again.lasts(TroubleKind.IMAGE, lambda: "x")


def test_trouble_that_was_reported_needs_no_volume(attempt: _Attempt) -> None:
    """People know about it, so the try is as patient as before."""
    attempt.report(TroubleKind.SUSPENDED)
    again = attempt.next_try()
    attempt.break_volume()
    attempt.clock.now += 10_000
    assert again.lasts(TroubleKind.SUSPENDED, lambda: "x", 0) == _NEVER


def test_memory_that_cannot_be_read_is_said(attempt: _Attempt) -> None:
    """A runner of another version may have written it. Better reported twice than never."""
    attempt.file.parent.mkdir()
    attempt.file.write_text('{"reported": "moon-phase", "reports": 1}')
    attempt.report(TroubleKind.IMAGE)
    assert "cannot be read" in attempt.said.getvalue()


def test_runner_remembers_a_report_once_its_last_words_are_left(attempt: _Attempt, tmp_path: Path) -> None:
    """The kubelet reads them even of one that is killed then."""
    said: list[str] = []

    class Ending(Runner):
        def _run_kind(self, _arguments: Sequence[str]) -> None:
            end = attempt.end_in(TroubleKind.SUSPENDED)
            said.append(attempt.file.read_text())
            raise end

    (tmp_path / "dev").mkdir()
    assert Ending({"NIGHTLANE_MOUNT_ROOT": str(tmp_path)}, StepLog(attempt.said)).run(["spark"]) == ExitCode.REPORT
    assert '"reported": ""' in said[0]
    assert attempt.next_try().is_reported(TroubleKind.SUSPENDED)


def test_runner_whose_volume_breaks_just_then_has_reported_all_the_same(attempt: _Attempt, tmp_path: Path) -> None:
    """At worst the next try reports it again."""

    class Ending(Runner):
        def _run_kind(self, _arguments: Sequence[str]) -> None:
            end = attempt.end_in(TroubleKind.SUSPENDED)
            attempt.break_volume()
            raise end

    (tmp_path / "dev").mkdir()
    assert Ending({"NIGHTLANE_MOUNT_ROOT": str(tmp_path)}, StepLog(attempt.said)).run(["spark"]) == ExitCode.REPORT
    assert attempt.said.getvalue().splitlines()[-1].startswith("TROUBLE suspended")
