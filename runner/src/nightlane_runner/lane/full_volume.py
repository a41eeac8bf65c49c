"""A volume that is full: another try runs into the same, so it is said once, with what makes room."""

import errno
import re
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.lane.volume_use import volume_use

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_PERCENT = 95
"""A large file is refused a little before the last byte is taken."""

_FULL_TEXT = re.compile(r"No space left on device|Disk quota exceeded|Wrote only \d+ of \d+ bytes")
"""The last is what GNU tar says where a part of a block still found room."""


def is_full(error: OSError) -> bool:
    """Return whether an error says that a volume takes nothing more."""
    return error.errno in _FULL


def lane_volume_full(error: OSError, results: Path) -> StepEnded | None:
    """Return the end of a step to which the lane's volume said so; None where another volume did."""
    try:
        use = volume_use(results)
    except OSError:
        return None
    # A quota may end a volume that its file system still has room for.
    if use.percent < _FULL_PERCENT and error.errno != errno.EDQUOT:
        return None
    return StepEnded(
        ExitCode.BAD_INPUT,
        f"The lane's results volume is full ({use}): {error}. Make room in the customer's file, by a shorter "
        "lane.keepResults or lane.keepLogs (the reaper removes what is past its time within half an hour of the "
        "deployment), or a larger lane.resultsSize, "
        f"{GO_ON}.",
    )


def require_remote_room(errors: str, where: str) -> None:
    """Raise StepEnded if what a script said in the customer's cluster is that a volume is full."""
    if _FULL_TEXT.search(errors):
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"A volume of {where} is full: {errors}. Make room, for the customer's results volume in the "
            "customer's file: by a shorter lane.keepResults (the reaper removes what is past its time within half an "
            "hour of the deployment), or a larger cluster.resultsSize, which the customer's administrator applies; "
            f"{GO_ON}.",
        )
