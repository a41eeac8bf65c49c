"""Whether what gets into place is on the disk by then."""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from nightlane_runner.lane import folder


@dataclass(frozen=True)
class Placed:
    """A file or folder that was put into place: its name, and what of it was not on the disk yet."""

    name: str
    unsynced: list[str]


def watched_places(monkeypatch: pytest.MonkeyPatch) -> list[Placed]:
    """Return a list that gets everything which is put into place from now on."""
    synced: set[int] = set()
    placed: list[Placed] = []
    fsync, moved = os.fsync, folder._moved

    def noting_fsync(descriptor: int) -> None:
        fsync(descriptor)
        synced.add(os.fstat(descriptor).st_ino)

    def noting_moved(source: Path, place: Path) -> bool:
        entries = [source, *source.rglob("*")]
        missing = sorted(str(entry.relative_to(source)) for entry in entries if entry.stat().st_ino not in synced)
        placed.append(Placed(place.name, missing))
        return moved(source, place)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(folder, "_moved", noting_moved)
    return placed
