"""One workflow for each run: the first one takes the run's folder on the lane's volume, the other ends."""

import errno
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.folder import create_durably, remove, sync, sync_folder
from nightlane_runner.lane.full_volume import is_full

_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)

_OWNER = "workflow"

_OWNER_ANEW = "workflow.anew"
"""Names the owner if the first file has lost its content: without either, the run is nobody's."""


@dataclass(frozen=True, slots=True)
class RunClaim:
    """Which run of a business date a workflow is.

    Attributes:
        pipeline: name of the nights' pipeline.
        number: 1 for the night itself, more for a repeat.
        workflow: name of the workflow that claims.
        uid: its UID; a name may be used again, a UID never is.

    """

    pipeline: str
    number: int
    workflow: str
    uid: str


def claim_run(results: Path, claim: RunClaim, day: date) -> None:
    """Take the run for this workflow, for good; taking it again for the same workflow changes nothing.

    The run's name keeps two workflows of it apart in nearly all cases, since the API server accepts a name once. This
    claim covers the other cases too: a name that became free again, a schedule whose start was changed in between.

    A folder with the owner's name in it is renamed into place, which happens whole or, if there is one already, not at
    all, on every file system that two pods can share.

    Raises:
        StepEnded: RUN_EXISTS, with the name of the other workflow; INFRASTRUCTURE if the volume cannot be written.
        OSError: the volume is full.

    """
    run = results / claim.pipeline / day.isoformat() / f"run-{claim.number}"
    mine = run / f".claim-{claim.uid}"
    taken = run / ".claim"
    try:
        mine.mkdir(parents=True, exist_ok=True)
        (mine / _OWNER).write_text(_text(claim), encoding="utf-8")
        sync(mine)
        try:
            mine.rename(taken)
            # Down to the volume: each of these folders may be new.
            for folder in (run, *run.parents[:3]):
                sync_folder(folder)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            remove(mine)
            _check_owner(taken, claim, day)
    except OSError as error:
        if is_full(error):
            raise
        raise StepEnded(
            ExitCode.INFRASTRUCTURE,
            f"The lane's results volume cannot be written ({error.strerror}: {error.filename}); free or repair it.",
        ) from error


def _check_owner(taken: Path, claim: RunClaim, day: date) -> None:
    workflow, uid = _owner(taken / _OWNER)
    if not uid:
        create_durably(taken / _OWNER_ANEW, _text(claim))
        workflow, uid = _owner(taken / _OWNER_ANEW)
    if uid != claim.uid:
        raise StepEnded(
            ExitCode.RUN_EXISTS,
            f"run {claim.number} of {day.isoformat()} exists: {workflow}. This one did nothing; a repeat on purpose is "
            "`nightlane replay` or `nightlane restate`.",
        )


def _owner(file: Path) -> tuple[str, str]:
    """Return a workflow's name and UID, both empty if the file does not hold both."""
    try:
        workflow, _, uid = file.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    except FileNotFoundError:
        return "", ""
    return (workflow, uid) if uid else ("", "")


def _text(claim: RunClaim) -> str:
    return f"{claim.workflow} {claim.uid}\n"
