"""Historical VaR and ES of a P&L series: `python -m nightlane_risk.pnl_var FILE [--json]`. Needs nothing but Python."""

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import mean, pstdev

from nightlane_risk.errors import INVALID_INPUT, InputError
from nightlane_risk.measures import (
    ES_LEVEL,
    VAR_LEVEL,
    normal_expected_shortfall,
    normal_value_at_risk,
    tail_index,
    tail_risk,
)
from nightlane_risk.pnl_series import DailyPnl, read_pnl_series
from nightlane_risk.text_values import NUMBER, TextValueError


@dataclass(frozen=True)
class SeriesRisk:
    """The measures of one P&L series; amounts in its own currency, losses positive."""

    days: int
    first: date
    last: date
    worst: DailyPnl
    var: float
    es: float
    normal_var: float
    """What VaR would be if P&L were normal with the same mean and standard deviation."""
    normal_es: float
    var_level: Decimal
    es_level: Decimal

    @property
    def is_worst_day(self) -> bool:
        """Whether the series is so short that its VaR is simply its worst day."""
        return tail_index(self.days, self.var_level) == 0


def series_risk(series: Sequence[DailyPnl], var_level: Decimal, es_level: Decimal) -> SeriesRisk:
    """Compute the measures of a non-empty series."""
    by_loss = sorted(series, key=lambda daily: (daily.pnl, daily.day))
    outcomes = [daily.pnl for daily in by_loss]
    risk = tail_risk(outcomes, len(outcomes), var_level, es_level)
    exact = [Fraction(outcome) for outcome in outcomes]
    centre, deviation = float(mean(exact)), float(pstdev(exact))
    return SeriesRisk(
        days=len(series),
        first=min(daily.day for daily in series),
        last=max(daily.day for daily in series),
        worst=by_loss[0],
        var=_cents(risk.var),
        es=_cents(risk.es),
        normal_var=round(normal_value_at_risk(centre, deviation, var_level), 2),
        normal_es=round(normal_expected_shortfall(centre, deviation, es_level), 2),
        var_level=var_level,
        es_level=es_level,
    )


def _cents(amount: Fraction) -> float:
    return float(round(amount, 2))


def as_text(risk: SeriesRisk) -> str:
    """Render the measures for people."""
    var, es = f"VaR {_percent(risk.var_level)}", f"ES {_percent(risk.es_level)}"
    rows = [
        ("days", f"{risk.days} ({risk.first} to {risk.last})"),
        (var, f"{risk.var:,.2f}"),
        (es, f"{risk.es:,.2f}"),
        (f"{var} if normal", f"{risk.normal_var:,.2f}"),
        (f"{es} if normal", f"{risk.normal_es:,.2f}"),
        ("worst day", f"{risk.worst.pnl:,.2f} ({risk.worst.day})"),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value}" for name, value in rows]
    if risk.is_worst_day:
        needed = math.ceil(1 / (1 - Fraction(risk.var_level)))
        lines.append(f"Note: with fewer than {needed} days, VaR at this level is the worst day of the series.")
    return "\n".join(lines)


def as_json(risk: SeriesRisk) -> str:
    """Render the measures for programs."""
    document = {
        "days": risk.days,
        "first": risk.first.isoformat(),
        "last": risk.last.isoformat(),
        "var": {"level": float(risk.var_level), "historical": risk.var, "normal": risk.normal_var},
        "es": {"level": float(risk.es_level), "historical": risk.es, "normal": risk.normal_es},
        "worst": {"date": risk.worst.day.isoformat(), "pnl": float(risk.worst.pnl)},
    }
    return json.dumps(document, indent=2)


def _percent(level: Decimal) -> str:
    return f"{(level * 100).normalize():f}%"


def _level(text: str) -> Decimal:
    try:
        level = NUMBER.parse(text)
    except TextValueError:
        level = Decimal(-1)
    if not 0 < level < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1; write 99% as 0.99")
    return level


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m nightlane_risk.pnl_var",
        description="Historical value at risk and expected shortfall of a daily P&L series.",
        epilog="FILE has the columns date,pnl: date as in 2026-03-31, pnl as in -1234.56 (losses negative).",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the P&L series, CSV")
    parser.add_argument("--var-level", type=_level, default=VAR_LEVEL, metavar="Q", help="default %(default)s")
    parser.add_argument("--es-level", type=_level, default=ES_LEVEL, metavar="Q", help="default %(default)s")
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    options = parser.parse_args(arguments)
    try:
        risk = series_risk(read_pnl_series(options.file), options.var_level, options.es_level)
    except InputError as error:
        print(error, file=sys.stderr)
        return INVALID_INPUT
    print(as_json(risk) if options.json else as_text(risk))
    return 0


if __name__ == "__main__":
    sys.exit(main())
