"""The page's parts, without Spark."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from nightlane_risk.report.chart import distribution_chart
from nightlane_risk.report.figures import Figures, figures_of
from nightlane_risk.report.page import render_page
from nightlane_risk.report.text import amount, thousands


def risk(var: float, es: float, contribution: float) -> dict[str, float]:
    return {"scenarios": 500, "var": var, "es": es, "esContribution": contribution, "mean": 0.0, "standardDeviation": 400.0}


def document(book: str = "FX options") -> dict[str, Any]:
    by_source = {"historical": risk(1000, 1100, -50), "monte-carlo": risk(1200, 1150, 60)}
    return {
        "businessDate": "2026-03-31",
        "currency": "EUR",
        "levels": {"var": 0.99, "es": 0.975},
        "portfolio": {"trades": 3, "expired": 1, "value": -1234.5},
        "total": by_source,
        "groups": [
            {"book": None, "pair": "EURUSD", "bySource": by_source},
            {"book": book, "pair": None, "bySource": by_source},
            {"book": book, "pair": "EURUSD", "bySource": by_source},
        ],
        "worstDays": [{"date": "2026-02-13", "pnl": -1500.0}],
        "distribution": {
            "start": -2000.0,
            "binWidth": 500.0,
            "counts": {"historical": [1, 2, 3, 4, 5, 6, 1, 0], "monte-carlo": [0, 1, 9, 20, 9, 1, 0, 0]},
        },
        "inputs": {"marketSha256": "ab" * 32},
    }


@pytest.fixture
def figures() -> Figures:
    return figures_of(document())


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234567.4, "1,234,567"), (-1234.5, "\N{MINUS SIGN}1,234"), (-0.2, "0"), (0.0, "0")],
)
def test_amounts(value: float, text: str) -> None:
    assert amount(value) == text


def test_axis_labels() -> None:
    assert [thousands(value) for value in (-500_000, 0, 1_000_000)] == ["\N{MINUS SIGN}500k", "0", "1,000k"]


def test_the_chart_is_well_formed_and_shades_the_tail(figures: Figures) -> None:
    chart = ET.fromstring(distribution_chart(figures))
    bars = [bar.get("class") for bar in chart.iter("rect")]
    assert bars[:7] == ["tail", "tail", "body", "body", "body", "body", "body"]
    assert len(bars) == 7 + 5


def test_the_larger_loss_is_labelled_on_the_left(figures: Figures) -> None:
    chart = ET.fromstring(distribution_chart(figures))
    marks = [(mark.get("text-anchor"), mark.text) for mark in chart.iter("text") if mark.get("class") == "mark"]
    assert marks == [("end", "ES 97.5%"), ("start", "VaR 99%"), ("end", "VaR 99%"), ("start", "ES 97.5%")]


def test_the_page_needs_no_other_file(figures: Figures) -> None:
    page = render_page(figures)
    assert not re.search(r"(src|href)=|@import|url\(", page)


def test_hedges_stand_out(figures: Figures) -> None:
    assert '<td class="hedge">\N{MINUS SIGN}50</td>' in render_page(figures)


def test_names_are_escaped() -> None:
    page = render_page(figures_of(document(book="<b>R&D</b>")))
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;" in page
    assert "<b>R" not in page


def test_expired_trades_are_mentioned(figures: Figures) -> None:
    assert "3 trades, 1 expired and left out; market value EUR \N{MINUS SIGN}1,234; horizon one day" in render_page(figures)
