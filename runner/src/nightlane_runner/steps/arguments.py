"""The arguments of a program, with the values from earlier results filled in."""

import copy
from collections.abc import Sequence

from nightlane_runner.document.result_value import ResultValue, read_words
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.json_tree import Json, JsonObject, objects_at
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.result_values import NoValue, value_in
from nightlane_runner.steps.context import StepContext


def filled(context: StepContext, words: "Sequence[Json | ResultValue]") -> list[Json]:
    """Return words with each value as one word of its own.

    Raises:
        StepEnded: BAD_INPUT naming every value that is not there, or not of its type.

    """
    night = context.places.results / night_paths.night_folder(context.step.run)
    done: list[Json] = []
    missing: list[str] = []
    for word in words:
        if not isinstance(word, ResultValue):
            done.append(word)
            continue
        try:
            done.append(text := value_in(night, word))
            context.log.info(f"argument {len(done)} is {text}, from {word.path}#{'.'.join(word.keys)}")
        except NoValue as error:
            missing.append(str(error))
    if missing:
        raise StepEnded(
            ExitCode.BAD_INPUT,
            f"Step {context.step.name} needs values that an earlier result does not have: {'; '.join(missing)}. "
            "Nothing was started; have the earlier step's result checked, retry that step, then this one.",
        )
    return done


def job_with_values(context: StepContext, job: JsonObject) -> JsonObject:
    """Return a rendered Job whose containers' arguments are all texts. Raises as `filled`."""
    complete = copy.deepcopy(job)
    for container in objects_at(complete, "spec", "template", "spec", "containers"):
        words = container.get("args")
        if isinstance(words, list):
            container["args"] = filled(context, read_words(words, "args", []))
    return complete
