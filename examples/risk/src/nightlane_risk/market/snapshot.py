"""The market snapshot: the state of the market on the business date, and the history that says how it moves."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nightlane_risk.commit import PendingResult
from nightlane_risk.json_file import read_json, write_json
from nightlane_risk.market.factors import RiskFactor

MARKET, FACTORS, CORRELATIONS, HISTORY = "market.json", "factors.csv", "correlations.csv", "history.csv"


@dataclass(frozen=True)
class MarketSnapshot:
    """A market as its files hold it."""

    business_date: date
    as_of: date
    """The last weekday on or before the business date: the close that the snapshot shows."""
    factors: tuple[RiskFactor, ...]
    levels: tuple[float, ...]
    """Level of each factor: a spot, a rate (0.02 is 2%), an annual volatility (0.07 is 7%)."""
    daily_volatility: tuple[float, ...]
    """Standard deviation of each factor's daily shocks over the history."""
    correlation: tuple[tuple[float, ...], ...]
    """Correlation of the factors' daily shocks over the history."""
    history_days: tuple[date, ...]
    """The days of the history, oldest first; the last one is `as_of`."""
    history: NDArray[np.float64]
    """The shock of each factor (column) on each day (row)."""

    def level(self, factor: RiskFactor) -> float:
        """Return the level of one factor."""
        return self.levels[self.factors.index(factor)]


def write_snapshot(snapshot: MarketSnapshot, result: PendingResult) -> None:
    """Write the snapshot's files; their bytes depend on its values alone."""
    names = [str(factor) for factor in snapshot.factors]
    write_json(
        result.file(MARKET),
        {
            "businessDate": snapshot.business_date.isoformat(),
            "asOf": snapshot.as_of.isoformat(),
            "levels": dict(zip(names, snapshot.levels, strict=True)),
        },
    )
    _write_csv(result.file(FACTORS), ("factor", "daily_volatility"), zip(names, snapshot.daily_volatility, strict=True))
    _write_csv(
        result.file(CORRELATIONS),
        ("factor", *names),
        ((name, *row) for name, row in zip(names, snapshot.correlation, strict=True)),
    )
    _write_csv(
        result.file(HISTORY),
        ("date", *names),
        ((day.isoformat(), *shocks) for day, shocks in zip(snapshot.history_days, snapshot.history.tolist(), strict=True)),
    )


def read_snapshot(directory: Path) -> MarketSnapshot:
    """Read what `write_snapshot` wrote; values come back exactly."""
    market = read_json(directory / MARKET)
    history = _read_csv(directory / HISTORY)
    return MarketSnapshot(
        business_date=date.fromisoformat(market["businessDate"]),
        as_of=date.fromisoformat(market["asOf"]),
        factors=tuple(RiskFactor.parse(name) for name in market["levels"]),
        levels=tuple(float(level) for level in market["levels"].values()),
        daily_volatility=tuple(float(row[1]) for row in _read_csv(directory / FACTORS)),
        correlation=tuple(tuple(float(cell) for cell in row[1:]) for row in _read_csv(directory / CORRELATIONS)),
        history_days=tuple(date.fromisoformat(row[0]) for row in history),
        history=np.array([[float(cell) for cell in row[1:]] for row in history]),
    )


def _write_csv(path: Path, header: tuple[str, ...], rows: Iterable[tuple[str | float, ...]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")


def _read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]
