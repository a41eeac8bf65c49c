"""The part of a step's document that `spark` takes."""

from pathlib import PurePosixPath

from nightlane_runner.document.figure import Figure, read_figure
from nightlane_runner.document.further_attempts import read_further_attempts
from nightlane_runner.document.input_check import InputReader, Problem
from nightlane_runner.document.later_attempts import job_of_attempt
from nightlane_runner.document.night_limit import read_night_limit
from nightlane_runner.document.paths import is_clean
from nightlane_runner.document.result_value import read_words
from nightlane_runner.document.step import ResultPlace, SparkInput
from nightlane_runner.json_tree import JsonObject, number_at, objects_at, text_at, value_at


def read_spark(section: InputReader, attempt: int, problems: list[Problem]) -> SparkInput:
    """Read the section; whatever is wrong with it becomes a problem."""
    section.known_keys(
        "job",
        "pendingSeconds",
        "imagePullSeconds",
        "timeoutSeconds",
        "executors",
        "results",
        "result",
        "figures",
        "onRetry",
        "again",
        "endWithin",
    )
    job = section.tree("job")
    if job and text_at(job, "kind") != "Job":
        section.problem("job", "must be a batch/v1 Job", "render it as apiVersion batch/v1, kind Job")
    if value_at(job, "metadata", "name") is not None:
        section.problem("job", "must not have a metadata.name", "leave it out: the runner names the Job")
    if job and not isinstance(value_at(job, "spec", "template", "spec", "containers"), list):
        section.problem("job", "must have spec.template.spec.containers", "give it the driver's container")
    for container in objects_at(job, "spec", "template", "spec", "containers"):
        words = container.get("args")
        read_words(words if isinstance(words, list) else [], "spark.job: args", problems)
    job = job_of_attempt(section, job, attempt)
    return SparkInput(
        job=job,
        pending_seconds=section.count("pendingSeconds"),
        image_pull_seconds=section.count("imagePullSeconds"),
        timeout_seconds=section.count("timeoutSeconds") if section.has("timeoutSeconds") else None,
        executors=section.flag("executors") if section.has("executors") else True,
        results=_result_place(section, job),
        result=section.optional_text("result"),
        figures=_figures(section, problems),
        again=read_further_attempts(section.section("again")) if section.has("again") else None,
        end_within=read_night_limit(section.section("endWithin")) if section.has("endWithin") else None,
    )


def _figures(section: InputReader, problems: list[Problem]) -> tuple[Figure, ...]:
    entries = section.entries("figures") if section.has("figures") else []
    return tuple(
        read_figure(InputReader(entry if isinstance(entry, dict) else {}, f"spark.figures[{place}]", problems))
        for place, entry in enumerate(entries)
    )


def _result_place(section: InputReader, job: JsonObject) -> ResultPlace | None:
    """Return where results are left: `results` is true, false or a folder, and true if it is left out."""
    if not section.is_text("results"):
        wanted = section.flag("results") if section.has("results") else True
        return ResultPlace(folder=None, parts=None) if wanted else None
    folder = section.text(
        "results",
        "must be true, false or a path below the step's folder, without ..",
        'write it like "out"',
        lambda value: is_clean(f"/step/{value}", below="/step"),
    )
    indexed = text_at(job, "spec", "completionMode") == "Indexed"
    return ResultPlace(PurePosixPath(folder), number_at(job, "spec", "completions") if indexed else None)
