"""Work in a container that is played by real shells on this machine."""

import os
import shutil
import time

import pytest

from nightlane_runner.container.pod_shell import PodContainer, PodShell
from nightlane_runner.container.work import ContainerWork

SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell[0]) is None, reason="not on this machine"))
    for shell in (("dash",), ("bash", "--posix"), ("busybox", "sh"))
]
"""The shells that containers have."""


_WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()

PLAIN_SHELL = (*_WITHOUT_RIGHTS, "sh")
"""A shell that a file's mode holds, as in a container whose user is not root."""


def work_in(shell: PodShell, seconds: float = 20.0) -> ContainerWork:
    """Begin work that must end in so many seconds."""
    return ContainerWork(shell, PodContainer("pricing-0", "main"), lambda: None, time.monotonic() + seconds)
