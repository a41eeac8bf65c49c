"""Risk factors: what a scenario shocks."""

from dataclasses import dataclass
from enum import StrEnum

BASE_CURRENCY = "EUR"
"""The currency of the books. Every other currency is quoted against it; a cross rate is a quotient of two such spots."""


class FactorKind(StrEnum):
    """What moves, and how a shock is applied to it."""

    SPOT = "spot"
    """Spot rate of a pair EURxxx; the shock is a log return."""
    RATE = "rate"
    """Continuously compounded zero rate of a currency; the shock is added."""
    VOL = "vol"
    """Implied volatility of a pair; the shock is a log return."""


@dataclass(frozen=True)
class RiskFactor:
    """One number of the market that a scenario shocks."""

    kind: FactorKind
    subject: str
    """A currency pair (EURUSD: dollars per euro) or a currency."""

    def __str__(self) -> str:
        """Return the name used in files, as in `spot:EURUSD`."""
        return f"{self.kind}:{self.subject}"

    @classmethod
    def parse(cls, name: str) -> "RiskFactor":
        """Read a name written by `str`."""
        kind, subject = name.split(":")
        return cls(FactorKind(kind), subject)
