"""The environment that the Job gives a step."""

from datetime import date
from pathlib import Path

import pytest

from nightlane_risk.errors import InputError
from nightlane_risk.step import Step, step_from_environment

GIVEN = {
    "NIGHT_DIR": "/results/night/2026-03-31/run-1",
    "STEP": "var-es",
    "ATTEMPT": "2",
    "BUSINESS_DATE": "2026-03-31",
    "RUN_NUMBER": "1",
}


def test_the_environment_is_read() -> None:
    expected = Step(Path("/results/night/2026-03-31/run-1"), "var-es", 2, date(2026, 3, 31))
    assert step_from_environment(GIVEN) == expected


def test_every_missing_or_malformed_variable_is_named() -> None:
    with pytest.raises(InputError) as caught:
        step_from_environment({"STEP": "var-es", "ATTEMPT": "0", "BUSINESS_DATE": "31.03.2026"})
    assert [str(fault) for fault in caught.value.faults] == [
        "environment variable NIGHT_DIR: nothing is given. Fill it in.",
        "environment variable ATTEMPT: '0' is not a whole number from 1. Write digits only, counting from 1.",
        "environment variable BUSINESS_DATE: '31.03.2026' is not an ISO 8601 date. Write year-month-day, as in 2026-03-31.",
    ]
