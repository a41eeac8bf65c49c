"""What past nights have left on a results volume, and what is past its time.

A business date is kept or removed as a whole, all its runs together, since a replay reuses results of an earlier
run of its date. Its age is that of the last write: a date that is computed late, or repeated, is as young as that. So
nothing is removed under a running night; and of the newest dates nothing is removed at all, however old, so that a
night which has waited long for a person, or a customer who pauses, loses nothing.
"""

import math
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nightlane_runner.lane import night_paths
from nightlane_runner.lane.folder import is_attempt_log

NEWEST_DATES = 7
"""How many business dates are left alone, however old they are."""

_REMOVED = ".removed"


@dataclass(frozen=True, slots=True)
class Retention:
    """How long things are kept after the last write."""

    results_seconds: float
    logs_seconds: float


@dataclass(slots=True)
class Removed:
    """What was removed.

    Attributes:
        dates: business dates with all they had.
        logs: number of files with logs, of runs that keep their results.

    """

    dates: list[str]
    logs: int = 0


class KeptNights:
    """The folder of one pipeline's nights on the lane's volume: `<date>/run-<n>/<step>/`, beside `<step>.attempts/`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def dates(self) -> list[str]:
        """Return the business dates that have something, oldest first. Anything else there is not Nightlane's."""
        if not self._folder.is_dir():
            return []
        return sorted(entry.name for entry in self._folder.iterdir() if _is_date(entry.name) and _is_folder(entry))

    def runs(self, day: str) -> list[Path]:
        """Return the folders of a date's runs, in their order."""
        numbers = {
            int(entry.name.removeprefix("run-")): entry
            for entry in (self._folder / day).glob("run-*")
            if entry.name.removeprefix("run-").isdecimal() and _is_folder(entry)
        }
        return [numbers[number] for number in sorted(numbers)]

    def now(self) -> float:
        """Return the time by the clock that files on this volume are dated with, in seconds since 1970.

        A network file system's server has one of its own; by that of a node which is two months ahead, young nights
        would be old. The folder itself is dated, since a full volume may not take a further file.
        """
        if not self._folder.is_dir():
            return 0.0
        os.utime(self._folder)
        return self._folder.stat().st_mtime

    def remove_old(self, retention: Retention, now: float) -> Removed:
        """Remove what is past its time.

        Args:
            retention: how long things are kept.
            now: seconds since 1970, by the volume's clock.

        """
        self._finish_removals()
        removed = Removed([])
        for day in self.dates()[:-NEWEST_DATES]:
            if now - last_write(self._folder / day) > retention.results_seconds:
                # Gone as a whole at once: nobody finds half of it.
                aside = self._folder / f"{day}{_REMOVED}"
                (self._folder / day).rename(aside)
                shutil.rmtree(aside)
                removed.dates.append(day)
                continue
            for run in self.runs(day):
                if now - last_write(run) > retention.logs_seconds:
                    removed.logs += _remove_logs(run)
        return removed

    def _finish_removals(self) -> None:
        if self._folder.is_dir():
            for entry in self._folder.iterdir():
                if _is_date(entry.name.removesuffix(_REMOVED)) and entry.name.endswith(_REMOVED) and _is_folder(entry):
                    shutil.rmtree(entry)


def last_write(folder: Path) -> float:
    """Return when anything in a folder was last written, in seconds since 1970."""
    try:
        return max(entry.lstat().st_mtime for entry in (folder, *_entries(folder)))
    except FileNotFoundError:
        return math.inf  # somebody is at work in it at this moment


def _remove_logs(run: Path) -> int:
    count = 0
    apart = night_paths.keeps_attempts_apart(run)
    for step in run.iterdir():
        attempts = _is_folder(step) and (not apart or step.name.endswith(night_paths.attempts_name("")))
        logs = [entry for entry in step.iterdir() if is_attempt_log(entry.name)] if attempts else []
        if logs:
            times = step.lstat()
            for log in logs:
                log.unlink()
            # Nothing has been written: it stays as old as it was.
            os.utime(step, ns=(times.st_atime_ns, times.st_mtime_ns))
            count += len(logs)
    return count


def _entries(folder: Path) -> Iterator[Path]:
    for parent, folders, files in os.walk(folder, onerror=_raise):
        for name in (*folders, *files):
            yield Path(parent, name)


def _raise(error: OSError) -> None:
    raise error


def _is_folder(entry: Path) -> bool:
    return entry.is_dir() and not entry.is_symlink()


def _is_date(name: str) -> bool:
    try:
        return date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False
