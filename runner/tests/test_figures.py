"""Figures of a step's results, beside those of the business day before."""

import json
import shutil
from datetime import date
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.document.figure import Figure
from nightlane_runner.document.result_value import ResultValue
from nightlane_runner.document.step import Run, Step
from nightlane_runner.document.step_input import StepInput
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.figures import SeenFigure, look_at_figures
from nightlane_runner.lane.places import Places
from nightlane_runner.lane.result_hashes import LONGEST, add_figures
from nightlane_runner.lane.result_values import NoValue
from tests.support.steps import document, spark_step


def _figure(name: str = "VaR", most: float | None = 20, key: str = "var") -> Figure:
    return Figure(name, ResultValue(PurePosixPath("var-es/var.json"), (key,), "number"), most)


def _step(day: str, run: int = 1) -> Step:
    return Step(Run("nordbank", "night", date.fromisoformat(day), "regular", run), "var-es", 1, "risk", 60, 30)


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A lane's volume."""
    return Places(tmp_path)


def _see(places: Places, day: str, content: str, *figures: Figure, run: int = 1) -> list[SeenFigure]:
    folder = places.results / "night" / day / f"run-{run}" / "var-es"
    folder.mkdir(parents=True)
    (folder / "var.json").write_text(content)
    return look_at_figures(places, _step(day, run), figures or (_figure(),))


def test_the_first_has_none_before(places: Places) -> None:
    """It is as it is."""
    (seen,) = _see(places, "2026-03-27", '{"var": 100}')
    assert (seen.value, seen.before, seen.jump, seen.is_too_far) == ("100", "", None, False)
    assert str(seen) == "VaR is 100, the first"


def test_each_is_held_against_the_last_run_of_the_business_day_before(places: Places) -> None:
    """Not against an earlier run of the same date, nor a later date, nor a date without the figure."""
    _see(places, "2026-03-26", '{"var": 95}')
    _see(places, "2026-03-27", '{"var": 90}')
    _see(places, "2026-03-27", '{"var": 100}', run=2)
    (places.results / "night" / "2026-03-29" / "run-1" / "var-es.attempts").mkdir(parents=True)
    _see(places, "2026-03-31", '{"var": 1000}')
    _see(places, "2026-03-30", '{"var": 119.9}')
    (seen,) = _see(places, "2026-03-30", '{"var": 120.1}', run=2)
    assert (seen.before, seen.on, seen.is_too_far) == ("100", "2026-03-27", True)
    assert str(seen) == "VaR is 120.1, +20.1 % against 100 on 2026-03-27"


@pytest.mark.parametrize(
    ("before", "now", "most", "too_far"),
    [
        ("100", "120", 20, False),
        ("100", "79.9", 20, True),
        ("-100", "-80", 20, False),
        ("-100", "100", 199, True),
        ("0", "0.0", 1, False),
        ("0", "1e-9", 1000, True),
        ("100", "900", None, False),
    ],
)
def test_how_far_is_too_far(places: Places, before: str, now: str, most: float | None, too_far: bool) -> None:
    """In hundredths of the amount before, up or down."""
    _see(places, "2026-03-27", f'{{"var": {before}}}')
    (seen,) = _see(places, "2026-03-30", f'{{"var": {now}}}', _figure(most=most))
    assert seen.is_too_far is too_far


def test_what_the_results_do_not_have_is_named_whole(places: Places) -> None:
    """Also what no number of a machine can be."""
    with pytest.raises(NoValue) as error:
        _see(places, "2026-03-27", '{"var": 1e999}', _figure(), _figure("ES", key="es"))
    assert str(error.value) == "VaR: 1e999 is too large a number; ES: there is no var-es/var.json#es"


def test_kept_figures_that_cannot_be_read_are_none(places: Places) -> None:
    """Whatever is there, a night goes on."""
    kept_by_day = {
        "2026-03-25": '{"VaR": {"value": "100"}}',
        "2026-03-26": "[",
        "2026-03-27": '{"VaR": {"value": "x"}}',
        "2026-03-28": '{"VaR": "1"}',
    }
    for day, kept in kept_by_day.items():
        folder = places.results / "night" / day / "run-1" / "var-es.attempts"
        folder.mkdir(parents=True)
        (folder / "figures.json").write_text(kept)
    (seen,) = _see(places, "2026-03-30", '{"var": 100}')
    assert (seen.before, seen.on) == ("100", "2026-03-25")


def test_figures_are_told_with_the_hashes(places: Places) -> None:
    """In one document, of which the hashes of single files go first where it is too long."""
    outputs = places.outputs
    outputs.mkdir(parents=True)
    seen = [SeenFigure(_figure(), "120", "100", "2026-03-27"), SeenFigure(_figure("ES"), "1", "", "")]
    (outputs / "results").write_text(json.dumps({"sha256": "0" * 64, "files": {"var.json": "1" * 64}}))
    add_figures(seen, outputs)
    told = json.loads((outputs / "results").read_text())
    assert told["figures"] == {"VaR": {"value": "120", "before": "100", "on": "2026-03-27"}, "ES": {"value": "1"}}
    assert told["files"] == {"var.json": "1" * 64}
    (outputs / "results").write_text(json.dumps({"sha256": "0" * 64, "files": {"x" * (LONGEST - 200): "1" * 64}}))
    add_figures(seen, outputs)
    assert list(json.loads((outputs / "results").read_text())) == ["sha256", "figures"]


def test_figures_of_the_input_are_checked() -> None:
    """Name, place and limit."""
    value = {"from": "var-es/var.json", "keys": ["var"], "type": "number"}
    good = {"name": "VaR 99", "value": value, "maxJump": 12.5}
    _, spark = StepInput(document(spark_step("risk", spark={"figures": [good]}))).spark()
    assert spark.figures == (_figure("VaR 99", 12.5),)
    bad = [{"name": "{{x}}", "value": {**value, "keys": []}, "maxJump": 0}, 5]
    with pytest.raises(StepEnded) as end:
        StepInput(document(spark_step("risk", spark={"figures": bad}))).spark()
    for place in ("figures[0].name", "figures[0].value.keys", "figures[0].maxJump", "figures[1].name"):
        assert f"spark.{place}" in end.value.sentence


def test_what_was_held_once_is_no_yardstick_alone(places: Places) -> None:
    """A jump that was refused and is still there the next day is held again, and then it is the new height."""
    _see(places, "2026-03-26", '{"var": 100}')
    (friday,) = _see(places, "2026-03-27", '{"var": 1000}')
    (monday,) = _see(places, "2026-03-30", '{"var": 1005}')
    (tuesday,) = _see(places, "2026-03-31", '{"var": 1010}')
    assert [one.is_too_far for one in (friday, monday, tuesday)] == [True, True, False]
    assert str(monday) == (
        "VaR is 1005, +0.5 % against 1000 on 2026-03-27, which was held itself; +905.0 % against 100 on 2026-03-26"
    )


def test_back_at_the_old_height_is_held_only_for_the_way_back(places: Places) -> None:
    """The mistake is fixed: far from the day before, and where it was before that."""
    _see(places, "2026-03-26", '{"var": 100}')
    _see(places, "2026-03-27", '{"var": 1000}')
    (monday,) = _see(places, "2026-03-30", '{"var": 101}')
    (tuesday,) = _see(places, "2026-03-31", '{"var": 102}')
    assert (monday.is_too_far, tuesday.is_too_far) == (True, False)


def test_last_quarter_is_known_when_its_results_are_gone(places: Places) -> None:
    """Results are kept for 90 days, and a quarter is longer; of a step's figures the newest ten dates stay."""
    for month in range(1, 13):
        _see(places, f"2025-{month:02}-28", f'{{"var": {month}}}')
    for day in (places.results / "night").glob("2025-*"):
        shutil.rmtree(day)
    (seen,) = _see(places, "2026-03-31", '{"var": 100}')
    assert (seen.before, seen.on, seen.is_too_far) == ("12", "2025-12-28", True)
    assert len(list((places.results / "night" / "figures" / "var-es").iterdir())) == 10
