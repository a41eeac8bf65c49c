"""The hashes of what a step brought to the lane, as an output parameter: they reach the run record without any API."""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile
from nightlane_runner.lane.figures import SeenFigure
from nightlane_runner.lane.file_manifest import MANIFEST_NAME

PARAMETER = "results"
"""Name of the output parameter, and of the file that the workflow reads it from."""

MOST_FILES = 20
"""How many files at most are listed one by one: the parameter is in the workflow, whose size is limited."""

LONGEST = 16_384
"""No longer than this: admission refuses more, in `constructs/workflow/step-outputs.ts`."""


def write_result_hashes(files: Mapping[PurePosixPath, UnpackedFile], outputs: Path) -> None:
    """Write the hashes into the file `results` in `outputs`.

    The document holds `sha256` over all paths and hashes in their order, which is the same for two runs exactly if
    their files are, and the hash of each file where they are few and their names short.
    """
    # A manifest names the attempt, which is not a result.
    results = {path: file for path, file in files.items() if path != PurePosixPath(MANIFEST_NAME)}
    by_path = {str(path): file.sha256 for path, file in sorted(results.items())}
    listing = "".join(f"{sha256}  {path}\n" for path, sha256 in by_path.items())
    document: dict[str, object] = {"sha256": hashlib.sha256(os.fsencode(listing)).hexdigest()}
    if len(by_path) <= MOST_FILES:
        document["files"] = by_path
    outputs.mkdir(parents=True, exist_ok=True)
    text = _without_expressions(json.dumps(document))
    if len(text) > LONGEST:
        text = json.dumps({"sha256": document["sha256"]})
    (outputs / PARAMETER).write_text(text, encoding="utf-8")


def add_figures(seen: Sequence[SeenFigure], outputs: Path) -> None:
    """Add figures to the hashes that were written; without the hashes of single files if both are too long."""
    file = outputs / PARAMETER
    document = {
        **json.loads(file.read_text(encoding="utf-8")),
        "figures": {one.figure.name: _told(one) for one in seen},
    }
    text = _without_expressions(json.dumps(document))
    if len(text) > LONGEST:
        del document["files"]
        text = _without_expressions(json.dumps(document))
    file.write_text(text, encoding="utf-8")


def _told(one: SeenFigure) -> dict[str, str]:
    return {"value": one.value, **({"before": one.before, "on": one.on} if one.before else {})}


def _without_expressions(text: str) -> str:
    """Write two opening braces, which only a file's name can have, so that the workflow sees no expression in them."""
    return text.replace("{{", "{\\u007b")
