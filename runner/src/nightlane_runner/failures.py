"""The one exception that ends a step, with its exit code and the sentence that is shown for it."""

from nightlane_runner.exit_codes import ExitCode


class StepEnded(Exception):
    """Ends the step with anything but success.

    Attributes:
        code: how it ended.
        sentence: what happened, where, and what to do, for the log's last line and the termination message.

    """

    def __init__(self, code: ExitCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = " ".join(sentence.split())


GO_ON = (
    "then go on: a Spark or job step with nightlane adopt, by which a new runner goes on with the same attempt and "
    "what is computed stays; any other step with nightlane retry"
)
"""Ends a sentence about an obstacle to a step that does not call its work in the customer's cluster into question."""
