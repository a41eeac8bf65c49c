"""A number or a word of an earlier result becomes an argument of a later step: checked, whole, and never evaluated."""

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from nightlane_runner.document.result_value import ResultValue
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.result_values import NoValue, value_in
from nightlane_runner.steps.arguments import filled, job_with_values
from tests.support.in_process import Surroundings
from tests.support.steps import document, exec_step, rendered_job, spark_step

RISK = '{"total": {"var": 1234567.10, "es": -2e3, "unit": "EUR", "days": [{"n": 250}], "ok": true, "deep": {"a": 1}}}'


def _value(keys: str, kind: str = "number", path: str = "var-es/var.json") -> ResultValue:
    return ResultValue(PurePosixPath(path), tuple(keys.split(".")), kind)


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A run's folder in the lane, with the results of one step."""
    step = tmp_path / "var-es"
    step.mkdir()
    _leave(step, {"var.json": RISK.encode(), "notes.txt": b"no JSON"})
    return tmp_path


def _leave(step: Path, files: dict[str, bytes]) -> None:
    listed = []
    for path, content in files.items():
        (step / path).write_bytes(content)
        listed.append({"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    (step / "manifest.json").write_text(json.dumps({"step": "var-es", "attempt": 1, "files": listed}))


@pytest.mark.parametrize(
    ("keys", "kind", "text"),
    [
        ("total.var", "number", "1234567.10"),
        ("total.es", "number", "-2e3"),
        ("total.days.0.n", "number", "250"),
        ("total.unit", "word", "EUR"),
    ],
)
def test_values_come_as_they_stand(night: Path, keys: str, kind: str, text: str) -> None:
    """Not a digit is lost, and none is added."""
    assert value_in(night, _value(keys, kind)) == text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (_value("total.unit"), "var.json#total.unit is 'EUR', not a number"),
        (_value("total.ok"), "is True, not a number"),
        (_value("total.deep"), "is an object, not a number"),
        (_value("total.var", "word"), "is 1234567.10, not a word"),
        (_value("total.cvar"), "there is no var-es/var.json#total.cvar"),
        (_value("total.days.1.n"), "there is no var-es/var.json#total.days.1"),
        (_value("total.days.-1"), "there is no var-es/var.json#total.days.-1"),
        (_value("total", path="var-es/es.json"), "var-es/es.json is not among the results"),
        (_value("total", path="var-es/notes.txt"), "var-es/notes.txt is not JSON"),
    ],
)
def test_what_is_no_such_value_is_named(night: Path, value: ResultValue, said: str) -> None:
    """Which file, where in it, what is there."""
    with pytest.raises(NoValue, match=r".*") as error:
        value_in(night, value)
    assert said in str(error.value)


@pytest.mark.parametrize(
    "word",
    ["", "two words", "-rf", "$(reboot)", "{{workflow.name}}", "a" * 64, "a\nb", "ü", "../etc"],
)
def test_words_are_of_few_characters(night: Path, word: str) -> None:
    """Whatever a program writes, an argument is not an option, a path or an expression."""
    _leave(night / "var-es", {"var.json": json.dumps({"word": word}).encode()})
    with pytest.raises(NoValue):
        value_in(night, _value("word", "word"))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1" * 65, '"1"', "null"])
def test_numbers_are_those_of_json(night: Path, number: str) -> None:
    """A text that looks like a number is a text."""
    _leave(night / "var-es", {"var.json": f'{{"n": {number}}}'.encode()})
    with pytest.raises(NoValue):
        value_in(night, _value("n"))


def test_a_file_that_is_not_what_was_brought_is_not_read(night: Path) -> None:
    """The manifest says what the step has left."""
    (night / "var-es" / "var.json").write_text(RISK.replace("1234567.10", "1.00"))
    with pytest.raises(NoValue, match="is not what its step fetched"):
        value_in(night, _value("total.var"))


def test_a_link_out_of_the_night_is_not_followed(night: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Results are not trusted."""
    other = tmp_path_factory.mktemp("other") / "var.json"
    other.write_text(RISK)
    (night / "var-es" / "var.json").unlink()
    (night / "var-es" / "var.json").symlink_to(other)
    with pytest.raises(NoValue, match="leads out of the night's folder"):
        value_in(night, _value("total.var"))


class TestArguments:
    """Values in the document of a step."""

    def _step(self, mounts: Path, given: dict[str, Any]) -> Surroundings:
        step, _ = StepInput(document(given)).spark()
        surroundings = Surroundings(mounts, step)
        folder = surroundings.places.results / "night/2026-03-31/run-1/scenarios"
        folder.mkdir(parents=True)
        _leave(folder, {"count.json": b'{"n": 2000, "unit": "EUR"}'})
        return surroundings

    def _job(self, *args: object) -> dict[str, Any]:
        job: dict[str, Any] = rendered_job()
        job["spec"]["template"]["spec"]["containers"][0]["args"] = list(args)
        return job

    def test_each_is_one_argument_of_the_job(self, mounts: Path) -> None:
        """The Job is made with them, so that another runner of the attempt adopts it."""
        number = {"from": "scenarios/count.json", "keys": ["n"], "type": "number"}
        given = spark_step("risk", spark={"job": self._job("driver", "--n", number)})
        surroundings = self._step(mounts, given)

        job = job_with_values(surroundings.context, StepInput(document(given)).spark()[1].job)

        assert job == self._job("driver", "--n", "2000")
        assert "argument 3 is 2000, from scenarios/count.json#n" in surroundings.said()

    def test_all_that_are_missing_are_named_before_anything_starts(self, mounts: Path) -> None:
        """A person decides, with all that is wrong."""
        surroundings = self._step(mounts, spark_step("risk"))
        path = PurePosixPath("scenarios/count.json")
        with pytest.raises(StepEnded) as end:
            filled(surroundings.context, [ResultValue(path, ("m",), "number"), "x", ResultValue(path, ("n",), "word")])
        assert end.value.code is ExitCode.BAD_INPUT
        assert "there is no scenarios/count.json#m; scenarios/count.json#n is 2000, not a word" in end.value.sentence

    def test_a_value_that_cannot_be_one_is_a_problem_of_the_input(self) -> None:
        """Path, names and type, in Jobs and in commands."""
        bad = {"from": "../other/x.json", "keys": [], "type": "date"}
        with pytest.raises(StepEnded) as end:
            StepInput(document(spark_step("risk", spark={"job": self._job("driver", bad)}))).spark()
        for place in ("args[1].from", "args[1].keys", "args[1].type"):
            assert f"spark.job: {place}" in end.value.sentence
        with pytest.raises(StepEnded, match=r"exec\.command\[1\]\.from"):
            StepInput(document(exec_step("risk", ["x", bad]))).exec()  # type: ignore[list-item]
