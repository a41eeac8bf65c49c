"""Putting into place: whole or not at all, no matter who else tries, or which runner was frozen for how long."""

import errno
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane import folder as folder_module
from nightlane_runner.lane.attempt_record import AttemptRecord
from nightlane_runner.lane.copy_charge import CopyCharge
from nightlane_runner.lane.folder import Superseded, put_into_place, write_durably
from nightlane_runner.lane.own_folder import own_folder
from nightlane_runner.steps.results import ResultsFetch
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.results_volume import OWN_MANIFEST, STEP_FOLDER, ResultsVolume
from tests.support.steps import document, spark_step

MEBIBYTE = 1024 * 1024


class _Attempt:
    """Two runners of one attempt on one lane."""

    def __init__(self, admin: Administrator, kubelet: Kubelet, mounts: Path, root: Path) -> None:
        kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
        self.volume = ResultsVolume(root)
        self._step, _ = StepInput(document(spark_step(admin.namespace))).spark()
        self.mounts = mounts
        self.lane = mounts / "results" / STEP_FOLDER

    def runner(self, require_charge: Callable[[], None] = lambda: None) -> ResultsFetch:
        """Return what brings the results, of another runner each time."""
        context = Surroundings(self.mounts, self._step).context
        return ResultsFetch(context, self.volume.shell, OWN_MANIFEST, None, None, require_charge, lambda: None)

    def is_home(self) -> bool:
        """Whether all that the manifest says is in place, by hash."""
        manifest = json.loads((self.lane / "manifest.json").read_bytes())
        return all(
            hashlib.sha256((self.lane / file["path"]).read_bytes()).hexdigest() == file["sha256"]
            for file in manifest["files"]
        )


@pytest.fixture
def attempt(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> _Attempt:
    """An attempt with 16 MiB of results."""
    attempt = _Attempt(admin, kubelet, mounts, tmp_path / "customer")
    attempt.volume.leave({"a-figures.json": os.urandom(8 * MEBIBYTE), "paths.bin": os.urandom(8 * MEBIBYTE)})
    return attempt


@pytest.mark.api_server
def test_runner_that_stalls_over_another_ones_results_changes_nothing(attempt: _Attempt) -> None:
    """R3: A fetches, stalls after 3 MiB, and B brings all: each has a folder of its own, and B's stands."""
    late, newer = attempt.runner(), attempt.runner()
    newer.try_early()
    attempt.volume.shell.cuts = [3 * MEBIBYTE]
    late.try_early()

    newer.run()

    assert attempt.is_home()
    late.run()
    assert attempt.is_home()
    assert [entry.name for entry in attempt.lane.parent.iterdir()] == [attempt.lane.name]


@pytest.mark.api_server
def test_runner_that_was_frozen_before_it_put_results_into_place_changes_nothing(
    attempt: _Attempt, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R4: it wakes after the check and before the action, with results that are not the application's final ones."""
    late, newer = attempt.runner(), attempt.runner()
    moved = folder_module._moved
    placed: list[int] = []

    def newer_is_faster(source: Path, place: Path) -> bool:
        monkeypatch.setattr(folder_module, "_moved", moved)
        attempt.volume.leave({"a-figures.json": b"last", "paths.bin": b"words"})
        newer.run()
        placed.append(attempt.lane.stat().st_ino)
        return moved(source, place)

    monkeypatch.setattr(folder_module, "_moved", newer_is_faster)

    late.run()

    assert attempt.is_home()
    assert (attempt.lane / "a-figures.json").read_bytes() == b"last"
    assert placed == [attempt.lane.stat().st_ino]


def test_what_somebody_has_put_there_meanwhile_is_put_back(tmp_path: Path) -> None:
    """R4: frozen once more, between the look at what is in place and its removal."""
    place, older = tmp_path / "var-es", tmp_path / "earlier"
    place.mkdir()
    (place / "attempt").write_text("1")
    mine = own_folder(place, "late")
    (mine / "attempt").write_text("2 late")
    looks: list[str] = []

    def may_replace(entry: Path) -> bool:
        looks.append((entry / "attempt").read_text())
        if len(looks) == 1:
            newer = tmp_path / "newer"
            newer.mkdir()
            (newer / "attempt").write_text("2 newer")
            place.rename(older)
            newer.rename(place)
        return looks[-1] == "1"

    with pytest.raises(Superseded):
        put_into_place(mine, place, "late", may_replace)

    assert looks == ["1", "2 newer"]
    assert (place / "attempt").read_text() == "2 newer"


def test_crash_between_the_two_renames_loses_nothing(tmp_path: Path) -> None:
    """What was in place is beside it, whole, and the next runner puts its own there."""
    place = tmp_path / "var-es"
    child = os.fork()
    if child == 0:
        place.mkdir()
        (place / "var.json").write_text("old")
        mine = own_folder(place, "first")
        put_into_place(mine, place, "first", lambda entry: entry == place or _crash())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert not place.exists()
    assert (tmp_path / "var-es.replaced-first" / "var.json").read_text() == "old"

    mine = own_folder(place, "second")
    (mine / "var.json").write_text("new")
    put_into_place(mine, place, "second")

    assert (place / "var.json").read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["var-es"]


def _crash() -> bool:
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def test_record_is_on_the_disk_before_it_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R10: else a power cut leaves an empty record, and that is 30."""
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def noted_sync(descriptor: int) -> None:
        done.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().name.partition('.new-')[0]}")
        sync(descriptor)

    def noted_replace(self: Path, target: Path) -> Path:
        done.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_sync)
    monkeypatch.setattr(Path, "replace", noted_replace)

    AttemptRecord(tmp_path / "attempt-1.json").write({"uid": "x"})

    assert done == ["sync attempt-1.json", "rename", f"sync {tmp_path.name}"]


def test_record_that_several_write_at_once_is_always_whole(tmp_path: Path) -> None:
    """R10: half a record is 30, and half a name of a runner takes charge from nobody or everybody."""
    file = tmp_path / "report.attempts" / "copy.runner"
    texts = [str(number) * 50_000 for number in range(8)]

    def write_and_read(text: str) -> set[str]:
        seen = set()
        for _ in range(25):
            write_durably(file, text)
            seen.add(file.read_text())
        return seen

    with ThreadPoolExecutor(8) as pool:
        seen = set().union(*pool.map(write_and_read, texts))

    assert seen <= set(texts)
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_record_that_the_volume_does_not_give_is_for_another_try(tmp_path: Path) -> None:
    """A network file system is away for a moment; what was started is as it was."""
    folder = tmp_path / "attempt-1.json"
    folder.mkdir()
    with pytest.raises(StepEnded) as end:
        AttemptRecord(folder).read()
    assert end.value.code is ExitCode.INFRASTRUCTURE


def test_record_that_cannot_be_understood_is_lost(tmp_path: Path) -> None:
    """Nobody can say what was started."""
    (tmp_path / "attempt-1.json").write_text("{")
    with pytest.raises(StepEnded) as end:
        AttemptRecord(tmp_path / "attempt-1.json").read()
    assert end.value.code is ExitCode.LOST


@pytest.mark.parametrize("links", [True, False], ids=["with hard links", "without"])
def test_record_is_made_by_one_of_several_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    """And is the whole one of the first."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    if not links:
        monkeypatch.setattr(os, "link", refuse)
    file = tmp_path / "report.attempts" / "attempt-1.json"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: AttemptRecord(file).create({"pid": number}), range(8)))

    assert sum(made) == 1
    assert AttemptRecord(file).read() == {"pid": made.index(True)}
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]


def test_copy_is_carried_by_the_runner_that_began_last(tmp_path: Path) -> None:
    """R3: a copy has no Job and no Lease, but a file beside its log."""
    file = tmp_path / "report.attempts" / "copy.runner"
    first, second = CopyCharge(file, 9, "first"), CopyCharge(file, 9, "second")
    first.take()
    first.require()
    second.take()

    second.require()
    with pytest.raises(StepEnded) as end:
        first.require()
    assert end.value.code is ExitCode.DETACHED


def test_copy_of_an_earlier_attempt_is_not_begun_again_beside_a_later_one(tmp_path: Path) -> None:
    """Its node was cut off for long; the workflow has gone on."""
    file = tmp_path / "report.attempts" / "copy.runner"
    late, newer = CopyCharge(file, 9, "late"), CopyCharge(file, 10, "newer")
    late.take()
    newer.take()

    with pytest.raises(StepEnded) as end:
        late.take()
    assert end.value.code is ExitCode.DETACHED
    assert (newer.is_mine(), late.is_mine()) == (True, False)


@pytest.mark.api_server
def test_results_of_this_attempt_that_are_in_place_are_a_success(attempt: _Attempt) -> None:
    """Another runner has brought them; a pod that came later has written other ones. Trying again changes nothing."""
    attempt.runner().run()
    brought = (attempt.lane / "a-figures.json").read_bytes()
    attempt.volume.leave({"a-figures.json": b"later"})
    outputs = attempt.mounts / "tmp" / "outputs" / "results"
    outputs.unlink()

    attempt.runner().run()

    assert (attempt.lane / "a-figures.json").read_bytes() == brought
    assert json.loads(outputs.read_text())["files"]["a-figures.json"] == hashlib.sha256(brought).hexdigest()
    assert [entry.name for entry in attempt.lane.parent.iterdir()] == [attempt.lane.name]


@pytest.mark.api_server
def test_folder_that_was_removed_under_the_runner_in_charge_is_filled_anew(attempt: _Attempt) -> None:
    """What it takes for fetched is gone, and the folder is there again: else no try would ever fetch it."""
    runner = attempt.runner()
    attempt.volume.shell.cuts = [9 * MEBIBYTE]
    runner.try_early()
    (partial,) = attempt.lane.parent.glob("*.partial-*")
    assert (partial / "a-figures.json").stat().st_size == 8 * MEBIBYTE
    shutil.rmtree(partial)

    runner.run()

    assert attempt.is_home()


@pytest.mark.api_server
def test_what_an_evicted_runner_has_brought_whole_is_not_fetched_again(attempt: _Attempt) -> None:
    """R26: its successor compares it with the manifest, and asks for the rest."""
    first, second = attempt.runner(), attempt.runner()
    first.try_early()
    (left,) = attempt.lane.parent.glob("*.partial-*")
    (left / "paths.bin").write_bytes(b"half")
    (left / "of-no-manifest.csv").mkdir()
    (left / "of-no-manifest.csv" / "x").write_bytes(b"x")
    # Whatever would be asked for once more could not be sent.
    (attempt.volume.folder / "a-figures.json").unlink()

    second.run()

    assert attempt.is_home()
    assert {entry.name for entry in attempt.lane.iterdir()} == {"a-figures.json", "paths.bin", "manifest.json"}
    assert [entry.name for entry in attempt.lane.parent.iterdir()] == [attempt.lane.name]


@pytest.mark.api_server
def test_runner_that_steps_back_leaves_nothing_behind(attempt: _Attempt) -> None:
    """R3: gigabytes of a copy for which nobody comes would stay as long as their date."""
    charges: list[str] = []

    def require_charge() -> None:
        charges.append("asked")
        if len(charges) > 1:
            raise StepEnded(ExitCode.DETACHED, "another runner has taken over")

    with pytest.raises(StepEnded, match="taken over"):
        attempt.runner(require_charge).run()

    assert list(attempt.lane.parent.iterdir()) == []


def test_folders_of_runners_that_are_gone_are_removed(tmp_path: Path) -> None:
    """By the one that is in charge now."""
    place = tmp_path / "report"
    (own_folder(place, "dead") / "half").write_text("x")
    own_folder(place, "alive")
    eventually(lambda: [entry.name for entry in tmp_path.iterdir()] == ["report.partial-alive"], "the removal")
