"""The portfolio: FX forwards and European FX options, one trade a line."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from nightlane_risk.csv_table import Row, read_table
from nightlane_risk.text_values import DATE, POSITIVE_NUMBER, WORD, TextType, TextValueError, one_of

COLUMNS = ("trade", "book", "product", "side", "pair", "notional", "strike", "expiry")
_PAIR_LENGTH = 6


class Product(StrEnum):
    """What can be traded."""

    FORWARD = "forward"
    CALL = "call"
    PUT = "put"


@dataclass(frozen=True)
class Trade:
    """One trade."""

    trade: str
    book: str
    product: Product
    direction: int
    """+1 when the bank bought, -1 when it sold."""
    pair: str
    """Base then quote currency, as in EURUSD."""
    notional: float
    """In the base currency of the pair."""
    strike: float
    """Units of quote currency per unit of base currency."""
    expiry: date

    @property
    def base(self) -> str:
        """The currency that is bought and sold."""
        return self.pair[:3]

    @property
    def quote(self) -> str:
        """The currency that is paid with."""
        return self.pair[3:]


def _pair(text: str) -> str:
    if len(text) != _PAIR_LENGTH or not text.isascii() or not text.isalpha() or not text.isupper():
        raise TextValueError(f"{text!r} is not a currency pair", "Write two ISO codes without a separator, as in EURUSD.")
    return text


_PAIR = TextType(_pair, "EURUSD")
_PRODUCT = one_of(*Product)
_SIDE = one_of("buy", "sell")


def read_portfolio(path: Path) -> list[Trade]:
    """Read the trades, in the order of the file.

    Raises InputError with every fault of the file.
    """
    line_of_trade: dict[str, int] = {}

    def build(row: Row) -> Trade:
        trade = row.read("trade", WORD)
        earlier = line_of_trade.setdefault(trade, row.line)
        if earlier != row.line and trade:
            row.fault("trade", f"{trade!r} is already on line {earlier}", "Give every trade an identifier of its own.")
        return Trade(
            trade=trade,
            book=row.read("book", WORD),
            product=Product(row.read("product", _PRODUCT)),
            direction=1 if row.read("side", _SIDE) == "buy" else -1,
            pair=row.read("pair", _PAIR),
            notional=row.read("notional", POSITIVE_NUMBER),
            strike=row.read("strike", POSITIVE_NUMBER),
            expiry=row.read("expiry", DATE),
        )

    return read_table(path, COLUMNS, build)
