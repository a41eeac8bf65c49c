"""The portfolio file."""

from datetime import date
from pathlib import Path

import pytest

from nightlane_risk.errors import InputError
from nightlane_risk.portfolio import Product, Trade, read_portfolio

HEADER = "trade,book,product,side,pair,notional,strike,expiry\n"
EXAMPLE = Path(__file__).parent.parent / "data" / "portfolio.csv"


def test_a_trade_is_read(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.csv"
    path.write_text(HEADER + "T1,Flow,put,sell,GBPUSD,1000000,1.25,2027-06-18\n", encoding="utf-8")
    assert read_portfolio(path) == [Trade("T1", "Flow", Product.PUT, -1, "GBPUSD", 1_000_000.0, 1.25, date(2027, 6, 18))]


def test_the_example_portfolio_is_sound() -> None:
    assert len(read_portfolio(EXAMPLE)) == 27


def test_every_fault_of_every_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "portfolio.csv"
    path.write_text(
        HEADER + "T1,,swap,hold,eur/usd,-1,0,2027-06-31\n" + "T1,Flow,call,buy,EURUSD,1,1,2027-06-30\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as caught:
        read_portfolio(path)
    problems = [(fault.place.rpartition(", ")[2], fault.problem) for fault in caught.value.faults]
    assert problems == [
        ("column book", "nothing is given"),
        ("column product", "'swap' is not one of forward, call, put"),
        ("column side", "'hold' is not one of buy, sell"),
        ("column pair", "'eur/usd' is not a currency pair"),
        ("column notional", "'-1' is not above zero"),
        ("column strike", "'0' is not above zero"),
        ("column expiry", "'2027-06-31' is not a day of the calendar"),
        ("column trade", "'T1' is already on line 2"),
    ]
