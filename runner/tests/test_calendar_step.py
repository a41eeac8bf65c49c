"""The step `calendar`, from its input to its output files."""

import io
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.main import Runner
from nightlane_runner.run_claim import RunClaim, claim_run
from nightlane_runner.step_log import StepLog
from tests.support.steps import document


def _run(mounts: Path, uid: str = "uid-1", **changes: Any) -> tuple[int, dict[str, str], str]:
    calendar = {
        "scheduledTime": "2026-03-31T20:30:00Z",
        "businessDate": "auto",
        "timezone": "Europe/Berlin",
        "calendar": "TARGET",
        "extraHolidays": [],
        "rollHour": 12,
        **changes,
    }
    written = io.StringIO()
    (mounts / "dev").mkdir(exist_ok=True)
    claim = {"pipeline": "night", "number": "1", "workflow": "night-1774989000", "uid": uid}
    written_document = document({"calendar": calendar, "claim": claim})
    environment = {"NIGHTLANE_STEP": written_document, "NIGHTLANE_MOUNT_ROOT": str(mounts)}
    code = Runner(environment, StepLog(written)).run(["calendar"])
    outputs = mounts / "tmp" / "outputs"
    files = {file.name: file.read_text() for file in outputs.iterdir()} if outputs.is_dir() else {}
    return code, files, written.getvalue()


@pytest.mark.parametrize(
    ("scheduled", "business_date", "is_open", "variant"),
    [
        ("2026-03-31T20:30:00Z", "2026-03-31", "yes", "quarter-end"),
        ("2026-04-01T01:00:00Z", "2026-03-31", "yes", "quarter-end"),
        ("2026-03-31T10:00:00Z", "2026-03-31", "yes", "quarter-end"),
        ("2026-03-31T09:59:00Z", "2026-03-30", "yes", "regular"),
        ("2026-04-03T20:30:00Z", "2026-04-03", "no", "regular"),
        ("2026-05-29T20:30:00Z", "2026-05-29", "yes", "month-end"),
        ("2026-05-30T20:30:00Z", "2026-05-30", "no", "regular"),
        ("2026-12-31T21:30:00Z", "2026-12-31", "yes", "quarter-end"),
        ("2027-01-01T02:00:00+01:00", "2026-12-31", "yes", "quarter-end"),
        ("2024-03-28T21:30:00Z", "2024-03-28", "yes", "quarter-end"),
        ("2026-10-25T00:30:00Z", "2026-10-24", "no", "regular"),
    ],
)
def test_scheduled_time_has_a_business_date(
    tmp_path: Path, scheduled: str, business_date: str, is_open: str, variant: str
) -> None:
    """Summer and winter time, nights after midnight, month ends before weekends and holidays."""
    code, files, _ = _run(tmp_path, scheduledTime=scheduled)

    assert code == 0
    assert files == {"business-date": business_date, "open": is_open, "variant": variant}


@pytest.mark.parametrize(
    ("business_date", "is_open", "variant"),
    [("2026-12-29", "yes", "regular"), ("2026-12-30", "yes", "quarter-end"), ("2026-12-31", "no", "regular")],
)
def test_customers_own_holidays_move_the_end_of_a_quarter(
    tmp_path: Path, business_date: str, is_open: str, variant: str
) -> None:
    """The last business day is the customer's own, and the log says what a day was taken for."""
    code, files, said = _run(tmp_path, businessDate=business_date, extraHolidays=["2026-12-31"])
    assert code == 0
    assert files == {"business-date": business_date, "open": is_open, "variant": variant}
    assert f"business date {business_date}" in said
    assert f"open: {is_open}, variant: {variant}" in said


def test_explicit_date_stands_whatever_the_schedule(tmp_path: Path) -> None:
    """A replay names the date it is for."""
    code, files, _ = _run(tmp_path, scheduledTime="", businessDate="2025-12-24", extraHolidays=["2025-12-24"])
    assert code == 0
    assert files == {"business-date": "2025-12-24", "open": "no", "variant": "regular"}


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
        ({"calendar": "NYSE"}, "calendar.calendar: got 'NYSE', must be TARGET or WEEKENDS"),
        ({"rollHour": 24}, "calendar.rollHour: got 24"),
        ({"extraHolidays": ["24.12."]}, "calendar.extraHolidays"),
        ({"holidays": []}, "calendar.holidays: got [], which this runner does not know"),
    ],
)
def test_bad_input_is_explained(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    """Property, value, rule and mend, and the code that says so."""
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
