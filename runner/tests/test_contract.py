"""Both languages decide alike: every case of runs/contract.json, and days and calendars drawn at random."""

import json
import subprocess
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from nightlane_runner.calendar.business_calendar import UnknownDayError
from tests.support.calendar_facts import UnreadableCalendar, calendar_facts, calendar_from
from tests.support.random_calendars import ZONES, random_calendar, random_times

REPOSITORY = Path(__file__).parents[2]
CONTRACT: dict[str, Any] = json.loads((REPOSITORY / "runs" / "contract.json").read_text(encoding="utf-8"))

CALENDARS = 300
TIMES_EACH = 40


def _about(case: dict[str, Any]) -> str:
    return str(case["about"])


@pytest.mark.parametrize("case", CONTRACT["businessDates"], ids=_about)
def test_business_date(case: dict[str, Any]) -> None:
    """The date of a scheduled time, and what the calendar says of it."""
    expected = {key: value for key, value in case.items() if key not in ("about", "calendar", "timezone", "scheduled")}
    calendar = calendar_from(CONTRACT["calendars"][case["calendar"]])
    assert calendar_facts(calendar, case["timezone"], case["scheduled"]) == expected


@pytest.mark.parametrize("case", CONTRACT["unknownDays"], ids=lambda case: str(case["day"]))
def test_unknown_day_is_not_guessed(case: dict[str, Any]) -> None:
    """A day outside of the calendar is an error."""
    calendar = calendar_from(CONTRACT["calendars"][case["calendar"]])
    with pytest.raises(UnknownDayError, match="outside of the calendar TARGET, which knows the days from 2025-01-01"):
        calendar.is_business_day(date.fromisoformat(case["day"]))


@pytest.mark.parametrize("case", CONTRACT["unreadableCalendars"], ids=_about)
def test_unreadable_calendar_is_refused(case: dict[str, Any]) -> None:
    """What one language refuses, the other does too."""
    with pytest.raises(UnreadableCalendar):
        calendar_from({**CONTRACT["calendars"]["euro"], **case["changes"]})


def test_both_languages_agree_on_random_calendars() -> None:
    """Real processes, thousands of times; the seed is that of the line that differs."""
    drawn = [_drawn(seed) for seed in range(CALENDARS)]
    command = [str(REPOSITORY / "node_modules/.bin/tsx"), "test/support/calendar-batch.ts"]
    lines = "".join(f"{json.dumps(line)}\n" for line in drawn)
    batch = subprocess.run(command, cwd=REPOSITORY, input=lines, stdout=subprocess.PIPE, text=True, timeout=120)
    assert batch.returncode == 0
    answers = [json.loads(line) for line in batch.stdout.splitlines()]

    assert len(answers) == CALENDARS
    for seed, (line, answer) in enumerate(zip(drawn, answers, strict=True)):
        calendar = calendar_from(line["calendar"])
        expected = [calendar_facts(calendar, line["timezone"], time) for time in line["scheduled"]]
        assert answer == expected, f"seed {seed}, {line['timezone']}"


def _drawn(seed: int) -> dict[str, Any]:
    random = Random(seed)  # noqa: S311 - draws test cases
    return {
        "calendar": random_calendar(random),
        "timezone": random.choice(ZONES),
        "scheduled": random_times(random, TIMES_EACH),
    }
