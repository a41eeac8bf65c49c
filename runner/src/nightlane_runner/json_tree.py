"""Typed reading of JSON documents whose shape another program decides.

Kubernetes leaves out what is empty, so every reader returns its type's empty value for an absent one.
"""

from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]


def value_at(tree: Json, *path: str) -> Json:
    """Return the value under the given keys, or None if one of them is absent."""
    for key in path:
        if not isinstance(tree, dict):
            return None
        tree = tree.get(key)
    return tree


def text_at(tree: Json, *path: str) -> str:
    """Return the string under the given keys, "" if there is none."""
    value = value_at(tree, *path)
    return value if isinstance(value, str) else ""


def number_at(tree: Json, *path: str) -> int:
    """Return the whole number under the given keys, 0 if there is none."""
    value = value_at(tree, *path)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def flag_at(tree: Json, *path: str) -> bool:
    """Return whether the value under the given keys is true."""
    return value_at(tree, *path) is True


def object_at(tree: Json, *path: str) -> JsonObject:
    """Return the object under the given keys, {} if there is none."""
    value = value_at(tree, *path)
    return value if isinstance(value, dict) else {}


def objects_at(tree: Json, *path: str) -> list[JsonObject]:
    """Return the objects of the list under the given keys, [] if there is none."""
    value = value_at(tree, *path)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def strings_at(tree: Json, *path: str) -> dict[str, str]:
    """Return the string entries of the object under the given keys, such as labels."""
    return {key: value for key, value in object_at(tree, *path).items() if isinstance(value, str)}
