"""Which attempts of a step have begun: a runner that was frozen for hours must not start what a later one has ended.

Each attempt leaves an empty file before it does anything. Its log and its record count as well: the first is not kept
on a volume that is nearly full, the second not written before something is started.
"""

import re

from nightlane_runner.document.step import Step
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.folder import create_durably
from nightlane_runner.lane.night_paths import lane_attempts_folder
from nightlane_runner.lane.places import Places
from nightlane_runner.step_log import StepLog

_SIGN = re.compile(r"attempt-(\d+)\.(begun|log|json)")


def mark_begun(places: Places, step: Step, log: StepLog) -> None:
    """Leave the attempt's file. A volume that refuses it refuses the record, too, without which nothing starts."""
    try:
        create_durably(lane_attempts_folder(places, step) / f"attempt-{step.attempt}.begun", "")
    except OSError as error:
        log.info(f"that attempt {step.attempt} has begun could not be kept on the lane's volume: {error}")


def later_attempt(places: Places, step: Step) -> int | None:
    """Return the newest attempt after this one that has begun, None if none has."""
    signs = [_SIGN.fullmatch(entry.name) for entry in lane_attempts_folder(places, step).glob("attempt-*")]
    newest = max((int(sign[1]) for sign in signs if sign is not None), default=0)
    return newest if newest > step.attempt else None


def require_newest(places: Places, step: Step) -> None:
    """Make sure that no later attempt has begun while this runner was frozen; raises StepEnded(DETACHED)."""
    later = later_attempt(places, step)
    if later is not None:
        raise StepEnded(
            ExitCode.DETACHED,
            f"Attempt {later} of step {step.name} has begun, so attempt {step.attempt} starts nothing. Nothing needs "
            "to be done.",
        )
