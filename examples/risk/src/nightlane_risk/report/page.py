"""The HTML page: headline figures, distribution, table by book and pair, worst days, definitions, provenance."""

from collections.abc import Iterator
from html import escape
from importlib.resources import files

from nightlane_risk.report.chart import distribution_chart
from nightlane_risk.report.figures import Figures, GroupRisk, Risk
from nightlane_risk.report.text import SOURCE_NAMES, amount, long_date, pair, percent


def render_page(figures: Figures) -> str:
    """Return the whole page; it needs no other file and no network."""
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    date = long_date(figures.business_date)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>FX market risk, {date}</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            f"<header><h1>FX market risk, {date}</h1><p>{_portfolio(figures)}</p></header>",
            f'<p class="lead">{_lead(figures)}</p>',
            '<div class="cards">',
            *_cards(figures),
            "</div>",
            f"<h2>Distribution of the one-day profit and loss, {figures.currency}</h2>",
            f'<div class="wide">{distribution_chart(figures)}</div>',
            f"<h2>By book and currency pair</h2>{_group_table(figures)}",
            f'<p class="note">{_diversification(figures)}</p>',
            '<div class="columns">',
            f"<section><h2>Worst days of the history</h2>{_worst_days(figures)}</section>",
            f"<section><h2>Definitions</h2>{_definitions(figures)}</section>",
            "</div>",
            f"<footer>{_provenance(figures)}</footer>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _portfolio(figures: Figures) -> str:
    expired = f", {figures.expired} expired and left out" if figures.expired else ""
    return f"{figures.trades} trades{expired}; market value {figures.currency} {amount(figures.value)}; horizon one day"


def _lead(figures: Figures) -> str:
    losses = [
        f"{figures.currency} {amount(risk.var)} ({_in_sentence(source)})" for source, risk in figures.total.by_source.items()
    ]
    return f"With {percent(figures.var_level)} confidence the portfolio loses no more than {' or '.join(losses)} in one day."


def _in_sentence(source: str) -> str:
    return SOURCE_NAMES[source].replace("Historical", "historical")


def _cards(figures: Figures) -> Iterator[str]:
    measures = [(f"VaR {percent(figures.var_level)}", 0), (f"ES {percent(figures.es_level)}", 1)]
    for measure, position in measures:
        for source, risk in figures.total.by_source.items():
            value = (risk.var, risk.es)[position]
            normal = figures.normal(risk)[position]
            yield (
                f'<div class="card"><h3>{measure}, {SOURCE_NAMES[source]}</h3><strong>{amount(value)}</strong>'
                f"<p>{amount(normal)} if it were normal</p></div>"
            )


def _group_table(figures: Figures) -> str:
    sources = list(figures.total.by_source)
    head = "".join(f'<th class="gap"></th><th colspan="3">{SOURCE_NAMES[source]}</th>' for source in sources)
    measures = f"<th>VaR {percent(figures.var_level)}</th><th>ES {percent(figures.es_level)}</th><th>Share of ES</th>"
    names = f'<th class="gap"></th>{measures}'
    rows = [_row(figures.total, "Whole portfolio", "whole")]
    for book in figures.books():
        rows.append(_row(book, escape(book.book or ""), "book"))
        rows += [_row(group, pair(group.pair or ""), "pair") for group in figures.pairs(book.book)]
    rows.append(f'<tr class="book"><td colspan="{1 + 4 * len(sources)}">All books, by pair</td></tr>')
    rows += [_row(group, pair(group.pair or ""), "pair") for group in figures.pairs(None)]
    return (
        f'<div class="wide"><table><thead><tr class="source"><th></th>{head}</tr>'
        f"<tr><th>{figures.currency}</th>{names * len(sources)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(group: GroupRisk, name: str, kind: str) -> str:
    cells = "".join(
        f'<td class="gap"></td><td>{amount(risk.var)}</td><td>{amount(risk.es)}</td>'
        f'<td class="{_share_class(risk)}">{amount(risk.es_contribution)}</td>'
        for risk in group.by_source.values()
    )
    return f'<tr class="{kind}"><td>{name}</td>{cells}</tr>'


def _share_class(risk: Risk) -> str:
    return "hedge" if risk.es_contribution < 0 else "share"


def _diversification(figures: Figures) -> str:
    savings = []
    for source, risk in figures.total.by_source.items():
        alone = sum(book.by_source[source].var for book in figures.books())
        savings.append(f"{amount(alone)} instead of {amount(risk.var)} ({_in_sentence(source)})")
    return (
        "VaR and ES of a row are those of its trades alone, and do not add up: the books' VaR would sum to "
        f"{', '.join(savings)}. The share of ES is what a row loses, on average, in the scenarios behind the whole portfolio's "
        "ES; these do add up. A negative share, in green, is a hedge."
    )


def _worst_days(figures: Figures) -> str:
    rows = "".join(f"<tr><td>{day}</td><td>{amount(pnl)}</td></tr>" for day, pnl in figures.worst_days)
    return f"<table><thead><tr><th>Day</th><th>P&amp;L, {figures.currency}</th></tr></thead><tbody>{rows}</tbody></table>"


def _definitions(figures: Figures) -> str:
    var, es = percent(figures.var_level), percent(figures.es_level)
    return (
        f"<dl><dt>Value at risk (VaR) {var}</dt><dd>Sort the n outcomes from worst to best and skip the k worst, k being "
        f"{percent(1 - figures.var_level)} of n, rounded down. The next one is the VaR, as a positive loss.</dd>"
        f"<dt>Expected shortfall (ES) {es}</dt><dd>The average of the k + 1 worst outcomes, k being "
        f"{percent(1 - figures.es_level)} of n, rounded down, as a positive loss.</dd>"
        "<dt>Historical</dt><dd>Today's portfolio fully revalued under the market moves of each past day.</dd>"
        "<dt>Monte Carlo</dt><dd>The same under random moves, jointly normal with the volatilities and correlations of those "
        "days. Normal moves have thinner tails than real ones.</dd>"
        "<dt>If it were normal</dt><dd>The measure of a normal distribution with the mean and standard deviation of the "
        "outcomes.</dd></dl>"
    )


def _provenance(figures: Figures) -> str:
    lines = [f"{escape(name.removesuffix('Sha256'))} {escape(digest)}" for name, digest in figures.inputs.items()]
    return f"Computed from these inputs (SHA-256):<br><code>{'<br>'.join(lines)}</code>"
