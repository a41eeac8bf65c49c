"""Reads single values from results in the lane. What a program wrote is read, never evaluated."""

import hashlib
import json
import re
from pathlib import Path, PurePosixPath

from nightlane_runner.document.result_value import ResultValue
from nightlane_runner.json_tree import Json
from nightlane_runner.lane.file_manifest import MANIFEST_NAME, UnusableManifest, parse_manifest

MOST_BYTES = 4 * 1024 * 1024
"""Of a file that a value is read from: as numbers it takes thirty times as much, and the memory is limited."""

LONGEST_NUMBER = 64

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


class NoValue(Exception):
    """There is no such value; the text says why."""


class _Number(str):
    """A number as it is in the file: no digit is lost."""

    __slots__ = ()


def value_in(night: Path, value: ResultValue) -> str:
    """Return a value as the text of an argument.

    Args:
        night: the run's folder on the lane's results volume.
        value: which one.

    Raises:
        NoValue: the file is not there, is not what was fetched, or holds no such value of that type.

    """
    found = _tree(_content(night, value.path), value.path)
    for depth, key in enumerate(value.keys, start=1):
        found = _below(found, key, f"{value.path}#{'.'.join(value.keys[:depth])}")
    place = f"{value.path}#{'.'.join(value.keys)}"
    if value.type == "number":
        if not isinstance(found, _Number) or len(found) > LONGEST_NUMBER:
            raise NoValue(f"{place} is {_shown(found)}, not a number of at most {LONGEST_NUMBER} characters")
    elif not isinstance(found, str) or isinstance(found, _Number) or _WORD.fullmatch(found) is None:
        raise NoValue(
            f"{place} is {_shown(found)}, not a word of at most 63 letters, digits, dots, dashes and underscores, a "
            "letter or digit first"
        )
    return str(found)


def _content(night: Path, path: PurePosixPath) -> bytes:
    """Return a file's content, compared with its step's manifest if there is one."""
    file = night / path
    try:
        if not file.resolve(strict=True).is_relative_to(night.resolve()):
            raise NoValue(f"{path} leads out of the night's folder")
        if file.stat().st_size > MOST_BYTES:
            raise NoValue(f"{path} has more than {MOST_BYTES} bytes")
        content = file.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        # Any other error is the volume's, and may be gone at the next try.
        raise NoValue(f"{path} is not among the results ({error.strerror})") from error
    step = path.parts[0]
    manifest = night / step / MANIFEST_NAME
    if manifest.is_file() and _announced(manifest, path.relative_to(step)) != hashlib.sha256(content).hexdigest():
        raise NoValue(f"{path} is not what its step fetched: its SHA-256 is not that of {step}/{MANIFEST_NAME}")
    return content


def _announced(manifest: Path, path: PurePosixPath) -> str | None:
    try:
        files = parse_manifest(manifest.read_bytes()).files
    except UnusableManifest as error:
        raise NoValue(f"{manifest} cannot be used: {error}") from error
    return next((file.sha256 for file in files if file.path == path), None)


def _tree(content: bytes, path: PurePosixPath) -> Json:
    try:
        tree: Json = json.loads(content, parse_float=_Number, parse_int=_Number, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise NoValue(f"{path} is not JSON ({error})") from error
    return tree


def _refused(constant: str) -> Json:
    raise ValueError(f"{constant} is not a number in JSON")


def _below(tree: Json, key: str, place: str) -> Json:
    if isinstance(tree, dict) and key in tree:
        return tree[key]
    if isinstance(tree, list) and re.fullmatch(r"[0-9]{1,9}", key) and int(key) < len(tree):
        return tree[int(key)]
    raise NoValue(f"there is no {place}")


def _shown(found: Json) -> str:
    if isinstance(found, _Number):
        return str(found)[:80]
    return {dict: "an object", list: "a list", type(None): "null"}.get(type(found), repr(found)[:80])
