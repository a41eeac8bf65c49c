"""Each of the thirty faults that a runner must hold has a test that says so, and a line in the README."""

import ast
import re
from pathlib import Path

import pytest

from tests.conftest import FAULTS

_TESTS = Path(__file__).parent
_ALL = set(range(1, 31))


def test_every_fault_has_a_test(request: pytest.FixtureRequest) -> None:
    """A fault without a test would come back unnoticed."""
    if len(request.config.args) > 1 or request.config.args[0] not in ("tests", str(_TESTS)):
        pytest.skip("only a part of the tests was collected")

    faults = request.config.stash[FAULTS]

    assert set(faults) == _ALL


def test_every_fault_is_explained() -> None:
    """The README's table says how each is held, and names tests that exist."""
    rows = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", (_TESTS.parent / "README.md").read_text(), re.MULTILINE)
    sources = "".join(file.read_text() for file in _TESTS.glob("test_*.py"))

    assert {int(number) for number, _ in rows} >= _ALL
    for number, names in rows:
        for name in re.findall(r"`(test_\w+)`", names):
            assert f"def {name}(" in sources, f"fault {number}: {name}"


def test_every_test_that_the_readme_names_is_there() -> None:
    """A name that was changed, or a test that was removed, leaves a promise that nobody keeps."""
    named = set(re.findall(r"`(test_\w+)`", (_TESTS.parent / "README.md").read_text(encoding="utf-8")))
    written = "".join(file.read_text(encoding="utf-8") for file in _TESTS.glob("test_*.py"))
    assert {name for name in named if f"def {name}(" not in written} == set()


def test_what_a_person_sees_is_said_for_every_risk() -> None:
    """R1 to R38 are named in the tests that hold them; each has a row with one of those tests."""
    _, _, table = (_TESTS.parent / "README.md").read_text(encoding="utf-8").partition("## What a person sees, and when")
    named = set(re.findall(r"`(test_\w+)`", table))
    risks: dict[int, set[str]] = {number: set() for number in range(1, 39)}
    for file in _TESTS.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = (ast.get_docstring(node) or "").partition(":")[0]
                for number in re.findall(r"\bR(\d+)", said):
                    risks[int(number)].add(node.name)

    assert [number for number, tests in risks.items() if not tests & named] == []
