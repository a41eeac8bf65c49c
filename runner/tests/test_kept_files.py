"""Which results and logs are past their time, and which are never touched."""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from nightlane_runner.lane.kept_files import NEWEST_DATES, KeptNights, Retention, last_write

DAY = 24 * 3600.0
NOW = 1_800_000_000.0
RETENTION = Retention(results_seconds=90 * DAY, logs_seconds=30 * DAY)


class _Volume:
    """A lane's volume with nights of various ages."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "night"
        self.nights = KeptNights(self.folder)

    def run(self, day: str, age_days: float, number: int = 1) -> Path:
        """Add a run of a step that left a result, a record, and a log, all written that long ago."""
        run = self.folder / day / f"run-{number}"
        for step, names in (
            ("var-es", ("var.json", "manifest.json", "attempt-1.log")),
            ("var-es.attempts", ("attempt-1.json", "attempt-1.log", "attempt-1.log.7")),
        ):
            (run / step).mkdir(parents=True)
            for name in names:
                (run / step / name).write_text(name)
        self.age(run, age_days)
        return run

    def age(self, run: Path, days: float) -> None:
        """Let everything in a run, and its date, have been written that long ago."""
        for entry in (*run.rglob("*"), run, run.parent):
            os.utime(entry, (NOW - days * DAY, NOW - days * DAY))

    def newest(self) -> None:
        """Add so many young dates that older ones are not among the newest."""
        for number in range(NEWEST_DATES):
            self.run((date(2026, 11, 1) + timedelta(days=number)).isoformat(), 1)


@pytest.fixture
def volume(tmp_path: Path) -> _Volume:
    """An empty one."""
    return _Volume(tmp_path)


def test_date_past_its_time_goes_as_a_whole(volume: _Volume) -> None:
    """Results, records and logs of all its runs; the neighbours stay."""
    volume.newest()
    volume.run("2026-01-05", 91)
    volume.run("2026-01-05", 95, number=2)
    volume.age(volume.folder / "2026-01-05" / "run-1", 91)
    kept = volume.run("2026-01-06", 89)
    assert volume.nights.remove_old(RETENTION, NOW).dates == ["2026-01-05"]
    assert not (volume.folder / "2026-01-05").exists()
    assert (kept / "var-es" / "var.json").exists()


def test_repeat_keeps_what_it_takes_over(volume: _Volume) -> None:
    """Run 3 has begun a moment ago: runs 1 and 2 of its date stay, however old they are, until it is old itself."""
    volume.newest()
    old = volume.run("2026-01-05", 300)
    begun = volume.folder / "2026-01-05" / "run-3" / "scenarios"
    begun.mkdir(parents=True)
    (begun / "attempt-1.log").write_text("taking over")
    volume.age(begun.parent, 0)
    assert volume.nights.remove_old(RETENTION, NOW).dates == []
    assert (old / "var-es" / "var.json").exists()
    assert volume.nights.remove_old(RETENTION, NOW + 91 * DAY).dates[0] == "2026-01-05"


def test_date_that_was_computed_late_is_as_young_as_that(volume: _Volume) -> None:
    """A backfill of last year is not removed the night after."""
    volume.newest()
    volume.run("2025-03-31", 2)
    assert volume.nights.remove_old(RETENTION, NOW).dates == []


def test_newest_dates_stay_however_old(volume: _Volume) -> None:
    """A night that has waited for a person all summer, or a customer who pauses."""
    for number in range(NEWEST_DATES):
        volume.run(f"2026-01-{number + 10}", 400)
    assert volume.nights.remove_old(RETENTION, NOW).dates == []
    assert all((run / "var-es.attempts" / "attempt-1.log").exists() for run in volume.folder.glob("*/run-1"))
    volume.run("2026-02-02", 400)
    assert volume.nights.remove_old(RETENTION, NOW).dates == ["2026-01-10"]


def test_logs_go_before_results_and_do_not_make_them_younger(volume: _Volume) -> None:
    """The record of the attempt belongs to the results, which are removed when they would have been."""
    volume.newest()
    run = volume.run("2026-01-05", 40)
    removed = volume.nights.remove_old(RETENTION, NOW)
    assert (removed.dates, removed.logs) == ([], 2)
    assert [entry.name for entry in (run / "var-es.attempts").iterdir()] == ["attempt-1.json"]
    # R9: a result that is called like a log is a result.
    assert {entry.name for entry in (run / "var-es").iterdir()} == {"attempt-1.log", "manifest.json", "var.json"}
    assert last_write(run) == NOW - 40 * DAY
    assert volume.nights.remove_old(RETENTION, NOW + 49 * DAY).dates == []
    assert volume.nights.remove_old(RETENTION, NOW + 51 * DAY).dates[0] == "2026-01-05"


def test_logs_of_a_run_that_goes_on_stay(volume: _Volume) -> None:
    """A step of it failed weeks ago and a person has retried it now: the first attempt's log is evidence."""
    volume.newest()
    run = volume.run("2026-01-05", 40)
    (run / "var-es.attempts" / "attempt-2.log").write_text("again")
    os.utime(run / "var-es.attempts" / "attempt-2.log", (NOW, NOW))
    assert volume.nights.remove_old(RETENTION, NOW).logs == 0


def test_what_is_not_a_night_is_left_alone(volume: _Volume, tmp_path: Path) -> None:
    """Files of others beside the nights, and links that lead away."""
    volume.newest()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("precious")
    (volume.folder / "2026-01-05").symlink_to(elsewhere)
    for name in ("notes", "2026-13-45", "2026-01-05x"):
        (volume.folder / name).mkdir()
        os.utime(volume.folder / name, (0, 0))
    assert volume.nights.remove_old(RETENTION, NOW).dates == []
    assert (elsewhere / "precious").exists()
    assert (volume.folder / "notes").exists()


def test_link_inside_a_night_is_removed_and_not_followed(volume: _Volume, tmp_path: Path) -> None:
    """A taken-over runner may have made one."""
    volume.newest()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("precious")
    run = volume.run("2026-01-05", 100)
    (run / "var-es" / "away").symlink_to(elsewhere)
    os.utime(run / "var-es" / "away", (NOW - 100 * DAY, NOW - 100 * DAY), follow_symlinks=False)
    volume.age(run, 100)
    assert volume.nights.remove_old(RETENTION, NOW).dates == ["2026-01-05"]
    assert (elsewhere / "precious").exists()


def test_removal_that_was_cut_is_finished(volume: _Volume) -> None:
    """The pod was evicted in the middle of it."""
    volume.newest()
    half = volume.folder / "2026-01-05.removed" / "run-1"
    half.mkdir(parents=True)
    volume.nights.remove_old(RETENTION, NOW)
    assert not half.parent.exists()


def test_volume_without_nights_is_fine(volume: _Volume) -> None:
    """A new customer."""
    assert volume.nights.remove_old(RETENTION, NOW).dates == []


def test_old_logs_of_a_night_before_logs_lay_apart_go_too(volume: _Volume) -> None:
    """They lie among the results, which stay, and so does the age of their folder."""
    volume.newest()
    run = volume.run("2026-01-05", 40)
    shutil.rmtree(run / "var-es.attempts")
    volume.age(run, 40)

    assert volume.nights.remove_old(RETENTION, NOW).logs == 1

    assert {entry.name for entry in (run / "var-es").iterdir()} == {"var.json", "manifest.json"}
    assert last_write(run) == NOW - 40 * DAY
