"""What an attempt remembers about its Job: which one it is, that its work is done, that it was taken back."""

from nightlane_runner.failures import StepEnded
from nightlane_runner.json_tree import text_at
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.step_log import StepLog

_DONE = "done"
"""The Job has done its work: whatever becomes of the Job itself, its results are there, or here."""

_TAKEN_BACK = "takenBack"
"""It did not start in time and will be deleted: another try may start it again."""


class JobRecord:
    """The attempt's record, of a step that starts a Job.

    Args:
        record: where it is kept.
        log: for what could not be kept.

    """

    def __init__(self, record: AttemptRecord, log: StepLog) -> None:
        self._record = record
        self._log = log

    def uid(self) -> str:
        """Return the UID of the Job that an earlier runner has started, "" for none, or one that was taken back.

        Raises StepEnded as `AttemptRecord.read`.
        """
        tree = self._record.read()
        return "" if tree.get(_TAKEN_BACK) is True else text_at(tree, "uid")

    def done_uid(self) -> str:
        """Return the UID of the Job whose work is known to be done, "" for none. Raises as `uid`."""
        tree = self._record.read()
        return text_at(tree, "uid") if tree.get(_DONE) is True else ""

    def remember(self, name: str, uid: str) -> None:
        """Remember the Job; what is known of another one goes. Raises as `AttemptRecord.write`."""
        done = self.done_uid() == uid
        self._record.write({"job": name, "uid": uid, **({_DONE: True} if done else {})})

    def remember_done(self, name: str, uid: str) -> None:
        """Remember that the Job has done its work. Raises as `AttemptRecord.write`."""
        if self.done_uid() != uid:
            self._record.write({"job": name, "uid": uid, _DONE: True})

    def note_done(self, name: str, uid: str) -> None:
        """Remember the same if possible: nothing is lost without it, for as long as the Job is there."""
        try:
            self.remember_done(name, uid)
        except (StepEnded, OSError) as error:
            self._log.info(f"that the Job's work is done could not be kept on the lane's volume: {error}")

    def note_taken_back(self) -> None:
        """Remember, if possible, that the Job is about to be deleted since it did not start in time."""
        try:
            self._record.write({**self._record.read(), _TAKEN_BACK: True})
        except (StepEnded, OSError) as error:
            self._log.info(f"that the Job is taken back could not be kept on the lane's volume: {error}")

    def forget(self) -> None:
        """Forget everything: what was started has been taken back."""
        try:
            self._record.forget()
        except (StepEnded, OSError) as error:
            self._log.info(f"what the attempt has remembered could not be removed from the lane's volume: {error}")
