"""The input of a step, as the workflow hands it over in the environment variable NIGHTLANE_STEP."""

import json
from datetime import date
from pathlib import PurePosixPath

from nightlane_runner.document.anew_input import read_anew
from nightlane_runner.document.calendar_input import is_day, read_calendar
from nightlane_runner.document.input_check import DNS_LABEL, InputReader, Problem
from nightlane_runner.document.paths import is_clean
from nightlane_runner.document.result_value import ResultValue, read_words
from nightlane_runner.document.spark_input import read_spark
from nightlane_runner.document.step import (
    CalendarInput,
    ContainerChoice,
    CopyInput,
    ExecInput,
    ReadInput,
    ReapInput,
    ReuseInput,
    Run,
    SparkInput,
    Step,
    SweepInput,
    TidyInput,
)
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.json_tree import JsonObject
from nightlane_runner.lane.run_claim import RunClaim

ENVIRONMENT_VARIABLE = "NIGHTLANE_STEP"


class StepInput:
    """The parsed document; each kind of step takes its own part from it, and every problem is reported at once."""

    def __init__(self, document: str | None) -> None:
        self._problems: list[Problem] = []
        self._reader = InputReader(_parsed(document), "", self._problems)
        self._reader.known_keys(
            "run",
            "step",
            "attempt",
            "namespace",
            "outageBudgetSeconds",
            "troubleSeconds",
            "spark",
            "exec",
            "copy",
            "reuse",
            "sweep",
            "reap",
            "tidy",
            "read",
            "calendar",
            "anew",
            "claim",
        )

    def spark(self) -> tuple[Step, SparkInput]:
        """Return the input of `spark`; raises StepEnded(BAD_INPUT) naming every problem."""
        step = self._step()
        spark = read_spark(self._reader.section("spark"), step.attempt, self._problems)
        self._raise_problems()
        return step, spark

    def exec(self) -> tuple[Step, ExecInput]:
        """Return the input of `exec`; raises StepEnded(BAD_INPUT) naming every problem."""
        step = self._step()
        section = self._reader.section("exec")
        section.known_keys("selector", "container", "command", "timeoutSeconds")
        command = ExecInput(
            target=_target(section),
            command=self._command(section),
            timeout_seconds=section.count("timeoutSeconds"),
        )
        self._raise_problems()
        return step, command

    def _command(self, section: InputReader) -> tuple[str | ResultValue, ...]:
        words = read_words(section.entries("command"), "exec.command", self._problems)
        found = tuple(word for word in words if isinstance(word, str | ResultValue))
        if not found or len(found) < len(words):
            section.problem("command", "must be a program and its arguments", 'write it like ["snapshot", "--all"]')
        return found

    def copy(self) -> tuple[Step, CopyInput]:
        """Return the input of `copy-in` and `copy-out`; raises StepEnded(BAD_INPUT) naming every problem."""
        step = self._step()
        section = self._reader.section("copy")
        section.known_keys("selector", "container", "remotePath", "lanePath", "timeoutSeconds")
        copy = CopyInput(
            target=_target(section),
            remote_path=PurePosixPath(
                section.text(
                    "remotePath",
                    "must be an absolute path below the root, without ..",
                    'write it like "/results/night/report"',
                    lambda value: is_clean(value, below="/"),
                )
            ),
            lane_path=PurePosixPath(
                section.text(
                    "lanePath",
                    "must be a path below /results/, without ..",
                    'write it like "/results/night/report"',
                    lambda value: is_clean(value, below="/results"),
                )
            ),
            timeout_seconds=section.count("timeoutSeconds"),
        )
        self._raise_problems()
        return step, copy

    def reuse(self) -> tuple[Step, ReuseInput]:
        """Return the input of `reuse`; raises StepEnded(BAD_INPUT) naming every problem."""
        step = self._step()
        section = self._reader.section("reuse")
        section.known_keys("fromRun", "remote", "lane", "required", "timeoutSeconds")
        reuse = ReuseInput(
            from_run=section.count("fromRun"),
            remote=_below_night(section, "remote"),
            lane=_below_night(section, "lane"),
            required=section.text(
                "required", "must be yes or no", "write yes or no", lambda value: value in ("yes", "no")
            )
            == "yes",
            timeout_seconds=section.count("timeoutSeconds"),
        )
        if reuse.from_run == step.run.number:
            section.problem("fromRun", "must be a run other than this one", "name the run that is repeated")
        self._raise_problems()
        return step, reuse

    def sweep(self) -> tuple[Step, SweepInput]:
        """Return the input of `sweep`; raises StepEnded(BAD_INPUT) naming every problem."""
        step = self._step()
        section = self._reader.section("sweep")
        section.known_keys("timeoutSeconds")
        sweep = SweepInput(timeout_seconds=section.count("timeoutSeconds"))
        self._raise_problems()
        return step, sweep

    def reap(self) -> ReapInput:
        """Return the input of `reap`; raises StepEnded(BAD_INPUT) naming every problem."""
        section = self._reader.section("reap")
        section.known_keys("customer", "namespace", "orphanSeconds", "watchSeconds")
        reap = ReapInput(
            customer=section.name("customer"),
            namespace=section.name("namespace"),
            orphan_seconds=section.count("orphanSeconds"),
            watch_seconds=section.count("watchSeconds"),
        )
        self._raise_problems()
        return reap

    def tidy(self) -> TidyInput:
        """Return the input of `tidy`; raises StepEnded(BAD_INPUT) naming every problem."""
        section = self._reader.section("tidy")
        section.known_keys("pipeline", "furtherPipelines", "namespace", "keepResultsDays", "keepLogsDays")
        tidy = TidyInput(
            pipelines=(section.name("pipeline"), *_further_pipelines(section)),
            namespace=section.name("namespace"),
            keep_results_days=section.count("keepResultsDays"),
            keep_logs_days=section.count("keepLogsDays"),
        )
        self._raise_problems()
        return tidy

    def read(self) -> ReadInput:
        """Return the input of `read`; raises StepEnded(BAD_INPUT) naming every problem."""
        section = self._reader.section("read")
        section.known_keys("pipeline", "businessDate", "run", "step", "attempt")
        day = section.text(
            "businessDate",
            "must be a date, or empty for all",
            'write it like "2026-03-31"',
            lambda value: not value or is_day(value),
        )
        wanted = section.text("step", "must be a step's name, or empty for a list", 'write it like "var-es"', _is_step)
        read = ReadInput(
            pipeline=section.name("pipeline"),
            business_date=date.fromisoformat(day) if day else None,
            run=section.count("run"),
            step=wanted or None,
            attempt=section.count("attempt"),
        )
        if read.step is not None and read.business_date is None:
            section.problem("businessDate", "must be the date of the log that is wanted", 'write it like "2026-03-31"')
        self._raise_problems()
        return read

    def calendar(self) -> tuple[CalendarInput, RunClaim]:
        """Return the input of `calendar`; raises StepEnded(BAD_INPUT) naming every problem."""
        section = self._reader.section("calendar")
        section.known_keys("scheduledTime", "businessDate", "timezone", "calendar", "rollHour")
        calendar = CalendarInput(
            scheduled_time=section.text(
                "scheduledTime", "must be a string", 'write a time, or "" for none', lambda _: True
            ),
            business_date=section.text(
                "businessDate",
                'must be "auto" or a date',
                'write it like "2026-03-31"',
                lambda value: value == "auto" or is_day(value),
            ),
            timezone=section.text("timezone", "must name a timezone", 'write it like "Europe/Berlin"'),
            calendar=read_calendar(section.section("calendar")),
            roll_hour=section.count("rollHour", smallest=0),
            anew=read_anew(self._reader.section("anew")),
        )
        if calendar.roll_hour > 23:
            section.problem("rollHour", "must be an hour from 0 to 23", "write it like 12")
        claim = self._claim()
        self._raise_problems()
        return calendar, claim

    def _claim(self) -> RunClaim:
        section = self._reader.section("claim")
        section.known_keys("pipeline", "number", "workflow", "uid")
        return RunClaim(
            pipeline=section.name("pipeline"),
            number=section.count("number"),
            workflow=section.name("workflow", longest=253),
            uid=section.name("uid"),
        )

    def _step(self) -> Step:
        run = self._reader.section("run")
        run.known_keys("customer", "pipeline", "businessDate", "variant", "number")
        day = run.text("businessDate", "must be a date", 'write it like "2026-03-31"', is_day)
        return Step(
            run=Run(
                customer=run.name("customer"),
                pipeline=run.name("pipeline"),
                business_date=date.fromisoformat(day) if day else date.min,
                variant=run.name("variant"),
                number=run.count("number"),
            ),
            name=self._reader.name("step", longest=128),
            attempt=self._reader.count("attempt"),
            namespace=self._reader.name("namespace"),
            outage_budget_seconds=self._reader.count("outageBudgetSeconds"),
            trouble_seconds=self._reader.count("troubleSeconds"),
        )

    def _raise_problems(self) -> None:
        if self._problems:
            listed = "; ".join(f"({number}) {problem}" for number, problem in enumerate(self._problems, start=1))
            raise StepEnded(ExitCode.BAD_INPUT, f"{ENVIRONMENT_VARIABLE} cannot be used: {listed}.")


def _parsed(document: str | None) -> JsonObject:
    fix = "the workflow template must pass the step as one JSON object"
    if document is None:
        raise StepEnded(ExitCode.BAD_INPUT, f"The environment variable {ENVIRONMENT_VARIABLE} is not set; {fix}.")
    try:
        tree = json.loads(document)
    except ValueError as error:
        raise StepEnded(ExitCode.BAD_INPUT, f"{ENVIRONMENT_VARIABLE} is not JSON ({error}); {fix}.") from error
    if not isinstance(tree, dict):
        raise StepEnded(ExitCode.BAD_INPUT, f"{ENVIRONMENT_VARIABLE} is not a JSON object; {fix}.")
    return tree


def _further_pipelines(section: InputReader) -> tuple[str, ...]:
    if not section.has("furtherPipelines"):
        return ()
    rule = "must be a list of names of lower-case letters, digits and inner hyphens"
    names = section.texts("furtherPipelines", rule, 'write it like ["month-end"]')
    if not all(DNS_LABEL.fullmatch(name) for name in names):
        section.problem("furtherPipelines", rule, 'write it like ["month-end"]')
    return names


def _target(section: InputReader) -> ContainerChoice:
    return ContainerChoice(selector=section.labels("selector"), container=section.optional_text("container"))


def _below_night(section: InputReader, key: str) -> str | None:
    """Return the path under `key`, None for the empty one: a parameter cannot be absent."""
    path = section.text(
        key,
        "must be a path below the night's folder, without .., or empty",
        'write it like "var-es"',
        lambda value: not value or is_clean(f"/night/{value}", below="/night"),
    )
    return path or None


def _is_step(value: str) -> bool:
    return not value or (len(value) <= 128 and DNS_LABEL.fullmatch(value) is not None)
