"""The step `calendar`, from its input to its output files."""

import io
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from tests.support.steps import document


def _run(mounts: Path, **changes: Any) -> tuple[int, dict[str, str], str]:
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
    environment = {"NIGHTLANE_STEP": document({"calendar": calendar}), "NIGHTLANE_MOUNT_ROOT": str(mounts)}
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
