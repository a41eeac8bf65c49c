"""A full volume: another try would fail the same way, so it is reported once, with what makes room."""

import errno
import re
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.lane.named_file import named_file
from nightlane_runner.lane.volume_use import takes_no_more_files, volume_use

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_PERCENT = 95
"""A large file is refused a little before the last byte is used."""

_FULL_TEXT = re.compile(r"No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes")
"""The last is GNU tar's message if part of a block still fitted."""


def is_full(error: OSError) -> bool:
    """Return whether an error means that a volume is full."""
    return error.errno in _FULL


def lane_volume_full(error: OSError, results: Path) -> StepEnded | None:
    """Return the end of a step if the lane's volume is full; None if the error is another volume's."""
    named = named_file(error)
    if named is not None and not named.is_relative_to(results):
        return None
    try:
        use = volume_use(results)
        out_of_files = use.percent < _FULL_PERCENT and takes_no_more_files(results)
    except OSError:
        return None
    # A quota may limit a volume whose file system still has room.
    if named is None and use.percent < _FULL_PERCENT and not out_of_files and error.errno != errno.EDQUOT:
        return None
    state = "takes no further files, whatever room it has" if out_of_files else "is full"
    fewer_files = ", or have the application write fewer and larger files" if out_of_files else ""
    return StepEnded(
        ExitCode.BAD_INPUT,
        f"The lane's results volume {state} ({use}): {error}. Make room in the customer's file, by a shorter "
        "lane.keepResults or lane.keepLogs (the reaper removes what is past its time within half an hour of the "
        f"deployment), or a larger lane.resultsSize{fewer_files}, {GO_ON}.",
    )


def require_remote_room(errors: str, where: str) -> None:
    """Raise StepEnded if a script in the customer's cluster reported that a volume is full."""
    if _FULL_TEXT.search(errors):
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"A volume of {where} is full: {errors}. Make room, for the customer's results volume in the "
            "customer's file: by a shorter lane.keepResults (the reaper removes what is past its time within half an "
            "hour of the deployment), or a larger cluster.resultsSize, which the customer's administrator applies; "
            f"{GO_ON}.",
        )
