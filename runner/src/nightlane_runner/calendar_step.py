"""The step `calendar`: derives the business date and writes it where the workflow reads its output parameters."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightlane_runner.business_date import business_date, variant
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.holidays import business_day_test
from nightlane_runner.places import Places
from nightlane_runner.run_claim import RunClaim, claim_run
from nightlane_runner.step import CalendarInput
from nightlane_runner.step_log import StepLog


def run_calendar(calendar: CalendarInput, claim: RunClaim, places: Places, log: StepLog) -> None:
    """Write the outputs business-date, open (yes or no) and variant, after claiming the run of a business day.

    Raises:
        StepEnded: BAD_INPUT where no business date can be derived, RUN_EXISTS where another workflow is this run.

    """
    day = _business_date(calendar)
    is_business_day = business_day_test(calendar.calendar, calendar.extra_holidays)
    found = {
        "business-date": day.isoformat(),
        "open": "yes" if is_business_day(day) else "no",
        "variant": variant(day, is_business_day),
    }
    if is_business_day(day):
        claim_run(places.results, claim, day)
    outputs = places.outputs
    outputs.mkdir(parents=True, exist_ok=True)
    for name, value in found.items():
        (outputs / name).write_text(value, encoding="utf-8")
    log.info(f"business date {day.isoformat()} ({day:%A}), open: {found['open']}, variant: {found['variant']}")


def _business_date(calendar: CalendarInput) -> date:
    if calendar.business_date != "auto":
        return date.fromisoformat(calendar.business_date)
    if not calendar.scheduled_time:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            'calendar.businessDate: got "auto" in a run that no schedule started, and a business date is never '
            'taken from the clock; submit the run with the date it is for, such as "2026-03-31".',
        )
    try:
        scheduled = datetime.fromisoformat(calendar.scheduled_time)
    except ValueError:
        scheduled = None
    if scheduled is None or scheduled.tzinfo is None:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"calendar.scheduledTime: got {calendar.scheduled_time!r}, must be a time with its offset; "
            'write it like "2026-03-31T20:30:00Z".',
        )
    try:
        timezone = ZoneInfo(calendar.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"calendar.timezone: got {calendar.timezone!r}, must be a name from the timezone database; "
            'write it like "Europe/Berlin".',
        ) from error
    return business_date(scheduled, timezone, calendar.roll_hour)
