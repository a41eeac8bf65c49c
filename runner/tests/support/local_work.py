"""Work in a container that is played by real shells on this machine."""

import os
import shutil
import time
from collections.abc import Sequence

import pytest

from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.work import ContainerWork

SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell[0]) is None, reason="not on this machine"))
    for shell in (("dash",), ("bash", "--posix"), ("busybox", "sh"))
]
"""The shells that containers have."""

SHELLS_OF_PROGRAMS = SHELLS[:2]
"""Those whose mv, sync and tar are programs on the path: BusyBox's are parts of it, and a test cannot replace them."""


def held(shell: Sequence[str] = ("sh",)) -> list[str]:
    """Return a shell that a file's mode holds, as in a container whose user is not root."""
    without_rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    return [*without_rights, *shell]


def work_in(shell: PodShell, seconds: float = 20.0) -> ContainerWork:
    """Begin work that must end in so many seconds."""
    return ContainerWork(shell, PodContainer("pricing-0", "main"), lambda: None, time.monotonic() + seconds)
