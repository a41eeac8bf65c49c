"""How a step leaves its result: all of it or none of it.

An attempt writes into `<step>.attempt-<k>.partial/` and commits by renaming that directory to `<step>/`; a result committed
earlier is first renamed to `<step>.replaced-<k>/`. The manifest names the files worth bringing back with their sizes and
SHA-256, so whoever reads the result can tell that it is whole.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nightlane_risk.errors import Fault, InputError

MANIFEST = "manifest.json"


@dataclass
class PendingResult:
    """The directory an attempt writes into, and the files it promises."""

    directory: Path
    promised: list[str] = field(default_factory=list)

    def file(self, name: str) -> Path:
        """Return where to write a file that the manifest will name."""
        self.promised.append(name)
        return self.directory / name


@contextmanager
def committing(night_dir: Path, step: str, attempt: int) -> Iterator[PendingResult]:
    """Give a fresh directory to write into, and commit it when the block ends without an exception.

    After an exception nothing is committed and the partial directory stays for whoever looks into the failure.
    """
    partial = night_dir / f"{step}.attempt-{attempt}.partial"
    if partial.exists():
        shutil.rmtree(partial)
    partial.mkdir(parents=True)
    result = PendingResult(partial)
    yield result
    manifest = {"step": step, "attempt": attempt, "files": [_entry(partial, name) for name in sorted(result.promised)]}
    (partial / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    _publish(partial, night_dir / step, night_dir / f"{step}.replaced-{attempt}")


def _publish(partial: Path, committed: Path, replaced: Path) -> None:
    if committed.exists():
        if replaced.exists():
            shutil.rmtree(replaced)
        committed.rename(replaced)
    partial.rename(committed)


def committed_result(night_dir: Path, step: str) -> Path:
    """Return the directory of an earlier step's result, having checked that it is committed and unaltered.

    Raises InputError when the step has not committed, or with every file that differs from its manifest.
    """
    directory = night_dir / step
    manifest = directory / MANIFEST
    if not manifest.is_file():
        problem = f"the step {step!r} has committed no result here"
        raise InputError([Fault(str(directory), problem, "Run that step first, or name the step to read from.")])
    expected = json.loads(manifest.read_text(encoding="utf-8"))["files"]
    faults = [
        Fault(str(directory / entry["path"]), "the file differs from its step's manifest", f"Run {step!r} again.")
        for entry in expected
        if not (directory / entry["path"]).is_file() or _entry(directory, entry["path"]) != entry
    ]
    if faults:
        raise InputError(faults)
    return directory


def result_listing(directory: Path) -> str:
    """Return the promised files of a committed result, one line each: SHA-256, two spaces, path (as sha256sum prints)."""
    files = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))["files"]
    return "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in files)


def result_digest(directory: Path) -> str:
    """Return one SHA-256 for a committed result: that of its listing, whatever the attempt."""
    return hashlib.sha256(result_listing(directory).encode()).hexdigest()


def _entry(directory: Path, name: str) -> dict[str, str | int]:
    content = (directory / name).read_bytes()
    return {"path": name, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def share_with_group() -> None:
    """Let the other containers of the night, which share the volume's group, write beside what this process creates."""
    os.umask(0o002)
