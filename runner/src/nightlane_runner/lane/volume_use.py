"""How full a volume is."""

import os
from dataclasses import dataclass
from pathlib import Path

_GIBIBYTE = 1024**3


@dataclass(frozen=True, slots=True)
class VolumeUse:
    """Bytes of a volume, as df counts them: what only an administrator may use counts as neither."""

    used: int
    free: int

    @property
    def percent(self) -> int:
        """Used of what can be used, rounded up: 100 is full."""
        total = self.used + self.free
        return -(-self.used * 100 // total) if total > 0 else 0

    def __str__(self) -> str:
        total = self.used + self.free
        return f"{self.used / _GIBIBYTE:.1f} of {total / _GIBIBYTE:.1f} GiB used, {self.percent} %"


def volume_use(folder: Path) -> VolumeUse:
    """Return how full the volume of a folder is."""
    state = os.statvfs(folder)
    return VolumeUse((state.f_blocks - state.f_bfree) * state.f_frsize, state.f_bavail * state.f_frsize)


def takes_no_more_files(folder: Path) -> bool:
    """Return whether the volume of a folder holds as many files as it can; one that counts none always takes more."""
    state = os.statvfs(folder)
    return state.f_files > 0 and state.f_favail == 0


def parsed_df(line: str) -> VolumeUse | None:
    """Return the content of a data line of `df -Pk`, None for anything else."""
    fields = line.split()
    if len(fields) < 6 or not all(field.isdecimal() for field in fields[-5:-2]):
        return None
    return VolumeUse(int(fields[-4]) * 1024, int(fields[-3]) * 1024)
