"""How every command of the night ends: an exit code that says whose fault a failure is."""

import sys
from collections.abc import Callable

from nightlane_risk.commit import share_with_group
from nightlane_risk.errors import INVALID_INPUT, STARVED, InputError
from nightlane_risk.starvation import StarvationError


def run(command: Callable[[], None]) -> int:
    """Run a command and return its exit code: 0 done, 2 the input is at fault, 3 no executors.

    Any other failure is not handled here: Python prints its stack trace and exits 1.
    """
    share_with_group()
    try:
        command()
    except InputError as error:
        print(error, file=sys.stderr)
        return INVALID_INPUT
    except StarvationError as error:
        print(error, file=sys.stderr)
        return STARVED
    return 0
