"""Steps of every kind against a compromised API server: it may fail the step, and nothing else."""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nightlane_runner.exit_codes import ExitCode
from tests.support.attacks import ATTACKS
from tests.support.eventually import eventually
from tests.support.hostile_server import TOKEN, hostile_server
from tests.support.steps import copy_step, document, exec_step, reuse_step, spark_step, sweep_step

MEMORY = 400 * 2**20
"""Address space that a runner has: its pod's limit is 256 MiB of memory, and a bomb takes any space there is."""

DISK = 8 * 2**20
"""Bytes that it may leave: logs, and what it keeps of an attempt."""

START_SECONDS = 60.0
"""How long a runner may take to start, with eleven others beside it."""

PATIENCE_SECONDS = 4.0
"""How long an attack may go on before the operator stops the step."""

STOP_SECONDS = 25.0
"""How long a stop may take: the kubelet kills after 30 s."""

SMALL = {"outageBudgetSeconds": 2, "troubleSeconds": 600}
RUN = {"pipeline": "night", "namespace": "risk"}

VERBS: dict[str, tuple[str, dict[str, Any]]] = {
    "spark": ("spark", {**spark_step("risk"), **SMALL}),
    "exec": ("exec", {**exec_step("risk", ["true"]), **SMALL}),
    "copy-in": ("copy-in", {**copy_step("risk", "/results/night/x", "/results/night/x"), **SMALL}),
    "copy-out": ("copy-out", {**copy_step("risk", "/results/night/x", "/results/night/x"), **SMALL}),
    "reuse": ("reuse", {**reuse_step("risk", 1), **SMALL}),
    "sweep": ("sweep", {**sweep_step("risk"), **SMALL}),
    "reap": ("reap", {"reap": {"customer": "nordbank", "namespace": "risk", "orphanSeconds": 60, "watchSeconds": 2}}),
    "tidy": ("tidy", {"tidy": {**RUN, "keepResultsDays": 30, "keepLogsDays": 30}}),
}


EVERY_ATTACK = ("spark", "exec")
"""Kinds of step that meet every attack: between them they ask for all that a runner asks for. Of the others each meets
two attacks in six."""


@dataclass(frozen=True)
class Contained:
    """What is wrong with how a runner took an attack; nothing where it is contained.

    Attributes:
        verb: the kind of step.
        attack: what it met.
        wrong: what is wrong, and the end of what the runner said.
        late: nothing but its time is wrong.

    """

    verb: str
    attack: str
    wrong: list[str]
    late: bool


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Contained]:
    """Every kind of step under every attack, some at once."""
    folder = tmp_path_factory.mktemp("hostile")
    pairs = [(verb, attack) for verb in EVERY_ATTACK for attack in ATTACKS]
    others = [verb for verb in VERBS if verb not in EVERY_ATTACK]
    pairs += [(others[number % len(others)], attack) for number, attack in enumerate(ATTACKS)]
    pairs += [(others[(number + 3) % len(others)], attack) for number, attack in enumerate(ATTACKS)]
    with ThreadPoolExecutor(max_workers=12) as pool:
        found = list(pool.map(lambda pair: attacked(folder, *pair), pairs))
    # So many at once share little of a machine: what one of them had no time for is seen when it runs alone.
    found = [attacked(folder / "alone", each.verb, each.attack) if each.late else each for each in found]
    contained = sum(not each.wrong for each in found)
    for each in found:
        if each.wrong:
            print(f"\n{each.verb}, {each.attack}: {' '.join(' / '.join(each.wrong).split())[:400]}")
    print(f"\nhostile: {len(found)} attacks, {contained} contained")
    return found


def test_nothing_but_the_step_fails(outcomes: list[Contained]) -> None:
    """It ends with a code and a sentence, in its memory, and leaves neither text that steers nor files."""
    assert len(outcomes) >= 190
    assert [(each.verb, each.attack, each.wrong) for each in outcomes if each.wrong] == []


def attacked(folder: Path, verb: str, attack: str) -> Contained:
    """Run a step against an attack and look at what is left."""
    kind, step = VERBS[verb]
    mounts = folder / f"{verb}-{sorted(ATTACKS).index(attack)}"
    for name in ("tmp", "dev", "podinfo", "results"):
        (mounts / name).mkdir(parents=True)
    given = mounts / "results" / "night" / "x"
    given.parent.mkdir()
    given.write_text("what copy-in is to bring", encoding="utf-8")
    with hostile_server(mounts / "server", ATTACKS[attack]) as server:
        server.write_kubeconfig(mounts / "credentials" / "kubeconfig")
        output = mounts / "output"
        with output.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "nightlane_runner", kind],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={**os.environ, "NIGHTLANE_MOUNT_ROOT": str(mounts), "NIGHTLANE_STEP": document(step)},
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
            )
        # Some steps are over in a moment, some take their time to start: an attack begins with the first request.
        with contextlib.suppress(AssertionError):
            eventually(lambda: server.requests > 0 or process.poll() is not None, "the first request", START_SECONDS)
        late, wrong = list[str](), list[str]()
        if not ended(process):
            late.append("did not end when it was stopped")
        elif process.returncode not in {*ExitCode, -signal.SIGTERM}:
            wrong.append(f"ended with {process.returncode}")
        if server.requests == 0:
            late.append("asked the server nothing")
    said = output.read_text(encoding="utf-8", errors="surrogateescape")
    ends = mounts / "dev" / "termination-log"
    sentence = ends.read_text(encoding="utf-8", errors="surrogateescape") if ends.exists() else ""
    wrong += [f"says {character!r}" for character in sorted(set(steering(said)) | set(steering(sentence)))]
    if "MemoryError" in said or "RecursionError" in said:
        wrong.append("ran out of memory or stack")
    if TOKEN in said or TOKEN in sentence:
        wrong.append("reveals its token")
    if max((len(line) for line in said.splitlines()), default=0) > LONGEST_LINE:
        wrong.append("writes a line of any length")
    left = [file for file in mounts.rglob("*") if file.is_file() and "server" not in file.parts and file != output]
    if sum(file.stat().st_blocks * 512 for file in left) > DISK:
        wrong.append("left more than it may")
    found = [*late, *wrong]
    return Contained(verb, attack, [*found, *([f"said: {said[-600:]}"] if found else [])], bool(late) and not wrong)


LONGEST_LINE = 20_000
"""Characters of one line, with what is said of the rest."""


def ended(process: "subprocess.Popen[bytes]") -> bool:
    """Wait for the end, at last by the operator's signal."""
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return False
    return True


def steering(text: str) -> list[str]:
    """Return the characters that a terminal would obey."""
    kinds = ("Cc", "Cf", "Zl", "Zp", "Cs")
    return [each for each in text if each not in "\n\t" and unicodedata.category(each) in kinds]
