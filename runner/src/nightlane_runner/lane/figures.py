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
_NEWEST = 10


@dataclass(frozen=True, slots=True)
class SeenFigure:
    """A figure as it was found.

    Attributes:
        figure: which one.
        value: the number as it is in the file.
        before: the same of the last business date before that had one, "" for none.
        on: that date, "" for none.
        accepted: the number from which the one before had moved too far and was held, "" if it was not.
        accepted_on: its date, "" for none.

    """

    figure: Figure
    value: str
    before: str = ""
    on: str = ""
    accepted: str = ""
    accepted_on: str = ""

    @property
    def jump(self) -> float | None:
        """By how many percent it differs from the one before; None if there is none."""
        return _jump(self.value, self.before)

    @property
    def has_jumped(self) -> bool:
        """Whether it has moved further than it may from the one before."""
        return self._is_far(self.jump)

    @property
    def is_too_far(self) -> bool:
        """Whether a person must check it: it has jumped, or stays where the one before had jumped to.

        A figure that was held may have been refused, so it is not a yardstick alone. If it stays, it is held a second
        time, and is the yardstick from then on.
        """
        return self.has_jumped or self._is_far(_jump(self.value, self.accepted))

    @property
    def is_yardstick(self) -> bool:
        """Whether the next one is compared with it alone: it has not jumped, or back to where figures were."""
        return not self.has_jumped or (bool(self.accepted) and not self._is_far(_jump(self.value, self.accepted)))

    def _is_far(self, jump: float | None) -> bool:
        most = self.figure.most_jump
        return most is not None and jump is not None and abs(jump) > most

    def __str__(self) -> str:
        if not self.before:
            return f"{self.figure.name} is {self.value}, the first"
        moved = _moved(self.value, self.before)
        named = f"{self.figure.name} is {self.value}, {moved} against {self.before} on {self.on}"
        if not self.accepted:
            return named
        moved = _moved(self.value, self.accepted)
        return f"{named}, which was held itself; {moved} against {self.accepted} on {self.accepted_on}"


def _jump(value: str, before: str) -> float | None:
    if not before:
        return None
    now, then = float(value), float(before)
    if now == then:
        return 0.0
    return math.inf if then == 0 else (now - then) / abs(then) * 100


def _moved(value: str, before: str) -> str:
    jump = _jump(value, before) or 0.0
    return "from 0" if math.isinf(jump) else f"{jump:+.1f} %"


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
    seen = [SeenFigure(figure, values[figure.name], *_before(places, step, figure.name)) for figure in figures]
    kept = json.dumps({one.figure.name: _to_keep(one) for one in seen})
    write_durably(night_paths.lane_attempts_folder(places, step) / _FILE, kept)
    _keep_beyond_results(places, step, kept)
    return seen


def _keep_beyond_results(places: Places, step: Step, kept: str) -> None:
    """Keep the figures of the newest dates even when their results are gone: quarters are longer than that."""
    folder = _beyond(places, step)
    folder.mkdir(parents=True, exist_ok=True)
    write_durably(folder / f"{step.run.business_date.isoformat()}.json", kept)
    for old in sorted(folder.glob("????-??-??.json"))[:-_NEWEST]:
        old.unlink(missing_ok=True)


def _beyond(places: Places, step: Step) -> Path:
    return places.results / step.run.pipeline / "figures" / step.name


def _to_keep(one: SeenFigure) -> dict[str, str]:
    return {"value": one.value, **({} if one.is_yardstick else {"heldAgainst": one.before, "on": one.on})}


def _finite(value: str) -> str:
    if not math.isfinite(float(value)):
        raise NoValue(f"{value} is too large a number")
    return value


def _before(places: Places, step: Step, name: str) -> tuple[str, str, str, str]:
    """Return a figure of the newest earlier date that has it, of the last run there, and the date.

    After them the figure against which that one was held, and its date.
    """
    nights = KeptNights(places.results / step.run.pipeline)
    beyond = _beyond(places, step)
    days = {*nights.dates(), *(file.stem for file in beyond.glob("????-??-??.json"))}
    for day in sorted(days, reverse=True):
        if day >= step.run.business_date.isoformat():
            continue
        runs = [run / night_paths.attempts_name(step.name) / _FILE for run in reversed(nights.runs(day))]
        for file in (*runs, beyond / f"{day}.json"):
            if kept := _kept(file, name):
                return kept["value"], day, kept.get("heldAgainst", ""), kept.get("on", "")
    return "", "", "", ""


def _kept(file: Path, name: str) -> dict[str, str]:
    """Return what a run has kept of a figure; nothing if it has none that can be understood.

    Raises:
        OSError: the volume cannot be read: the comparison would be with a figure other than the last one.

    """
    try:
        kept = strings_at(json.loads(file.read_text(encoding="utf-8")), name)
        numbers = [kept["value"], kept.get("heldAgainst", "0")]
        return kept if all(math.isfinite(float(number)) for number in numbers) else {}
    except (FileNotFoundError, NotADirectoryError, KeyError, ValueError, RecursionError):
        return {}
