"""Two that put something into one place of a container, one of them late, and one that dies while it does."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from nightlane_runner.container import remote_scripts
from nightlane_runner.container.pod_shell import PodContainer
from nightlane_runner.container.remote_process import LocalProcess
from nightlane_runner.container.shell_session import TransportFailed, WorkFailed
from nightlane_runner.container.transfer import copy_within, send_path
from nightlane_runner.container.work import ContainerWork
from tests.support.eventually import eventually
from tests.support.local_shell import LocalShell
from tests.support.local_work import SHELLS, SHELLS_OF_PROGRAMS, work_in


class _Frozen(LocalShell):
    """A shell to which something happens right before its session of a number begins."""

    def __init__(self, root: Path, shell: Sequence[str], session: int, happens: Callable[[], object]) -> None:
        super().__init__(root, shell)
        self._session = session
        self._happens = happens

    def start(self, target: PodContainer, script: str, arguments: Sequence[str]) -> LocalProcess:
        """Let it happen, then start."""
        if len(self.started) + 1 == self._session:
            self._happens()
        return super().start(target, script, arguments)


def _input(path: Path, content: bytes, is_folder: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    if is_folder:
        path.mkdir()
    (path / "x" if is_folder else path).write_bytes(content)
    return path


@pytest.mark.parametrize("is_folder", [True, False])
@pytest.mark.parametrize("shell", SHELLS)
def test_runner_that_wakes_up_in_its_commit_leaves_what_a_newer_one_has_committed(
    shell: Sequence[str], is_folder: bool, tmp_path: Path
) -> None:
    """R3: it was in charge when it last asked; what it wanted to put into place is gone, so it can only fail."""
    old, new = (_input(tmp_path / name, name.encode(), is_folder) for name in ("old", "new"))
    place = PurePosixPath("/results/input")
    (tmp_path / "results").mkdir()

    def newer() -> None:
        send_path(work_in(LocalShell(tmp_path, shell)), new, place, "newer", lambda: None)

    with pytest.raises(WorkFailed, match=r"cannot stat|can't rename"):
        send_path(work_in(_Frozen(tmp_path, shell, 3, newer)), old, place, "late", lambda: None)

    assert [entry.name for entry in (tmp_path / "results").iterdir()] == ["input"]
    arrived = tmp_path / "results" / "input"
    assert (arrived / "x" if is_folder else arrived).read_bytes() == b"new"


@pytest.mark.parametrize("shell", SHELLS)
def test_folders_on_the_way_to_a_place_are_writable_for_the_group(shell: Sequence[str], tmp_path: Path) -> None:
    """Steps of another user have the group: the run's folder may be what a copy has made."""
    results, first, second = (PurePosixPath("/results") / name for name in ("", "run-1/in", "run-2/in"))
    (tmp_path / "results").mkdir()
    send_path(work_in(LocalShell(tmp_path, shell)), _input(tmp_path / "a", b"a", True), first, "a", lambda: None)
    copy_within(work_in(LocalShell(tmp_path, shell)), first, second, "b", lambda: None)

    for place in (first.parent, second.parent):
        folder = tmp_path / "results" / place.relative_to(results)
        assert folder.stat().st_mode & 0o777 == 0o775


@pytest.mark.parametrize("shell", SHELLS)
def test_copy_that_wakes_up_in_its_commit_leaves_what_a_newer_one_has_committed(
    shell: Sequence[str], tmp_path: Path
) -> None:
    """R3: as for what is sent."""
    source, place = PurePosixPath("/results/run-1/step"), PurePosixPath("/results/run-2/step")
    _input(tmp_path / "results" / "run-1" / "step", b"1", is_folder=True)

    def newer() -> None:
        copy_within(work_in(LocalShell(tmp_path, shell)), source, place, "newer", lambda: None)

    with pytest.raises(WorkFailed, match=r"cannot stat|can't rename"):
        copy_within(work_in(_Frozen(tmp_path, shell, 3, newer)), source, place, "late", lambda: None)

    assert [entry.name for entry in (tmp_path / "results" / "run-2").iterdir()] == ["step"]
    assert (tmp_path / "results" / "run-2" / "step" / "x").read_bytes() == b"1"


@pytest.mark.parametrize("moves", [1, 2, 3])
@pytest.mark.parametrize("shell", SHELLS_OF_PROGRAMS)
def test_crash_within_a_commit_loses_nothing_and_leaves_nothing(
    shell: Sequence[str], moves: int, tmp_path: Path
) -> None:
    """The next runner, whose stream breaks at once, puts back what was there, or what was about to be."""
    fresh = _input(tmp_path / "fresh", b"new", is_folder=True)
    before = _input(tmp_path / "results" / "input", b"old", is_folder=True)
    tools = tmp_path / "bin"
    tools.mkdir()
    count = tmp_path / "count"
    count.write_text("0")
    # The container is lost after so many renames.
    (tools / "mv").write_text(
        f'#!/bin/sh\n/bin/mv "$@" || exit\nn=$(($(cat {count}) + 1)); echo $n >{count}\n'
        f"[ $n -lt {moves} ] || kill -9 $PPID\n"
    )
    (tools / "mv").chmod(0o755)

    with pytest.raises(TransportFailed):
        send_path(
            work_in(LocalShell(tmp_path, shell, f"{tools}:/usr/bin:/bin")),
            fresh,
            PurePosixPath("/results/input"),
            "dead",
            lambda: None,
        )
    with work_in(LocalShell(tmp_path, shell)).session(
        remote_scripts.RECEIVE, ["/results/input.partial-next", "/results/input"]
    ) as session:
        session.end_input()
        session.ending()

    assert (before / "x").read_bytes() == (b"new" if moves == 3 else b"old")
    assert sorted(entry.name for entry in before.parent.iterdir()) == ["input", "input.partial-next"]


@pytest.mark.parametrize("shell", SHELLS_OF_PROGRAMS)
def test_commit_into_a_folder_that_appears_meanwhile_is_undone(shell: Sequence[str], tmp_path: Path) -> None:
    """To mv that is a folder to move into."""
    fresh = _input(tmp_path / "fresh", b"new", is_folder=True)
    (tmp_path / "results").mkdir()
    place = tmp_path / "results" / "input"
    tools = tmp_path / "bin"
    tools.mkdir()
    # What is moved to the place finds that somebody has made it.
    (tools / "mv").write_text(f'#!/bin/sh\n[ "$2" != {place} ] || mkdir -p {place}\nexec /bin/mv "$@"\n')
    (tools / "mv").chmod(0o755)

    with pytest.raises(WorkFailed, match="by somebody else meanwhile"):
        send_path(
            work_in(LocalShell(tmp_path, shell, f"{tools}:/usr/bin:/bin")),
            fresh,
            PurePosixPath("/results/input"),
            "me",
            lambda: None,
        )

    assert list(place.iterdir()) == []


def _watched_sync(folder: Path, place: Path, ends: str = 'exec /bin/sync "$@"', knows: str = "-f, --files") -> str:
    """Return a path on which sync notes what is in the place, and then ends like that."""
    tools = folder / "tools"
    tools.mkdir()
    (tools / "sync").write_text(
        f'#!/bin/sh\n[ "$1" != --help ] || {{ echo "{knows}"; exit 0; }}\n'
        f'echo "$1 $(cat {place}/x 2>/dev/null)" >>{folder}/syncs\n{ends}\n'
    )
    (tools / "sync").chmod(0o755)
    return f"{tools}:/usr/bin:/bin"


@pytest.mark.parametrize("shell", SHELLS_OF_PROGRAMS)
@pytest.mark.parametrize("within", [False, True])
def test_what_is_put_into_a_place_is_on_the_volumes_disk(shell: Sequence[str], within: bool, tmp_path: Path) -> None:
    """R10: a node that loses its power must leave neither an empty file under its final name, nor what was before."""
    place = _input(tmp_path / "results" / "input", b"old", is_folder=True)
    fresh = _input(tmp_path / ("results" if within else "lane") / "fresh", b"new", is_folder=True)
    work = work_in(LocalShell(tmp_path, shell, _watched_sync(tmp_path, place)))
    remote = PurePosixPath("/results/input")

    if within:
        copy_within(work, PurePosixPath("/results/fresh"), remote, "me", lambda: None)
    else:
        send_path(work, fresh, remote, "me", lambda: None)

    assert (tmp_path / "syncs").read_text() == "-f old\n-f new\n"


class _Stopped(Exception):
    """The operator ordered it."""


@pytest.mark.parametrize("shell", SHELLS_OF_PROGRAMS)
@pytest.mark.parametrize("within", [False, True])
def test_runner_that_is_stopped_while_the_volume_writes_puts_nothing_into_place(
    shell: Sequence[str], within: bool, tmp_path: Path
) -> None:
    """R5: its script goes on in the container, minutes after the step has ended."""
    place = _input(tmp_path / "results" / "input", b"old", is_folder=True)
    fresh = _input(tmp_path / ("results" if within else "lane") / "fresh", b"new", is_folder=True)
    slow = f"for each in $(seq 200); do [ ! -e {tmp_path}/written ] || break; sleep 0.1; done; : >{tmp_path}/over"
    # In a session that does not end with the connection, as in a container.
    apart = ["/bin/sh", "-c", 'setsid "$@" 2>&1 | cat >&2', "apart"]
    local = LocalShell(tmp_path, [*apart, *shell], _watched_sync(tmp_path, place, ends=slow))

    def check() -> None:
        if (tmp_path / "syncs").exists():
            raise _Stopped

    work = ContainerWork(local, PodContainer("pricing-0", "main"), check, time.monotonic() + 20)
    remote = PurePosixPath("/results/input")
    put: Callable[[], object]
    if within:
        put = partial(copy_within, work, PurePosixPath("/results/fresh"), remote, "me", lambda: None)
    else:
        put = partial(send_path, work, fresh, remote, "me", lambda: None)
    with pytest.raises(_Stopped):
        put()
    (tmp_path / "written").touch()
    eventually((tmp_path / "over").exists, "the end of the sync")
    time.sleep(0.5)

    assert (place / "x").read_bytes() == b"old"


@pytest.mark.parametrize(
    "words", ["Input/output error", "I/O error", "No space left on device", "Disk quota exceeded", "Stale file handle"]
)
def test_volume_that_does_not_take_what_came_is_heard(words: str, tmp_path: Path) -> None:
    """R10: the last that a full or broken volume says, it says then."""
    place = _input(tmp_path / "results" / "input", b"old", is_folder=True)
    programs = _watched_sync(tmp_path, place, ends=f"echo \"sync: error syncing '$2': {words}\" >&2; exit 1")

    with pytest.raises(WorkFailed, match=words):
        send_path(
            work_in(LocalShell(tmp_path, path=programs)),
            _input(tmp_path / "fresh", b"new", is_folder=True),
            PurePosixPath("/results/input"),
            "me",
            lambda: None,
        )

    assert (place / "x").read_bytes() == b"old"


@pytest.mark.parametrize("shell", SHELLS_OF_PROGRAMS)
@pytest.mark.parametrize("words", ["Operation not permitted", "Function not implemented", "Bad system call"])
def test_container_whose_sync_is_not_permitted_is_sent_to_as_well(
    shell: Sequence[str], words: str, tmp_path: Path
) -> None:
    """By a seccomp profile, or a sandbox that has no such call."""
    place = _input(tmp_path / "results" / "input", b"old", is_folder=True)
    programs = _watched_sync(tmp_path, place, ends=f"echo \"sync: error syncing '$2': {words}\" >&2; exit 1")

    send_path(
        work_in(LocalShell(tmp_path, shell, programs)),
        _input(tmp_path / "fresh", b"new", is_folder=True),
        PurePosixPath("/results/input"),
        "me",
        lambda: None,
    )

    assert (place / "x").read_bytes() == b"new"


def test_container_whose_sync_knows_no_file_system_is_sent_to_as_well(tmp_path: Path) -> None:
    """A sync of everything would wait for whatever others write on that node."""
    place = tmp_path / "results" / "input"
    place.parent.mkdir()
    programs = _watched_sync(tmp_path, place, knows="usage: sync")

    send_path(
        work_in(LocalShell(tmp_path, path=programs)),
        _input(tmp_path / "fresh", b"new", is_folder=True),
        PurePosixPath("/results/input"),
        "me",
        lambda: None,
    )

    assert (place / "x").read_bytes() == b"new"
    assert not (tmp_path / "syncs").exists()
