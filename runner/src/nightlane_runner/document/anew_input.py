"""Reads which steps of a night run again, if a run repeats another one from a step on."""

from nightlane_runner.document.input_check import DNS_LABEL, InputReader
from nightlane_runner.json_tree import Json

ALL = "all"
"""What the workflow reads if every step runs again."""


def read_anew(section: InputReader) -> str:
    """Return `all`, or the names of the first step to run again and of all that come after it, between commas."""
    section.known_keys("fromStep", "steps")
    first = section.text(
        "fromStep", "must be a step's name, or empty for all", 'write it like "var-es"', lambda _: True
    )
    graph = [_entry(entry) for entry in section.entries("steps")]
    if any(entry is None for entry in graph):
        section.problem("steps", "must be names with the places of the steps before", 'write it like [["a"], ["b", 0]]')
        return ALL
    if not first:
        return ALL
    steps = [entry for entry in graph if entry is not None]
    places = [place for place, (name, _) in enumerate(steps) if name == first]
    if not places:
        names = ", ".join(name for name, _ in steps)
        section.problem("fromStep", "must be a step of this night", f"use one of {names}")
        return ALL
    found = set(places)
    size = 0
    while size < len(found):
        size = len(found)
        found.update(place for place, (_, before) in enumerate(steps) if found.intersection(before))
    return f",{','.join(steps[place][0] for place in sorted(found))},"


def _entry(entry: Json) -> tuple[str, tuple[int, ...]] | None:
    if not isinstance(entry, list) or not entry:
        return None
    name, *before = entry
    places = tuple(place for place in before if isinstance(place, int))
    if not isinstance(name, str) or DNS_LABEL.fullmatch(name) is None or len(places) < len(before):
        return None
    return name, places
