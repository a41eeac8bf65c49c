"""The command `read`: prints a kept log, or what is kept, for a person who cannot enter any pod.

It runs with the lane's volume mounted read-only, and with nothing else: no credential, no token. What is on the
volume was written by runners and, in parts, by the customer's programs, so a link is not followed.
"""

import math
import os
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from nightlane_runner.document.step import ReadInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane import night_paths
from nightlane_runner.lane.folder import is_attempt_log
from nightlane_runner.lane.kept_files import KeptNights, last_write
from nightlane_runner.lane.kept_log import part_file, part_numbers
from nightlane_runner.lane.places import Places
from nightlane_runner.lane.volume_use import volume_use

_MEBIBYTE = 1024 * 1024


def read_kept(read: ReadInput, places: Places, out: TextIO) -> None:
    """Write what is wanted to `out`; raises StepEnded(LOST) if there is no such log."""
    nights = places.results / read.pipeline
    if read.step is None:
        _list(KeptNights(nights), None if read.business_date is None else read.business_date.isoformat(), out)
        out.write(f"volume: {volume_use(places.results)}\n")
        return
    run = nights / str(read.business_date) / f"run-{read.run}"
    among_results = run.is_dir() and not night_paths.keeps_attempts_apart(run)
    folder = run / (read.step if among_results else night_paths.attempts_name(read.step))
    _print_log(folder / f"attempt-{read.attempt}.log", out)


def _print_log(log: Path, out: TextIO) -> None:
    parts = part_numbers(log) if log.parent.is_dir() else []
    if not _copied(log, out):
        raise StepEnded(
            ExitCode.LOST,
            f"There is no log {log}: the attempt has not run, was not able to keep its log, or the log is past the "
            "customer's lane.keepLogs.",
        )
    if parts and parts[0] > 1:
        out.write("... lines are left out here: of a long log the beginning and the end are kept ...\n")
    for number in parts:
        _copied(part_file(log, number), out)


def _copied(file: Path, out: TextIO) -> bool:
    """Write a file's text; False if there is no such file, or it is a link or a device."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    with os.fdopen(descriptor, encoding="utf-8", errors="replace") as text:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        shutil.copyfileobj(text, out)
    return True


def _list(nights: KeptNights, only: str | None, out: TextIO) -> None:
    for day in nights.dates():
        if only not in (None, day):
            continue
        for run in nights.runs(day):
            results, logs = _sizes(run)
            out.write(
                f"{day} run {run.name.removeprefix('run-')}: {results / _MEBIBYTE:.1f} MiB of results, "
                f"{logs / _MEBIBYTE:.1f} MiB of logs, {_last_written(run)}\n"
            )


def _last_written(run: Path) -> str:
    seconds = last_write(run)
    if math.isinf(seconds):
        return "being written"
    return f"last written {datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M} UTC"


def _sizes(run: Path) -> tuple[int, int]:
    """Return the bytes of results and of logs."""
    results = logs = 0
    for parent, _, files in os.walk(run):
        own = Path(parent).parent == run
        for name in files:
            try:
                size = Path(parent, name).lstat().st_size
            except FileNotFoundError:
                continue  # a runner has just renamed it
            if own and is_attempt_log(name):
                logs += size
            else:
                results += size
    return results, logs
