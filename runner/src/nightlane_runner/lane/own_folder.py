"""The folder in which one runner gathers files, beside the place to which they go once they are whole.

The runner in charge takes away what others have begun: they notice, and step back. What is whole of it need not come
again.
"""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.folder import beside, remove


def own_path(place: Path, runner: str) -> Path:
    """Return where a runner gathers what goes to a place."""
    return place.with_name(f"{place.name}.partial-{runner}")


def own_folder(place: Path, runner: str) -> Path:
    """Return this runner's empty folder beside a place; those that other runners have left are removed.

    The caller is in charge, so what another runner still writes is of no use to anybody.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    for left in beside(place, "partial"):
        remove(left)
    own = own_path(place, runner)
    own.mkdir()
    return own


def folders_taken_over(place: Path, runner: str) -> list[Path]:
    """Move aside what other runners have begun to gather, make this runner's own folder, and return what was moved.

    Raises OSError.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    own = own_path(place, runner)
    taken = []
    for left in beside(place, "partial"):
        aside = _aside(own, secrets.token_hex(4))
        with contextlib.suppress(FileNotFoundError):  # its runner has just put it into place, or removed it
            left.rename(aside)
            taken.append(aside)
    own.mkdir()
    return taken


def remove_own(place: Path, runner: str) -> None:
    """Remove what a runner has gathered or taken from others, and what it has begun."""
    own = own_path(place, runner)
    remove(own)
    for aside in place.parent.glob(_aside(own, "*").name):
        remove(aside)


@contextlib.contextmanager
def removed_when_replaced(place: Path, runner: str) -> Iterator[None]:
    """Leave nothing behind when a runner steps back for another one: nobody would clean it up."""
    try:
        yield
    except StepEnded as end:
        if end.code is ExitCode.DETACHED:
            with contextlib.suppress(OSError):  # the reason for this runner's end matters more than its leftovers
                remove_own(place, runner)
        raise


def _aside(own: Path, name: str) -> Path:
    return own.with_name(f"{own.name}.left-{name}")
