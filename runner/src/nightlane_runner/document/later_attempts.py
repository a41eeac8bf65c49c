"""What differs in the Job of every attempt after the first: sizes, for a program that ran out of memory."""

import copy

from nightlane_runner.document.input_check import InputReader
from nightlane_runner.json_tree import Json, JsonObject


def job_of_attempt(section: InputReader, job: JsonObject, attempt: int) -> JsonObject:
    """Return the Job of an attempt: the rendered one, with the parts under `onRetry` put in from the second on."""
    parts = section.entries("onRetry") if section.has("onRetry") else []
    changed = copy.deepcopy(job)
    for place, part in enumerate(parts):
        if not isinstance(part, dict) or not _put(changed, part):
            section.problem(
                "onRetry",
                f"whose part {place} leads to nothing in the Job",
                'write parts like {"path": ["spec", "parallelism"], "value": 2}',
            )
    return changed if attempt > 1 else job


def _put(job: JsonObject, part: JsonObject) -> bool:
    """Put a part's value where its path leads; False if there is nothing."""
    path, value = part.get("path"), part.get("value")
    if not isinstance(path, list) or not path or value is None:
        return False
    tree: Json = job
    for key in path[:-1]:
        tree = _at(tree, key)
    if _at(tree, path[-1]) is None:
        return False
    key = path[-1]
    if isinstance(tree, list) and isinstance(key, int):
        tree[key] = value
        return True
    if isinstance(tree, dict) and isinstance(key, str):
        tree[key] = value
        return True
    return False


def _at(tree: Json, key: Json) -> Json:
    if isinstance(tree, list) and isinstance(key, int) and 0 <= key < len(tree):
        return tree[key]
    return tree.get(key) if isinstance(tree, dict) and isinstance(key, str) else None
