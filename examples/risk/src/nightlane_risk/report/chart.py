"""The P&L distribution as SVG: one histogram per source over one axis, the tail shaded, VaR and ES marked."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from nightlane_risk.report.figures import Figures, Risk
from nightlane_risk.report.text import SOURCE_NAMES, amount, percent, thousands
from nightlane_risk.round_step import round_step

_WIDTH, _LEFT, _RIGHT = 1040, 0, 0
_TITLE, _LABEL, _PANEL, _GAP, _AXIS = 22, 20, 170, 26, 26
_TICKS = 8


@dataclass(frozen=True)
class _Scale:
    """Maps amounts to horizontal positions."""

    low: float
    high: float

    def __call__(self, value: float) -> float:
        return round(_LEFT + (value - self.low) / (self.high - self.low) * (_WIDTH - _LEFT - _RIGHT), 2)

    def ticks(self) -> range:
        step = round_step(int(self.high - self.low), _TICKS)
        return range(math.ceil(self.low / step) * step, math.floor(self.high) + 1, step)


def distribution_chart(figures: Figures) -> str:
    """Draw the distribution of the whole portfolio's one-day P&L."""
    bins = figures.distribution
    length = max(len(counts) for counts in bins.counts.values())
    scale = _Scale(bins.start, bins.start + length * bins.bin_width)
    panel_height = _TITLE + _LABEL + _PANEL
    height = len(bins.counts) * (panel_height + _GAP) - _GAP + _AXIS
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="Distribution of the one-day profit and loss, by source">'
    ]
    for number, (source, counts) in enumerate(sorted(bins.counts.items())):
        top = number * (panel_height + _GAP)
        parts += _panel(figures, source, counts, scale, top)
    parts += _axis(scale, height - _AXIS)
    parts.append("</svg>")
    return "\n".join(parts)


def _panel(figures: Figures, source: str, counts: list[int], scale: _Scale, top: int) -> Iterator[str]:
    risk = figures.total.by_source[source]
    bins = figures.distribution
    plot = top + _TITLE + _LABEL
    base = plot + _PANEL
    peak = max(counts)
    sample = f'<tspan class="quiet" dx="8">{risk.scenarios:,} scenarios</tspan>'
    yield f'<text class="title" x="{_LEFT}" y="{top + 14}">{SOURCE_NAMES[source]}{sample}</text>'
    for index, count in enumerate(counts):
        if not count:
            continue
        start = bins.start + index * bins.bin_width
        x, right = scale(start), scale(start + bins.bin_width)
        bar = max(1.0, round(count / peak * _PANEL, 2))
        kind = "tail" if start + bins.bin_width / 2 <= -risk.var else "body"
        yield f'<rect class="{kind}" x="{x}" y="{round(base - bar, 2)}" width="{round(right - x - 1, 2)}" height="{bar}"/>'
    yield f'<line class="base" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>'
    yield from _markers(figures, risk, scale, plot)


def _markers(figures: Figures, risk: Risk, scale: _Scale, plot: int) -> Iterator[str]:
    """Mark both measures; the larger loss is labelled to the left of its line, the smaller to the right."""
    marks = [("var", f"VaR {percent(figures.var_level)}", risk.var), ("es", f"ES {percent(figures.es_level)}", risk.es)]
    marks.sort(key=lambda mark: -mark[2])
    for (kind, name, loss), (anchor, shift) in zip(marks, (("end", -6), ("start", 6)), strict=True):
        x = scale(-loss)
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{plot - _LABEL + 4}" y2="{plot + _PANEL}"/>'
        outcome = f'<tspan class="strong" dx="6">{amount(-loss)}</tspan>'
        yield f'<text class="mark" x="{round(x + shift, 2)}" y="{plot - 7}" text-anchor="{anchor}">{name}{outcome}</text>'


def _axis(scale: _Scale, top: int) -> Iterator[str]:
    for tick in scale.ticks():
        x = scale(tick)
        yield f'<line class="tick" x1="{x}" x2="{x}" y1="{top}" y2="{top + 5}"/>'
        yield f'<text class="quiet" x="{x}" y="{top + 20}" text-anchor="middle">{thousands(tick)}</text>'
