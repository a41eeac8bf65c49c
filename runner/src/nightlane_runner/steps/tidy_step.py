"""The step `tidy`: removes what is past its time on both results volumes, and reports how full they are.

The lane's volume decides. Every step of a night keeps its log there, so a date that anybody works on is young on it;
on the customer's volume a date is removed only once the lane has nothing of it, and nothing was written to it for
as long there either.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodShell
from nightlane_runner.container.ready_pod import find_container
from nightlane_runner.container.shell_session import TransportFailed
from nightlane_runner.container.work import ContainerWork, OutOfTime
from nightlane_runner.document.step import TidyInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.interruption import Interrupted, Interruptions
from nightlane_runner.lane.kept_files import NEWEST_DATES, KeptNights, Retention
from nightlane_runner.lane.night_paths import REMOTE_RESULTS
from nightlane_runner.lane.places import Places
from nightlane_runner.lane.volume_use import VolumeUse, parsed_df, volume_use
from nightlane_runner.outage import Outage
from nightlane_runner.step_log import StepLog
from nightlane_runner.steps.results import RESULTS_POD

LANE_USED = "lane-used"
CUSTOMER_USED = "customer-used"
"""Output parameters: whole percent of each volume that is used."""

_REMOTE_SECONDS = 900.0
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class TidyReach:
    """The way to the customer's cluster."""

    cluster: Cluster
    outage: Outage
    interruptions: Interruptions
    log: StepLog
    # Nobody waits for a reaper: it reports nothing.
    troubles: None = None


class LaneTidy:
    """Tidies the lane's volume."""

    def __init__(self, places: Places, tidy: TidyInput, log: StepLog) -> None:
        self._places = places
        self._tidy = tidy
        self._log = log
        self._nights = {pipeline: KeptNights(places.results / pipeline) for pipeline in tidy.pipelines}

    def run(self) -> None:
        """Remove what is past its time, and leave the fill level for the workflow."""
        retention = Retention(
            results_seconds=timedelta(days=self._tidy.keep_results_days).total_seconds(),
            logs_seconds=timedelta(days=self._tidy.keep_logs_days).total_seconds(),
        )
        for pipeline, nights in self._nights.items():
            removed = nights.remove_old(retention, nights.now())
            dates = ", ".join(removed.dates) or "none"
            self._log.info(
                f"lane's volume, {pipeline}: removed dates: {dates}; log files of other dates: {removed.logs}"
            )
        use = volume_use(self._places.results)
        self._log.info(f"lane's volume: {use}")
        _leave(self._places, LANE_USED, use)

    def dates_left(self) -> dict[str, list[str]]:
        """Return the business dates of which the lane's volume has something, by pipeline."""
        return {pipeline: nights.dates() for pipeline, nights in self._nights.items()}


class CustomerTidy:
    """Tidies the customer's volume, in the pod that has it mounted."""

    def __init__(self, reach: TidyReach, places: Places, tidy: TidyInput, shell: PodShell) -> None:
        self._reach = reach
        self._places = places
        self._tidy = tidy
        self._shell = shell

    def run(self, stay: Mapping[str, Sequence[str]]) -> None:
        """Remove what is past its time of each pipeline but these dates, and leave the fill level for the workflow.

        Raises:
            StepEnded: INFRASTRUCTURE if the volume could not be reached or tidied; BAD_INPUT if the answer is none.

        """
        for pipeline, dates in stay.items():
            self._run(pipeline, dates)

    def _run(self, pipeline: str, stay: Sequence[str]) -> None:
        try:
            lines = self._tidied(pipeline, stay)
        except (TransportFailed, OutOfTime) as error:
            raise StepEnded(
                ExitCode.INFRASTRUCTURE,
                f"The customer's results volume could not be tidied: {str(error) or 'out of time'}. The next reaper "
                "begins again.",
            ) from error
        except Interrupted as interruption:
            raise StepEnded(
                ExitCode.DETACHED, f"This pod was {interruption.reason.value}; the next reaper begins again."
            ) from interruption
        dates = ", ".join(line.removeprefix("removed ") for line in lines if line.startswith("removed ")) or "none"
        self._reach.log.info(f"customer's volume, {pipeline}: removed dates: {dates}")
        use = parsed_df(lines[-1]) if lines else None
        if use is not None:
            self._reach.log.info(f"customer's volume: {use}")
            _leave(self._places, CUSTOMER_USED, use)

    def _tidied(self, pipeline: str, stay: Sequence[str]) -> list[str]:
        container = find_container(self._reach, RESULTS_POD, patience_seconds=_PATIENCE_SECONDS)
        deadline = time.monotonic() + _REMOTE_SECONDS
        work = ContainerWork(self._shell, container, self._reach.interruptions.check, deadline)
        minutes = self._tidy.keep_results_days * 24 * 60
        nights = REMOTE_RESULTS / pipeline
        arguments = [str(REMOTE_RESULTS), str(nights), str(minutes), str(NEWEST_DATES), *stay]
        with work.session(remote_scripts.TIDY_NIGHTS, arguments) as session:
            said = work.answer(session)
            ending = session.ending()
        if ending.status != 0:
            raise TransportFailed(session.errors() or f"status {ending.status}")
        return said.splitlines()


def _leave(places: Places, parameter: str, use: VolumeUse) -> None:
    places.outputs.mkdir(parents=True, exist_ok=True)
    (places.outputs / parameter).write_text(str(use.percent), encoding="ascii")
