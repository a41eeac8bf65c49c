"""The groups of trades that are measured: the whole portfolio, each book, each pair, each pair in a book."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """A part of the portfolio; a missing book or pair stands for all of them."""

    book: str | None
    pair: str | None


WHOLE = Group(None, None)


def groups_of(trades: Iterable[tuple[str, str]]) -> dict[Group, tuple[int, ...]]:
    """Return each group with the positions of its trades, given each trade's book and pair; the whole portfolio first."""
    members: dict[Group, list[int]] = {}
    for position, (book, pair) in enumerate(trades):
        for group in (WHOLE, Group(book, None), Group(None, pair), Group(book, pair)):
            members.setdefault(group, []).append(position)
    ordered = sorted(members, key=lambda group: (group != WHOLE, group.book or "", group.pair or ""))
    return {group: tuple(members[group]) for group in ordered}
