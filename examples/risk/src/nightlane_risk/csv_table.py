"""Reads CSV files that people bring: every fault of the file at once, each with its line and column."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from nightlane_risk.errors import Fault, InputError
from nightlane_risk.text_values import TextType, TextValueError

T = TypeVar("T")


@dataclass
class Row:
    """One line of the file, its cells by column."""

    file: str
    line: int
    cells: dict[str, str]
    faults: list[Fault] = field(default_factory=list)

    def read(self, column: str, cell_type: TextType[T]) -> T:
        """Return the cell's value; a faulty one is recorded and its placeholder returned."""
        try:
            return cell_type.parse(self.cells[column])
        except TextValueError as error:
            self.fault(column, error.problem, error.fix)
            return cell_type.placeholder

    def fault(self, column: str, problem: str, fix: str) -> None:
        """Record a fault of this line."""
        self.faults.append(Fault(f"{self.file}, line {self.line}, column {column}", problem, fix))


def read_table(path: Path, columns: tuple[str, ...], build: Callable[[Row], T]) -> list[T]:
    """Read a comma-separated UTF-8 file with exactly these columns, in any order, and build one value per line.

    Blank lines do not matter, wherever they are.

    Raises InputError with every fault of the file.
    """
    faults: list[Fault] = []
    values: list[T] = []
    for row in _rows(path, columns, faults):
        values.append(build(row))
        faults.extend(row.faults)
    if not faults and not values:
        faults.append(Fault(str(path), "there is a header but no line of data", "Add at least one line."))
    if faults:
        raise InputError(faults)
    return values


def _rows(path: Path, columns: tuple[str, ...], faults: list[Fault]) -> Iterator[Row]:
    lines = _lines(path)
    first, header = next(lines, (1, []))
    if sorted(header) != sorted(columns):
        raise InputError([_header_fault(path, first, header, columns)])
    for number, cells in lines:
        if len(cells) != len(header):
            faults.append(
                Fault(
                    f"{path}, line {number}",
                    f"{len(cells)} cells found, {len(header)} expected ({','.join(header)})",
                    "Write one cell per column; a decimal comma or a thousands separator makes two cells of one.",
                )
            )
            continue
        yield Row(str(path), number, dict(zip(header, cells, strict=True)))


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line that is not blank."""
    reader = csv.reader(_content(path).splitlines())
    try:
        for raw in reader:
            cells = [cell.strip() for cell in raw]
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        place = f"{path}, line {reader.line_num}"
        raise InputError([Fault(place, f"is not comma-separated text ({error})", "Save the file as CSV.")]) from None


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError([Fault(str(path), f"cannot be read ({reason})", "Name a readable CSV file.")]) from None
    except UnicodeDecodeError as error:
        problem = f"byte {error.start + 1} is not UTF-8 text"
        raise InputError([Fault(str(path), problem, "Save the file as CSV in UTF-8.")]) from None


def _header_fault(path: Path, line: int, header: list[str], columns: tuple[str, ...]) -> Fault:
    expected = ",".join(columns)
    if not header:
        return Fault(str(path), "the file is empty", f"Begin it with the header line {expected!r}.")
    found = ",".join(header)
    fix = f"Make this line {expected!r} (any order)."
    for separator in (";", "\t", "|"):
        if separator in found:
            fix = f"The cells are separated by {separator!r}: separate them by commas."
    return Fault(f"{path}, line {line}", f"the columns are {found!r}, {expected!r} expected", fix)
