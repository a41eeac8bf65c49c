"""Reads a step's input and collects every problem instead of stopping at the first."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from nightlane_runner.json_tree import Json, JsonObject

DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong value: which property, what it was, the rule it breaks and how to fix it."""

    property: str
    value: str
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.property}: got {self.value}, {self.rule}; {self.fix}"


class InputReader:
    """Reads typed values from one JSON object; wrong ones become problems and a harmless stand-in is returned."""

    def __init__(self, tree: JsonObject, path: str, problems: list[Problem]) -> None:
        self._tree = tree
        self._path = path
        self._problems = problems

    def problem(self, key: str, rule: str, fix: str) -> None:
        """Record that the value under `key` breaks `rule`."""
        value = self._tree.get(key)
        self._problems.append(Problem(self._name(key), _shown(value) if key in self._tree else "nothing", rule, fix))

    def has(self, key: str) -> bool:
        """Return whether there is anything under `key`."""
        return self._tree.get(key) is not None

    def is_text(self, key: str) -> bool:
        """Return whether a string is under `key`."""
        return isinstance(self._tree.get(key), str)

    def known_keys(self, *keys: str) -> None:
        """Record every property that is not one of `keys`: it is a typo, or input of another version."""
        for key in self._tree:
            if key not in keys:
                self.problem(key, "which this runner does not know", f"use one of {', '.join(keys)}")

    def section(self, key: str) -> "InputReader":
        """Return a reader for the object under `key`."""
        value = self._tree.get(key)
        if not isinstance(value, dict):
            self.problem(key, "must be an object", f"give {self._name(key)} its properties")
            return InputReader({}, self._name(key), [])
        return InputReader(value, self._name(key), self._problems)

    def tree(self, key: str) -> JsonObject:
        """Return the object under `key` as it is."""
        value = self._tree.get(key)
        if isinstance(value, dict):
            return value
        self.problem(key, "must be an object", f"give {self._name(key)} its properties")
        return {}

    def text(self, key: str, rule: str, fix: str, accept: Callable[[str], bool] = bool) -> str:
        """Return the string under `key` if `accept` takes it (default: any that is not empty)."""
        value = self._tree.get(key)
        if isinstance(value, str) and accept(value):
            return value
        self.problem(key, rule, fix)
        return ""

    def name(self, key: str, longest: int = 63) -> str:
        """Return the DNS label under `key`."""
        return self.text(
            key,
            f"must be lower-case letters, digits and inner hyphens, at most {longest}",
            'write it like "var-es"',
            lambda value: len(value) <= longest and DNS_LABEL.fullmatch(value) is not None,
        )

    def count(self, key: str, smallest: int = 1) -> int:
        """Return the whole number under `key`; a string of digits counts, since parameters are strings."""
        value = self._tree.get(key)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}", value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and value >= smallest:
            return value
        self.problem(key, f"must be a whole number of at least {smallest}", f"write it like {smallest}")
        return smallest

    def positive(self, key: str) -> float:
        """Return the number above 0 under `key`."""
        value = self._tree.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < math.inf:
            return float(value)
        self.problem(key, "must be a number above 0", "write it like 20")
        return 1.0

    def flag(self, key: str) -> bool:
        """Return the truth value under `key`."""
        value = self._tree.get(key)
        if isinstance(value, bool):
            return value
        self.problem(key, "must be true or false", "write true or false without quotes")
        return False

    def optional_text(self, key: str) -> str | None:
        """Return the string under `key`, None where it is null or absent."""
        value = self._tree.get(key)
        if value is None or (isinstance(value, str) and value):
            return value
        self.problem(key, "must be a string or null", "leave it out, or name one")
        return None

    def texts(self, key: str, rule: str, fix: str, fewest: int = 0) -> tuple[str, ...]:
        """Return the list of strings under `key`."""
        value = self._tree.get(key)
        if isinstance(value, list) and len(value) >= fewest and all(isinstance(item, str) for item in value):
            return tuple(item for item in value if isinstance(item, str))
        self.problem(key, rule, fix)
        return ()

    def entries(self, key: str) -> list[Json]:
        """Return the list under `key`, whatever its entries are."""
        value = self._tree.get(key)
        if isinstance(value, list):
            return value
        self.problem(key, "must be a list", "write it between brackets")
        return []

    def numbers(self, key: str, rule: str, fix: str) -> tuple[int, ...]:
        """Return the list of whole numbers under `key`."""
        value = self._tree.get(key)
        if isinstance(value, list) and all(isinstance(item, int) and not isinstance(item, bool) for item in value):
            return tuple(item for item in value if isinstance(item, int))
        self.problem(key, rule, fix)
        return ()

    def labels(self, key: str) -> dict[str, str]:
        """Return the label selector under `key`: at least one label and its value."""
        value = self._tree.get(key)
        if isinstance(value, dict) and value and all(isinstance(item, str) for item in value.values()):
            return {label: item for label, item in value.items() if isinstance(item, str)}
        self.problem(key, "must be labels with their values", 'write it like {"app.kubernetes.io/name": "pricing"}')
        return {}

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def _shown(value: Json) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
