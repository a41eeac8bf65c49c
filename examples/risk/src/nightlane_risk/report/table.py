"""The report's figures as CSV, one line per group and source."""

import csv
import io

from nightlane_risk.report.figures import Figures

_ALL = "all"
_HEADER = ("business_date", "book", "pair", "source", "scenarios", "var", "es", "es_contribution", "currency")


def render_table(figures: Figures) -> str:
    """Return the table; `all` stands for every book or every pair."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    for group in (figures.total, *figures.groups):
        for source, risk in group.by_source.items():
            amounts = [f"{value:.2f}" for value in (risk.var, risk.es, risk.es_contribution)]
            names = (group.book or _ALL, group.pair or _ALL)
            writer.writerow((figures.business_date, *names, source, risk.scenarios, *amounts, figures.currency))
    return text.getvalue()
