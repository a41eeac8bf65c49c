"""The step `calendar`, from its input to its output files."""

import io
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.run_claim import RunClaim, claim_run
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from tests.support.steps import document

TARGET = {
    "name": "TARGET",
    "from": "2024-01-01",
    "to": "2027-12-31",
    "weekend": [6, 7],
    "closed": {"2025-12-24": "Christmas Eve", "2026-04-03": "Good Friday", "2026-12-31": "New Year's Eve"},
    "worked": {"2026-05-30": "Make-up Saturday"},
    "halfDays": {"2026-12-30": "Früher Schluß"},
    "noNight": {"2026-11-30": "The cluster moves"},
}


STEPS = [["market"], ["scenarios", 0], ["limits"], ["revaluation", 1], ["report", 2, 3]]


def _run(mounts: Path, uid: str = "uid-1", from_step: str = "", **changes: Any) -> tuple[int, dict[str, str], str]:
    calendar = {
        "scheduledTime": "2026-03-31T20:30:00Z",
        "businessDate": "auto",
        "timezone": "Europe/Berlin",
        "calendar": TARGET,
        "rollHour": 12,
        **changes,
    }
    written = io.StringIO()
    (mounts / "dev").mkdir(exist_ok=True)
    claim = {"pipeline": "night", "number": "1", "workflow": "night-1774989000", "uid": uid}
    written_document = document({"calendar": calendar, "anew": {"fromStep": from_step, "steps": STEPS}, "claim": claim})
    environment = {"NIGHTLANE_STEP": written_document, "NIGHTLANE_MOUNT_ROOT": str(mounts)}
    code = Runner(environment, StepLog(written)).run(["calendar"])
    outputs = mounts / "tmp" / "outputs"
    files = {file.name: file.read_text(encoding="utf-8") for file in outputs.iterdir()} if outputs.is_dir() else {}
    return code, files, written.getvalue()


def _outputs(day: str, is_open: str, variant: str, half_day: str = "no", reason: str = "") -> dict[str, str]:
    day_outputs = {"business-date": day, "open": is_open, "variant": variant, "half-day": half_day, "reason": reason}
    return {**day_outputs, "anew": "all"}


@pytest.mark.parametrize(
    ("scheduled", "outputs"),
    [
        ("2026-03-31T20:30:00Z", _outputs("2026-03-31", "yes", "quarter-end")),
        ("2026-04-01T01:00:00Z", _outputs("2026-03-31", "yes", "quarter-end")),
        ("2026-04-03T20:30:00Z", _outputs("2026-04-03", "no", "regular", reason="Good Friday")),
        ("2026-05-23T20:30:00Z", _outputs("2026-05-23", "no", "regular", reason="Saturday")),
        ("2026-05-30T20:30:00Z", _outputs("2026-05-30", "yes", "month-end", reason="Make-up Saturday")),
        ("2026-12-30T21:30:00Z", _outputs("2026-12-30", "yes", "quarter-end", "yes", "Früher Schluß")),
        ("2026-11-30T21:30:00Z", _outputs("2026-11-30", "no", "month-end", reason="The cluster moves")),
    ],
)
def test_scheduled_night_is_told_its_day(tmp_path: Path, scheduled: str, outputs: dict[str, str]) -> None:
    """Which date, whether there is a night, and why not; every further case is in runs/contract.json."""
    code, files, said = _run(tmp_path, scheduledTime=scheduled)
    assert code == 0
    assert files == outputs
    assert f"business-date: {outputs['business-date']}, open: {outputs['open']}" in said
    assert outputs["reason"] in said


@pytest.mark.parametrize(
    ("from_step", "anew"),
    [
        ("", "all"),
        ("scenarios", ",scenarios,revaluation,report,"),
        ("limits", ",limits,report,"),
        ("report", ",report,"),
    ],
)
def test_run_from_a_step_on_is_told_what_runs_anew(tmp_path: Path, from_step: str, anew: str) -> None:
    """The step and all that come after it, by any path; the others reuse what the earlier run left."""
    code, files, _ = _run(tmp_path, from_step=from_step)
    assert code == 0
    assert files["anew"] == anew


def test_run_from_a_step_that_is_not_there_does_not_start(tmp_path: Path) -> None:
    """Nothing would run again, and the night would succeed."""
    code, files, said = _run(tmp_path, from_step="revalution")
    assert code == ExitCode.BAD_INPUT
    assert files == {}
    assert "anew.fromStep: got 'revalution', must be a step of this night; use one of market, scenarios" in said


def test_explicit_date_stands_whatever_the_schedule(tmp_path: Path) -> None:
    """A replay names the date it is for."""
    code, files, _ = _run(tmp_path, scheduledTime="", businessDate="2025-12-24")
    assert code == 0
    assert files == _outputs("2025-12-24", "no", "regular", reason="Christmas Eve")


def test_person_may_start_the_night_that_the_schedule_leaves_out(tmp_path: Path) -> None:
    """A month's end without a night can be made up for; the day is a business day as before."""
    code, files, _ = _run(tmp_path, scheduledTime="", businessDate="2026-11-30")
    assert code == 0
    assert files == _outputs("2026-11-30", "yes", "month-end", reason="The cluster moves")


@pytest.mark.parametrize(
    "changes", [{"scheduledTime": "2028-01-03T21:30:00Z"}, {"scheduledTime": "", "businessDate": "2023-12-29"}]
)
def test_date_that_the_calendar_does_not_know_is_never_guessed(tmp_path: Path, changes: dict[str, str]) -> None:
    """Said with the days that it knows, and what to do."""
    code, files, said = _run(tmp_path, **changes)
    assert code == 50
    assert files == {}
    assert "outside of the calendar TARGET, which knows the days from 2024-01-01 to 2027-12-31" in said
    assert "deploy the customer with a calendar that knows it" in said


def test_business_date_is_never_taken_from_the_clock(tmp_path: Path) -> None:
    """A run by hand without a date is refused."""
    code, files, said = _run(tmp_path, scheduledTime="")
    assert code == 50
    assert files == {}
    assert "submit the run with the date it is for" in said


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"timezone": "Europe/Atlantis"}, "calendar.timezone: got 'Europe/Atlantis'"),
        ({"scheduledTime": "yesterday"}, "calendar.scheduledTime: got 'yesterday'"),
        ({"scheduledTime": "2026-03-31T20:30:00"}, "must be a time with its offset"),
        ({"calendar": "NYSE"}, "calendar.calendar: got 'NYSE', must be an object"),
        ({"calendar": {**TARGET, "weekend": [8]}}, "calendar.calendar.weekend: got [8]"),
        ({"businessDate": "0206-03-31"}, "calendar.businessDate: got '0206-03-31'"),
        ({"rollHour": 24}, "calendar.rollHour: got 24"),
        ({"calendar": {**TARGET, "closed": {"24.12.": "x"}}}, "calendar.calendar.closed"),
        ({"holidays": []}, "calendar.holidays: got [], which this runner does not know"),
    ],
)
def test_bad_input_is_explained(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    """Property, value, rule and fix, and the code that says so."""
    code, files, said = _run(tmp_path, **changes)
    assert code == 50
    assert files == {}
    assert complaint in said


def test_a_second_workflow_of_the_same_run_ends_with_the_name_of_the_first(tmp_path: Path) -> None:
    """The schedule and a person start the same run under two names: one of them works, the other says so."""
    assert _run(tmp_path, uid="uid-1")[0] == ExitCode.DONE

    code, _, log = _run(tmp_path, uid="uid-2")

    assert code == ExitCode.RUN_EXISTS
    assert "run 1 of 2026-03-31 exists: night-1774989000" in log
    run = tmp_path / "results" / "night" / "2026-03-31" / "run-1"
    assert (run / ".claim" / "workflow").read_text() == "night-1774989000 uid-1\n"
    assert [entry.name for entry in run.iterdir()] == [".claim"]


def test_the_same_workflow_may_claim_its_run_again(tmp_path: Path) -> None:
    """The calendar's pod was evicted after it had claimed; a pod that died just before left half a claim behind."""
    left = tmp_path / "results" / "night" / "2026-03-31" / "run-1" / ".claim-uid-1"
    left.mkdir(parents=True)
    (left / "workflow").write_text("nig")

    assert [_run(tmp_path)[0] for _ in range(2)] == [ExitCode.DONE, ExitCode.DONE]


def test_of_many_at_once_exactly_one_gets_the_run(tmp_path: Path) -> None:
    """Real processes that claim at the same moment."""
    with ProcessPoolExecutor(max_workers=8) as pool:
        codes = list(pool.map(_claim_as, [(tmp_path, f"uid-{number}") for number in range(24)]))

    assert sorted(codes) == [ExitCode.DONE, *[ExitCode.RUN_EXISTS] * 23]


@pytest.mark.parametrize("lost", [None, "", "\0" * 30, "night-1774989000"])
def test_a_claim_whose_content_a_power_cut_has_lost_is_nobodys(tmp_path: Path, lost: str | None) -> None:
    """The night happens, and once: the first workflow has it."""
    taken = tmp_path / "night" / "2026-03-31" / "run-1" / ".claim"
    taken.mkdir(parents=True)
    (taken / "other").touch()
    if lost is not None:
        (taken / "workflow").write_text(lost)

    with ProcessPoolExecutor(max_workers=4) as pool:
        codes = list(pool.map(_claim_as, [(tmp_path, f"uid-{number}") for number in range(8)]))

    assert sorted(codes) == [ExitCode.DONE, *[ExitCode.RUN_EXISTS] * 7]
    owner = f"uid-{codes.index(ExitCode.DONE)}"
    assert _claim_as((tmp_path, owner)) == ExitCode.DONE


def test_a_claim_is_on_the_disk_before_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a power cut leaves one that names nobody."""
    done: list[str] = []
    sync, rename = os.fsync, Path.rename

    def noted_sync(descriptor: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        sync(descriptor)

    def noted_rename(self: Path, target: Path) -> Path:
        done.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "rename", noted_rename)

    assert _claim_as((tmp_path / "results", "uid-1")) == ExitCode.DONE

    written = ["sync workflow", "sync .claim-uid-1", "rename"]
    assert done == [*written, "sync run-1", "sync 2026-03-31", "sync night", "sync results"]


def _claim_as(arguments: tuple[Path, str]) -> int:
    mounts, uid = arguments
    claim = RunClaim(pipeline="night", number=1, workflow=f"night-{uid}", uid=uid)
    try:
        claim_run(mounts, claim, date(2026, 3, 31))
    except StepEnded as end:
        return end.code
    return ExitCode.DONE


def test_a_closed_day_claims_nothing(tmp_path: Path) -> None:
    """Its run does nothing either, and a person may find the day worked after all."""
    assert _run(tmp_path, scheduledTime="2026-04-03T20:30:00Z")[0] == ExitCode.DONE
    assert not (tmp_path / "results").exists()
