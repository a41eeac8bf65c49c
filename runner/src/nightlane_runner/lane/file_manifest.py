"""The result manifest: what an application declares to have left, and what makes a completed Job a success."""

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from nightlane_runner.json_tree import Json, JsonObject, number_at, objects_at, text_at, value_at

MANIFEST_NAME = "manifest.json"

MOST_FILES = 50_000
"""Of one manifest. The runner's memory is limited, and each file costs some 2 KB of it; larger results are packed."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


class UnusableManifest(Exception):
    """The manifest breaks a rule; the text says which."""


@dataclass(frozen=True, slots=True)
class ResultFile:
    """One file worth bringing back.

    Attributes:
        path: relative to the manifest's folder.
        size: bytes.
        sha256: of its content, hexadecimal.

    """

    path: PurePosixPath
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ResultManifest:
    """The files of one attempt of one step."""

    step: str
    attempt: int
    files: tuple[ResultFile, ...]


def parse_manifest(content: bytes) -> ResultManifest:
    """Read a manifest.

    Raises:
        UnusableManifest: it is not JSON, lists no file or too many, or lists one with an unsafe path, no size or no
            SHA-256.

    """
    try:
        tree: Json = json.loads(content, object_pairs_hook=_counting())
    except (ValueError, RecursionError) as error:
        raise UnusableManifest(f"it is not JSON ({error})") from error
    listed = objects_at(tree, "files")
    if not listed:
        raise UnusableManifest("it lists no file")
    files = tuple(_file(entry) for entry in listed)
    if len({file.path for file in files}) != len(files):
        raise UnusableManifest("it lists a file twice")
    return ResultManifest(text_at(tree, "step"), number_at(tree, "attempt"), files)


def _counting() -> Callable[[list[tuple[str, Json]]], JsonObject]:
    """Return a hook that builds objects, up to as many as a manifest may have: reading could use up the memory."""
    made = 0

    def make(pairs: list[tuple[str, Json]]) -> JsonObject:
        nonlocal made
        made += 1
        if made > MOST_FILES + 1:  # the manifest itself is one
            raise UnusableManifest(f"it lists more than {MOST_FILES} files; pack them into fewer")
        return dict(pairs)

    return make


def is_safe(path: PurePosixPath) -> bool:
    """Return whether a relative path stays inside its folder and names something in it that a volume can have."""
    if not path.parts or path.is_absolute() or ".." in path.parts:
        return False
    try:
        name = os.fsencode(path)
    except UnicodeEncodeError:
        return False  # half a character, which cannot be encoded
    return b"\n" not in name and b"\0" not in name


def _file(entry: Json) -> ResultFile:
    path = PurePosixPath(text_at(entry, "path"))
    size = number_at(entry, "bytes")
    sha256 = text_at(entry, "sha256")
    if not is_safe(path) or str(path) == MANIFEST_NAME:
        raise UnusableManifest(
            f"path {text_at(entry, 'path')!r} must be relative, stay inside the folder and be a name "
            "that a file can have: without line ends, null bytes and halves of characters"
        )
    if size < 0 or not isinstance(value_at(entry, "bytes"), int):
        raise UnusableManifest(f"file {path} has no size in bytes")
    if _SHA256.fullmatch(sha256) is None:
        raise UnusableManifest(f"file {path} has no SHA-256 of 64 hexadecimal digits")
    return ResultFile(path, size, sha256)
