"""The step `calendar`: derives the business date and writes it where the workflow reads its output parameters."""

from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nightlane_runner.calendar.business_calendar import UnknownDayError
from nightlane_runner.calendar.business_date import business_date
from nightlane_runner.document.step import CalendarInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.places import Places
from nightlane_runner.lane.run_claim import RunClaim, claim_run
from nightlane_runner.step_log import StepLog


def run_calendar(given: CalendarInput, claim: RunClaim, places: Places, log: StepLog) -> None:
    """Write the outputs of the step, after claiming the run of a day that has a night.

    They are business-date, open (yes or no), variant, half-day (yes or no), reason: why the day is not an ordinary
    business day, and anew: which steps do not reuse the results of the run that is repeated.

    Raises:
        StepEnded: BAD_INPUT if no business date can be derived or the calendar does not know it, RUN_EXISTS if
            another workflow is this run.

    """
    found = _outputs(given, _business_date(given))
    if found["open"] == "yes":
        claim_run(places.results, claim, date.fromisoformat(found["business-date"]))
    outputs = places.outputs
    outputs.mkdir(parents=True, exist_ok=True)
    for name, value in found.items():
        (outputs / name).write_text(value, encoding="utf-8")
    log.info(", ".join(f"{name}: {value}" for name, value in found.items() if value))


def _outputs(given: CalendarInput, day: date) -> dict[str, str]:
    calendar = given.calendar
    # The schedule leaves out a day that should have no night; a person who names the day wants it.
    is_asked_for = given.business_date != "auto"
    try:
        is_open = calendar.is_business_day(day) if is_asked_for else calendar.has_night(day)
        return {
            "business-date": day.isoformat(),
            "open": _yes(is_open),
            "variant": calendar.variant(day),
            "half-day": _yes(calendar.is_half_day(day)),
            "reason": calendar.reason(day),
            "anew": given.anew,
        }
    except UnknownDayError as error:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"calendar.businessDate: {error}; correct the date, or deploy the customer with a calendar that knows it.",
        ) from error


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _business_date(given: CalendarInput) -> date:
    if given.business_date != "auto":
        return date.fromisoformat(given.business_date)
    if not given.scheduled_time:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            'calendar.businessDate: got "auto" in a run that no schedule started, and a business date is never '
            'taken from the clock; submit the run with the date it is for, such as "2026-03-31".',
        )
    try:
        scheduled = datetime.fromisoformat(given.scheduled_time)
    except ValueError:
        scheduled = None
    if scheduled is None or scheduled.tzinfo is None:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"calendar.scheduledTime: got {given.scheduled_time!r}, must be a time with its offset; "
            'write it like "2026-03-31T20:30:00Z".',
        )
    try:
        timezone = ZoneInfo(given.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"calendar.timezone: got {given.timezone!r}, must be a name from the timezone database; "
            'write it like "Europe/Berlin".',
        ) from error
    return business_date(scheduled, timezone, given.roll_hour)
