"""Both languages decide alike: every case of runs/contract.json, and days and calendars drawn at random."""

import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from nightlane_runner.calendar.business_calendar import UnknownDayError
from nightlane_runner.document import run_identity
from nightlane_runner.document.step import Run, Step
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
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


def test_exit_codes() -> None:
    """The workflow, the alerts and the operator's command read them."""
    assert {code.name: int(code) for code in ExitCode} == CONTRACT["exitCodes"]


@pytest.mark.parametrize("case", CONTRACT["remoteJobs"], ids=lambda case: str(case["name"]))
def test_remote_job(case: dict[str, Any]) -> None:
    """Whoever looks for a Job finds the one that the runner made."""
    told = case["run"]
    run = Run(
        told["customer"], told["pipeline"], date.fromisoformat(told["businessDate"]), told["variant"], told["number"]
    )
    step = Step(run, case["step"], case["attempt"], "risk", 1800, 150)
    assert (run_identity.run_key(run), run_identity.job_name(step)) == (case["runKey"], case["name"])


READERS: dict[str, Callable[[StepInput], tuple[Step, object]]] = {
    "spark": StepInput.spark,
    "job": StepInput.spark,
    "exec": StepInput.exec,
    "copy-in": StepInput.copy,
    "copy-out": StepInput.copy,
}


@pytest.mark.parametrize("kind", CONTRACT["stepDocuments"])
def test_step_document(kind: str) -> None:
    """What a customer file becomes is read without a complaint, and by its own name."""
    step, _ = READERS[kind](StepInput(json.dumps(CONTRACT["stepDocuments"][kind])))
    assert (step.name, step.attempt, step.run) == (
        kind,
        2,
        Run("testbank", "night", date(2026, 3, 31), "quarter-end", 1),
    )


def test_both_languages_agree_on_random_calendars() -> None:
    """Real processes, thousands of times; the seed is that of the line that differs."""
    drawn = [_drawn(seed) for seed in range(CALENDARS)]
    command = [str(REPOSITORY / "node_modules/.bin/tsx"), "test/support/calendar-batch.ts"]
    lines = "".join(f"{json.dumps(line)}\n" for line in drawn)
    batch = subprocess.run(command, cwd=REPOSITORY, input=lines, stdout=subprocess.PIPE, text=True, timeout=600)
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
