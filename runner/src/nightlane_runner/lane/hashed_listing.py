"""The manifest of a folder whose application wrote none: made from what the container found and hashed there."""

import json
import os
import re
from collections.abc import Sequence

from nightlane_runner.lane.file_manifest import MANIFEST_NAME, UnusableManifest

_ENTRY = re.compile(r"(?P<kind>[A-Za-z?]) (?P<bytes>[0-9]+) (?P<path>.+)")
_HASH = re.compile(r"(?P<sha256>[0-9a-f]{64})  (?P<path>.+)")
_KINDS = {"l": "a link", "p": "a pipe", "s": "a socket", "b": "a device", "c": "a device"}


class StillChanging(Exception):
    """Something came or went while the folder was being read; the text says what."""


def manifest_of(listing: bytes, step: str, attempt: int, parts: Sequence[str] = ()) -> bytes:
    """Return the manifest of a listing, in the form of `remote_scripts.SEND_HASHED`.

    The same files make the same manifest, whatever the order in which the container found them.

    Args:
        listing: what the container has sent.
        step: whose results they are.
        attempt: of which attempt.
        parts: the folders of a parallel job's pods, each of which must have left something.

    Raises:
        StillChanging: a file came or went in the meantime.
        UnusableManifest: the folder holds no file, something that is not a file, or a name that no manifest can have.

    """
    entries, _, hashes = os.fsdecode(listing).partition("\n\n")
    sizes = dict(_sized(line) for line in entries.split("\n") if line)
    hashed = dict(_hashed(line) for line in hashes.split("\n") if line)
    if not sizes:
        raise UnusableManifest("there is no file")
    if MANIFEST_NAME in sizes:
        raise UnusableManifest(
            f"there is a {MANIFEST_NAME}, where the manifest belongs that Nightlane makes; write results: true if "
            "it is one, or give the file another name"
        )
    if sizes.keys() != hashed.keys():
        changed = sorted(sizes.keys() ^ hashed.keys())
        raise StillChanging(f"{changed[0]} came or went while the folder was being read: something still writes there")
    if empty := [part for part in parts if not any(path.startswith(f"{part}/") for path in sizes)]:
        raise UnusableManifest(f"there is no file in the folder of pod {', '.join(empty)}, its RESULTS_DIR")
    files = [{"path": path, "bytes": sizes[path], "sha256": hashed[path]} for path in sorted(sizes)]
    return (json.dumps({"step": step, "attempt": attempt, "files": files}, indent=2) + "\n").encode()


def _sized(line: str) -> tuple[str, int]:
    match = _ENTRY.fullmatch(line)
    if match is None or "\\" in line:
        raise _unlistable(line)
    path = match["path"].removeprefix("./")
    if match["kind"] != "f":
        raise UnusableManifest(f"{path} is {_KINDS.get(match['kind'], 'no file')}; results are files and folders")
    return path, int(match["bytes"])


def _hashed(line: str) -> tuple[str, str]:
    match = _HASH.fullmatch(line)
    if match is None:
        raise _unlistable(line)
    return match["path"].removeprefix("./"), match["sha256"]


def _unlistable(line: str) -> UnusableManifest:
    return UnusableManifest(f"there is a name with a line end or a backslash ({line[:80]!r}); give it another one")
