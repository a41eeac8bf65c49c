"""What a step is to do: the types that its input is read into."""

from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from nightlane_runner.calendar.business_calendar import BusinessCalendar
from nightlane_runner.document.figure import Figure
from nightlane_runner.document.further_attempts import FurtherAttempts
from nightlane_runner.document.night_limit import NightLimit
from nightlane_runner.document.result_value import ResultValue
from nightlane_runner.json_tree import JsonObject


@dataclass(frozen=True, slots=True)
class Run:
    """What makes one run of a pipeline different from every other one."""

    customer: str
    pipeline: str
    business_date: date
    variant: str
    number: int


@dataclass(frozen=True, slots=True)
class Step:
    """One try of one node of the night.

    Attributes:
        run: the run it belongs to.
        name: the node's name.
        attempt: counts from 1, no matter who starts the next. Evictions and infrastructure retries keep it.
        namespace: the namespace in the customer's cluster.
        outage_budget_seconds: how long the customer's API server may be away before the try gives up.
        trouble_seconds: how long a trouble of any kind lasts before it is reported.

    """

    run: Run
    name: str
    attempt: int
    namespace: str
    outage_budget_seconds: int
    trouble_seconds: int


@dataclass(frozen=True, slots=True)
class ResultPlace:
    """Where an application leaves its results, in its step's folder on the customer's results volume.

    Attributes:
        folder: the folder below it whose whole content they are; None for the step's folder itself, whose manifest,
            which the application writes, lists what they are.
        parts: how many pods have a folder of their own in it, by their number; None for one pod without a number.

    """

    folder: PurePosixPath | None
    parts: int | None


@dataclass(frozen=True, slots=True)
class SparkInput:
    """A Spark application, or any other container, as a Kubernetes Job.

    Attributes:
        job: the Job without a name, as it is to be created.
        pending_seconds: how long a driver pod may take to run (no node, no quota, volume not mounted).
        image_pull_seconds: how long a scheduled pod's image may fail to be pulled.
        timeout_seconds: how long the Job may run, not counting pauses; None for as long as it takes.
        executors: whether it is a Spark driver, which is useless without executors; else any container.
        results: where the application leaves results that must be fetched, None for nowhere.
        result: the file that the results must hold, None for any.
        figures: numbers in the results that people look at.
        end_within: how long after the night's start an attempt may run, None for as long as it takes.
        again: after which ends of the program another attempt begins by itself, None for never.

    """

    job: JsonObject
    pending_seconds: int
    image_pull_seconds: int
    timeout_seconds: int | None
    executors: bool
    results: ResultPlace | None
    result: str | None
    figures: tuple[Figure, ...] = ()
    again: FurtherAttempts | None = None
    end_within: NightLimit | None = None


@dataclass(frozen=True, slots=True)
class ContainerChoice:
    """Which container to work in: that of any Ready pod with these labels.

    Attributes:
        selector: labels and their values, all of which the pod has.
        container: the container's name, None for the pod's first.

    """

    selector: dict[str, str]
    container: str | None


@dataclass(frozen=True, slots=True)
class ExecInput:
    """A command to run in a container of the customer's.

    Attributes:
        target: where to run it.
        command: program and arguments, passed on as they are, except for values from earlier results.
        timeout_seconds: how long it may take.

    """

    target: ContainerChoice
    command: tuple[str | ResultValue, ...]
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class CopyInput:
    """A file or folder to copy between the customer's side and the lane.

    Attributes:
        target: the container on the customer's side.
        remote_path: absolute path in that container.
        lane_path: absolute path on the lane's results volume, beginning with /results/.
        timeout_seconds: how long the whole copy may take, further tries included.

    """

    target: ContainerChoice
    remote_path: PurePosixPath
    lane_path: PurePosixPath
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class ReuseInput:
    """What a step of an earlier run of the same night left, to be reused.

    Attributes:
        from_run: number of the earlier run.
        remote: path below the night's folder on the customer's results volume, None for nothing there.
        lane: path below the night's folder on the lane's results volume, None for nothing there.
        required: whether it is an error that the earlier run left nothing.
        timeout_seconds: how long the copy on the customer's side may take, further tries included.

    """

    from_run: int
    remote: str | None
    lane: str | None
    required: bool
    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class SweepInput:
    """What is left of a run, to be taken back.

    Attributes:
        timeout_seconds: how long to go on until nothing is left.

    """

    timeout_seconds: int


@dataclass(frozen=True, slots=True)
class ReapInput:
    """When a Job counts as orphaned.

    Attributes:
        customer: whose Jobs.
        namespace: the namespace in the customer's cluster.
        orphan_seconds: for how long nobody has looked after it.
        watch_seconds: how long it is then watched before it is removed.

    """

    customer: str
    namespace: str
    orphan_seconds: int
    watch_seconds: int


@dataclass(frozen=True, slots=True)
class TidyInput:
    """How long results and logs are kept on the two results volumes.

    Attributes:
        pipelines: whose nights.
        namespace: the namespace in the customer's cluster.
        keep_results_days: after the last write to any run of the business date.
        keep_logs_days: after the last write to the run.

    """

    pipelines: tuple[str, ...]
    namespace: str
    keep_results_days: int
    keep_logs_days: int


@dataclass(frozen=True, slots=True)
class ReadInput:
    """What is to be read of the lane's volume.

    Attributes:
        pipeline: whose nights.
        business_date: None for a list of what all dates have.
        run: number of the run; for a log.
        step: None for a list of what the date has, else the step whose log is wanted.
        attempt: which attempt's; for a log.

    """

    pipeline: str
    business_date: date | None
    run: int
    step: str | None
    attempt: int


@dataclass(frozen=True, slots=True)
class CalendarInput:
    """What the business date is derived from.

    Attributes:
        scheduled_time: when the schedule fired (RFC 3339), "" for a run that a person started.
        business_date: "auto", or the date itself.
        timezone: the customer's timezone, such as Europe/Berlin.
        calendar: which days the customer works.
        roll_hour: before this local hour (0-23) a scheduled time still belongs to the day before.
        anew: which steps run again: `all`, or their names between commas.

    """

    scheduled_time: str
    business_date: str
    timezone: str
    calendar: BusinessCalendar
    roll_hour: int
    anew: str
