"""The file that an error of the operating system is about."""

import os
from pathlib import Path


def named_file(error: OSError) -> Path | None:
    """Return the file that an error names; None if it names none, as that of an open file does."""
    named = error.filename
    return Path(named) if isinstance(named, str | os.PathLike) else None
