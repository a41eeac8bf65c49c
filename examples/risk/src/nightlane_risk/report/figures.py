"""The figures of var.json, typed, as the report's parts read them; amounts in euro, losses positive."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from nightlane_risk.measures import normal_expected_shortfall, normal_value_at_risk


@dataclass(frozen=True)
class Risk:
    """What one source of scenarios says about one group of trades."""

    scenarios: int
    var: float
    es: float
    es_contribution: float
    """Share of the group in the whole portfolio's expected shortfall; negative when the group hedges it."""
    mean: float
    deviation: float


@dataclass(frozen=True)
class GroupRisk:
    """Every source's view of one group; a missing book or pair stands for all of them."""

    book: str | None
    pair: str | None
    by_source: dict[str, Risk]


@dataclass(frozen=True)
class Distribution:
    """Counts of outcomes in equally wide bins."""

    start: float
    bin_width: float
    counts: dict[str, list[int]]


@dataclass(frozen=True)
class Figures:
    """All that the report shows."""

    business_date: date
    currency: str
    var_level: Decimal
    es_level: Decimal
    trades: int
    expired: int
    value: float
    total: GroupRisk
    groups: tuple[GroupRisk, ...]
    worst_days: tuple[tuple[date, float], ...]
    distribution: Distribution
    inputs: dict[str, str]

    def books(self) -> list[GroupRisk]:
        """Return the groups that are a whole book."""
        return [group for group in self.groups if group.book is not None and group.pair is None]

    def pairs(self, book: str | None) -> list[GroupRisk]:
        """Return the groups that are one pair, of one book or across all books."""
        return [group for group in self.groups if group.book == book and group.pair is not None]

    def normal(self, risk: Risk) -> tuple[float, float]:
        """Return the VaR and ES of a normal distribution with the same mean and standard deviation."""
        return (
            normal_value_at_risk(risk.mean, risk.deviation, self.var_level),
            normal_expected_shortfall(risk.mean, risk.deviation, self.es_level),
        )


def figures_of(document: dict[str, Any]) -> Figures:
    """Read the document that the stage `var_es` wrote."""
    return Figures(
        business_date=date.fromisoformat(document["businessDate"]),
        currency=document["currency"],
        var_level=Decimal(str(document["levels"]["var"])),
        es_level=Decimal(str(document["levels"]["es"])),
        trades=document["portfolio"]["trades"],
        expired=document["portfolio"]["expired"],
        value=document["portfolio"]["value"],
        total=GroupRisk(None, None, _risks(document["total"])),
        groups=tuple(GroupRisk(group["book"], group["pair"], _risks(group["bySource"])) for group in document["groups"]),
        worst_days=tuple((date.fromisoformat(day["date"]), day["pnl"]) for day in document["worstDays"]),
        distribution=Distribution(
            document["distribution"]["start"], document["distribution"]["binWidth"], document["distribution"]["counts"]
        ),
        inputs=document["inputs"],
    )


def _risks(by_source: dict[str, Any]) -> dict[str, Risk]:
    return {
        source: Risk(
            risk["scenarios"],
            risk["var"],
            risk["es"],
            risk["esContribution"],
            risk["mean"],
            risk["standardDeviation"],
        )
        for source, risk in by_source.items()
    }
