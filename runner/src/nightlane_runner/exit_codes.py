"""How a step ended, as the exit code that the workflow's retryStrategy reads."""

from enum import IntEnum


class ExitCode(IntEnum):
    """One code per kind of ending, so that a machine can decide whether another try makes sense."""

    DONE = 0
    """The step did its work and the results, if any, were verified."""

    APPLICATION = 10
    """The work itself failed: the Job failed, or the command returned non-zero. Another try would fail the same way."""

    AGAIN = 11
    """The work itself failed, in a way after which the customer's file wants another attempt: it begins by itself."""

    INFRASTRUCTURE = 20
    """Something around the work failed and nothing of it is running: another try may well succeed."""

    REPORT = 21
    """The try ended to report a trouble, or the end of one: remote work goes on, and the next try adopts it."""

    LOST = 30
    """Nobody can say what became of the work (Job deleted or replaced, result missing): a person decides."""

    CANCELLED = 40
    """The operator ended the step; the remote work was cancelled."""

    BAD_INPUT = 50
    """What the step needs cannot be used, is refused, or is full: somebody has to change something first."""

    RUN_EXISTS = 60
    """Another workflow is this very run: this one did nothing, and is not the run of its date."""

    DETACHED = 143
    """The pod was evicted: the remote work goes on, and the next runner of the same attempt adopts it."""
