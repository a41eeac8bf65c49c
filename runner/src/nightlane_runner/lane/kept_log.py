"""The copy of an attempt's log on the lane's volume: of limited size, and never at the expense of results.

The file `attempt-1.log` holds the beginning. Where the log is longer, it goes on in `attempt-1.log.1`, `.2` and so on,
of which only the last two stay: a person looks for what an endlessly writing driver wrote first and last.
Every runner of the attempt goes on where the one before it ended.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class KeptLogLimits:
    """How much of a log is kept. All of it stays below what a node keeps of a container's log, which is 10 MiB.

    Attributes:
        head_bytes: of the beginning.
        part_bytes: of each of the two last parts.
        room_ratio: no log is kept on a volume that has less than this part of it free,
        room_bytes: and less than this, which is plenty however large the volume is.

    """

    head_bytes: int = 4 * MEBIBYTE
    part_bytes: int = 2 * MEBIBYTE
    room_ratio: float = 0.1
    room_bytes: int = 2048 * MEBIBYTE


class NoRoom(OSError):
    """The volume is nearly full: what is left of it is for results."""


class KeptLog:
    """Appends lines. Raises OSError if the volume cannot be written."""

    def __init__(self, file: Path, limits: KeptLogLimits = KeptLogLimits()) -> None:
        self._file = file
        self._limits = limits
        file.parent.mkdir(parents=True, exist_ok=True)
        numbers = part_numbers(file)
        self._part = numbers[-1] if numbers else 0
        self._open, self._bytes = self._opened()

    def write(self, line: str) -> None:
        """Append one line; it is on the volume with the next `flush`."""
        data = f"{line}\n"
        if self._bytes >= self._limit:
            self._next_part()
        self._open.write(data)
        self._bytes += len(data) if data.isascii() else len(data.encode("utf-8", "replace"))

    def flush(self) -> None:
        """Hand what was appended to the volume."""
        self._open.flush()

    def close(self) -> None:
        """End the copy."""
        self._open.close()

    @property
    def _limit(self) -> int:
        return self._limits.head_bytes if self._part == 0 else self._limits.part_bytes

    def _next_part(self) -> None:
        self._open.close()
        self._part += 1
        self._open, self._bytes = self._opened()
        for number in part_numbers(self._file):
            if number <= self._part - 2:
                part_file(self._file, number).unlink(missing_ok=True)

    def _opened(self) -> tuple[TextIO, int]:
        usage = shutil.disk_usage(self._file.parent)
        if usage.free < min(usage.total * self._limits.room_ratio, self._limits.room_bytes):
            raise NoRoom("the volume is nearly full, and what is left of it is for results")
        file = part_file(self._file, self._part).open("a", encoding="utf-8", errors="replace")
        return file, os.fstat(file.fileno()).st_size


def part_file(log: Path, number: int) -> Path:
    """Return the file of one part, that of the beginning for 0."""
    return log if number == 0 else log.with_name(f"{log.name}.{number}")


def part_numbers(log: Path) -> list[int]:
    """Return the numbers of the parts that are kept beside the beginning, in their order."""
    endings = (entry.name.removeprefix(f"{log.name}.") for entry in log.parent.glob(f"{log.name}.*"))
    return sorted(int(ending) for ending in endings if ending.isdecimal())
