"""A lane's volume that does not do what it is asked: read-only, stale, or not to be reached."""

import errno
import os
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded

_OF_A_VOLUME = (errno.EROFS, errno.ESTALE, errno.EIO, errno.EREMOTEIO, errno.ENOTCONN, errno.ETIMEDOUT, errno.EHOSTDOWN)
"""What volumes say of themselves where no file is named, as of one that is open."""


def lane_volume_unwell(error: OSError, results: Path) -> StepEnded | None:
    """Return the end of a step to which the lane's volume has said an error; None where something else has."""
    named = error.filename
    if isinstance(named, str | os.PathLike):
        if not Path(named).is_relative_to(results):
            return None
        file = f" ({Path(named)})"
    elif error.errno in _OF_A_VOLUME:
        file = ""
    else:
        return None
    what = error.strerror or type(error).__name__
    return StepEnded(
        ExitCode.INFRASTRUCTURE,
        f"The lane's results volume does not do what it is asked: {what}{file}. Remote work was left alone, and "
        "another try of the same attempt goes on with it; where every try ends like this, have the volume and its "
        "server looked at.",
    )
