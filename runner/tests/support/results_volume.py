"""The customer's results volume, as an application leaves results on it."""

import hashlib
import json
from pathlib import Path
from typing import Any

from nightlane_runner.document.step import ResultPlace
from tests.support.local_shell import LocalShell

STEP_FOLDER = "night/2026-03-31/run-1/var-es"

OWN_MANIFEST = ResultPlace(folder=None, parts=None)
"""Results of an application that writes its own manifest."""


class ResultsVolume:
    """A folder, and a shell in the container that has it mounted.

    Attributes:
        shell: the way in.
        folder: where the step leaves its results.

    """

    def __init__(self, root: Path) -> None:
        self.shell = LocalShell(root)
        self.folder = root / "results" / STEP_FOLDER

    def leave(self, content: dict[str, bytes], attempt: int = 1, **changes: Any) -> None:
        """Commit results as the application does."""
        listed = []
        for path, data in content.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_bytes(data)
            listed.append({"path": path, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        manifest = {"step": "var-es", "attempt": attempt, "files": listed, **changes}
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "manifest.json").write_text(json.dumps(manifest))
