"""Input that cannot be used is explained at once and whole."""

import io
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.document.step import ResultPlace
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.failures import StepEnded
from nightlane_runner.main import Runner
from nightlane_runner.step_log import StepLog
from tests.support.steps import copy_step, document, exec_step, rendered_job, spark_step


def test_every_problem_is_named_at_once() -> None:
    """Property, value, rule, fix; four mistakes, one message."""
    step = spark_step("Risk", attempt=0, outageBudgetSeconds="soon", spark={"job": {"kind": "Pod"}})
    step["run"]["businessDate"] = "31.03.2026"

    with pytest.raises(StepEnded) as end:
        StepInput(document(step)).spark()

    assert end.value.code == 50
    for complaint in (
        "run.businessDate: got '31.03.2026', must be a date; write it like \"2026-03-31\"",
        "namespace: got 'Risk', must be lower-case letters",
        "attempt: got 0, must be a whole number of at least 1",
        "outageBudgetSeconds: got 'soon'",
        "spark.job: got {'kind': 'Pod'}, must be a batch/v1 Job",
        "spark.job: got {'kind': 'Pod'}, must have spec.template.spec.containers",
    ):
        assert complaint in end.value.sentence


def test_numbers_may_come_as_strings() -> None:
    """Workflow parameters are strings."""
    step = spark_step("risk", attempt="3")
    step["run"]["number"] = "12"

    found, _ = StepInput(document(step)).spark()

    assert (found.attempt, found.run.number) == (3, 12)


def test_job_must_not_bring_a_name() -> None:
    """Names are the runner's: they are what makes adopting possible."""
    job = rendered_job()
    job["metadata"] = {"name": "mine"}
    with pytest.raises(StepEnded, match=r"must not have a metadata\.name"):
        StepInput(document(spark_step("risk", spark={"job": job}))).spark()


def test_results_are_in_the_steps_folder_or_in_one_below_it() -> None:
    """True, false or a folder; of an indexed Job each pod has its own."""

    def place(results: object, **job: object) -> ResultPlace | None:
        given = spark_step("risk", spark={"job": rendered_job(**job), "results": results})
        return StepInput(document(given)).spark()[1].results

    indexed = {"completions": 3, "completionMode": "Indexed"}
    assert place(False) is None
    assert place(True, **indexed) == ResultPlace(folder=None, parts=None)
    assert place("out") == ResultPlace(PurePosixPath("out"), parts=None)
    assert place("out", **indexed) == ResultPlace(PurePosixPath("out"), parts=3)


def test_attempts_after_the_first_have_the_sizes_that_are_said_for_them() -> None:
    """The first has those of the Job; all others have the same."""
    container = ["spec", "template", "spec", "containers", 0]
    on_retry = [
        {"path": [*container, "args", 0], "value": "larger"},
        {"path": [*container, "image"], "value": "registry.example/large"},
    ]

    def job(attempt: int) -> object:
        given = spark_step("risk", attempt=attempt, spark={"onRetry": on_retry})
        return StepInput(document(given)).spark()[1].job

    assert job(1) == rendered_job()
    template = {
        "spec": {
            "restartPolicy": "Never",
            "containers": [{"name": "driver", "image": "registry.example/large", "args": ["larger"]}],
        }
    }
    assert job(2) == job(3) == rendered_job(template=template)


@pytest.mark.parametrize(
    "part",
    [5, {}, {"path": [], "value": 1}, {"path": ["spec", "nothing", 0], "value": 1}, {"path": ["spec", 0], "value": 1}],
)
@pytest.mark.parametrize("attempt", [1, 2])
def test_what_differs_later_must_be_in_the_job(part: object, attempt: int) -> None:
    """Told with the first attempt, and not when somebody retries."""
    given = spark_step("risk", attempt=attempt, spark={"onRetry": [part]})
    with pytest.raises(StepEnded, match=r"spark\.onRetry: got .*, whose part 0 leads to nothing in the Job"):
        StepInput(document(given)).spark()


@pytest.mark.parametrize("ends", [[], [0], [256], ["Evicted"], [137, 137], [True], 137])
def test_ends_after_which_a_step_goes_on_are_known_ones(ends: object) -> None:
    """A misspelt one would never be met, and the night would wait for a person for nothing."""
    with pytest.raises(StepEnded, match=r"spark\.again\.ends"):
        StepInput(document(spark_step("risk", spark={"again": {"attempts": 2, "ends": ends}}))).spark()


@pytest.mark.parametrize("again", [{}, {"attempts": 1}, {"attempts": 2, "pause": 60}, 2])
def test_further_attempts_have_a_number_and_nothing_unknown(again: object) -> None:
    """From the second on."""
    with pytest.raises(StepEnded, match=r"spark\.again"):
        StepInput(document(spark_step("risk", spark={"again": again}))).spark()


@pytest.mark.parametrize("results", ["..", "a/../..", ".", 1])
def test_results_stay_in_their_steps_folder(results: object) -> None:
    """No way out of it."""
    with pytest.raises(StepEnded, match=r"spark\.results"):
        StepInput(document(spark_step("risk", spark={"results": results}))).spark()


@pytest.mark.parametrize("path", ["report", "/results", "/results/../etc", "/etc/passwd"])
def test_lane_paths_stay_on_the_lanes_volume(path: str) -> None:
    """No way out of /results."""
    with pytest.raises(StepEnded, match=r"copy\.lanePath"):
        StepInput(document(copy_step("risk", "/data", path))).copy()


def test_command_must_not_be_empty() -> None:
    """There is nothing to run."""
    with pytest.raises(StepEnded, match=r"exec\.command"):
        StepInput(document(exec_step("risk", []))).exec()


@pytest.mark.parametrize(
    ("arguments", "given", "complaint"),
    [
        (["spark"], None, "NIGHTLANE_STEP is not set"),
        (["spark"], "{", "is not JSON"),
        (["spark"], "[]", "is not a JSON object"),
        (["exec"], document(spark_step("risk")), "exec: got nothing, must be an object"),
        (
            [],
            "{}",
            "one kind of step; use one of spark, job, exec, copy-in, copy-out, reuse, sweep, reap, tidy, read, "
            "calendar",
        ),
        (["sparks"], "{}", "got sparks"),
        (["spark"], document(spark_step("risk")), "The credential in"),
    ],
)
def test_runner_explains_what_it_was_given(
    tmp_path: Path, arguments: list[str], given: str | None, complaint: str
) -> None:
    """Exit code 50, the sentence last, and the same as termination message."""
    (tmp_path / "dev").mkdir()
    (tmp_path / "results").mkdir()
    environment = {"NIGHTLANE_MOUNT_ROOT": str(tmp_path)}
    if given is not None:
        environment["NIGHTLANE_STEP"] = given
    written = io.StringIO()

    assert Runner(environment, StepLog(written)).run(arguments) == 50

    last = written.getvalue().splitlines()[-1]
    assert complaint in last
    assert (tmp_path / "dev" / "termination-log").read_text() == last
