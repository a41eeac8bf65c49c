"""Which pods count as a driver's executors."""

from nightlane_runner.document import run_identity
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.job.executor_look import executors_own
from nightlane_runner.json_tree import Json
from tests.support.steps import document, spark_step


def test_executors_are_selected_by_the_labels_that_the_driver_is_told_to_give_them() -> None:
    """A namespace may have a thousand executors of other steps; a driver of another kind labels none."""
    step, spark = StepInput(document(spark_step("risk"))).spark()
    selector = run_identity.selector(step)
    labels: list[Json] = [
        f"--conf spark.kubernetes.executor.label.nightlane/{name}=$(X)" for name in ("customer", "night", "step")
    ]

    assert executors_own(spark.job, selector) == ""
    assert executors_own({"args": labels[:2]}, selector) == ""
    assert executors_own({"args": labels}, selector) == selector
