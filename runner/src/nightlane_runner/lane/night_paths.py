"""Where a night's files are: the same layout on the customer's results volume and on the lane's."""

from pathlib import Path, PurePosixPath

from nightlane_runner.document.step import Run, Step
from nightlane_runner.lane.places import Places

REMOTE_RESULTS = PurePosixPath("/results")
"""Where the customer's results volume is mounted, in Spark pods and in the results pod."""


def night_folder(run: Run) -> PurePosixPath:
    """Return the run's folder, relative to a results volume."""
    return PurePosixPath(run.pipeline, run.business_date.isoformat(), f"run-{run.number}")


def remote_step_folder(step: Step) -> PurePosixPath:
    """Return where the application commits its results, in the customer's cluster."""
    return REMOTE_RESULTS / night_folder(step.run) / step.name


def lane_step_folder(places: Places, step: Step) -> Path:
    """Return where the results are brought to, on the lane's volume."""
    return places.results / night_folder(step.run) / step.name


def attempts_name(step: str) -> str:
    """Return the folder of a step's logs and records beside its results, whose names are the application's."""
    return f"{step}.attempts"


def keeps_attempts_apart(run: Path) -> bool:
    """Return whether a run's logs and records are beside its steps' results, and not among them as in earlier releases.

    In those, no run had such a folder; since then, each has one from its first step on.
    """
    return any(entry.name.endswith(attempts_name("")) for entry in run.iterdir())


def lane_attempts_folder(places: Places, step: Step) -> Path:
    """Return where the step's attempts keep their logs and records."""
    return lane_step_folder(places, step).with_name(attempts_name(step.name))


def lane_log(places: Places, step: Step) -> Path:
    """Return the file that keeps the attempt's log."""
    return lane_attempts_folder(places, step) / f"attempt-{step.attempt}.log"


def lane_record(places: Places, step: Step) -> Path:
    """Return the file in which the attempt remembers what it has started."""
    return lane_attempts_folder(places, step) / f"attempt-{step.attempt}.json"


def lane_troubles(places: Places, step: Step) -> Path:
    """Return the file in which the attempt remembers what trouble it has reported."""
    return lane_attempts_folder(places, step) / f"attempt-{step.attempt}.trouble.json"


def lane_runner(places: Places, step: Step) -> Path:
    """Return the file that names the runner in charge of a step's copy or results, and its attempt."""
    return lane_attempts_folder(places, step) / "copy.runner"
