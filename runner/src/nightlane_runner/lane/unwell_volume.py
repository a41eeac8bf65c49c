"""A lane's volume that does not work: read-only, stale, or unreachable."""

import errno
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import GO_ON, StepEnded
from nightlane_runner.lane.named_file import named_file

_OF_A_VOLUME = (errno.EROFS, errno.ESTALE, errno.EIO, errno.EREMOTEIO, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN)
"""Errors that are a volume's even if no file is named, as for an open one."""


def lane_volume_unwell(error: OSError, results: Path) -> StepEnded | None:
    """Return the end of a step for an error of the lane's volume; None for any other error."""
    named = named_file(error)
    if named is not None:
        if not named.is_relative_to(results):
            return None
        file = f" ({named})"
    elif error.errno in _OF_A_VOLUME:
        file = ""
    else:
        return None
    what = error.strerror or type(error).__name__
    return StepEnded(
        ExitCode.INFRASTRUCTURE,
        f"The lane's results volume does not work: {what}{file}. Remote work was left alone, and "
        "another try of the same attempt goes on with it; where every try ends like this, have the volume and its "
        f"server checked, {GO_ON}.",
    )
