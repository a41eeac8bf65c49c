"""The figures of a step's results, beside those of the business day before."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

from nightlane_runner.document.figure import Figure
from nightlane_runner.document.step import Step
from nightlane_runner.json_tree import strings_at
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.folder import write_durably
from nightlane_runner.lane.kept_files import KeptNights
from nightlane_runner.lane.places import Places
from nightlane_runner.lane.result_values import NoValue, value_in

_FILE = "figures.json"


@dataclass(frozen=True, slots=True)
class SeenFigure:
    """A figure as it was found.

    Attributes:
        figure: which one.
        value: the number as it stands in the file.
        before: the same of the last business date before that had one, "" for none.
        on: that date, "" for none.

    """

    figure: Figure
    value: str
    before: str
    on: str

    @property
    def jump(self) -> float | None:
        """By how many hundredths of its amount it differs from the one before; None where there is none."""
        if not self.before:
            return None
        now, before = float(self.value), float(self.before)
        if now == before:
            return 0.0
        return math.inf if before == 0 else (now - before) / abs(before) * 100

    @property
    def is_too_far(self) -> bool:
        """Whether it has moved further than it may."""
        most, jump = self.figure.most_jump, self.jump
        return most is not None and jump is not None and abs(jump) > most

    def __str__(self) -> str:
        if self.jump is None:
            return f"{self.figure.name} is {self.value}, the first"
        moved = "from 0" if math.isinf(self.jump) else f"{self.jump:+.1f} %"
        return f"{self.figure.name} is {self.value}, {moved} against {self.before} on {self.on}"


def look_at_figures(places: Places, step: Step, figures: tuple[Figure, ...]) -> list[SeenFigure]:
    """Return the figures of a step whose results are in place, and keep them for the next business day.

    Raises:
        NoValue: naming each that the results do not have.

    """
    values: dict[str, str] = {}
    missing: list[str] = []
    for figure in figures:
        try:
            values[figure.name] = _finite(value_in(places.results / night_paths.night_folder(step.run), figure.value))
        except NoValue as error:
            missing.append(f"{figure.name}: {error}")
    if missing:
        raise NoValue("; ".join(missing))
    write_durably(night_paths.lane_attempts_folder(places, step) / _FILE, json.dumps(values))
    return [SeenFigure(figure, values[figure.name], *_before(places, step, figure.name)) for figure in figures]


def _finite(value: str) -> str:
    if not math.isfinite(float(value)):
        raise NoValue(f"{value} is too large a number")
    return value


def _before(places: Places, step: Step, name: str) -> tuple[str, str]:
    """Return a figure of the newest earlier date that has it, of the last run there, and the date."""
    nights = KeptNights(places.results / step.run.pipeline)
    for day in reversed(nights.dates()):
        if day >= step.run.business_date.isoformat():
            continue
        for run in reversed(nights.runs(day)):
            value = _kept(run / night_paths.attempts_name(step.name) / _FILE).get(name, "")
            if value:
                return value, day
    return "", ""


def _kept(file: Path) -> dict[str, str]:
    """Return the figures that a run has kept; none where it has none that can be read."""
    try:
        kept = strings_at(json.loads(file.read_text(encoding="utf-8")))
        return {name: value for name, value in kept.items() if math.isfinite(float(value))}
    except (OSError, ValueError, RecursionError):
        return {}
