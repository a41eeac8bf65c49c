"""The commit protocol of a step's result."""

import json
from pathlib import Path

import pytest

from nightlane_risk.commit import committed_result, committing, result_digest
from nightlane_risk.errors import InputError


def commit(night_dir: Path, attempt: int, text: str) -> None:
    with committing(night_dir, "var-es", attempt) as result:
        result.file("var.json").write_text(text, encoding="utf-8")
        (result.directory / "scratch").write_text("not promised", encoding="utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_result_appears_as_a_whole_with_its_manifest(tmp_path: Path) -> None:
    commit(tmp_path, 1, "{}")
    assert names(tmp_path) == ["var-es"]
    assert json.loads((tmp_path / "var-es" / "manifest.json").read_text(encoding="utf-8")) == {
        "step": "var-es",
        "attempt": 1,
        "files": [
            {
                "path": "var.json",
                "bytes": 2,
                "sha256": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
            }
        ],
    }


def test_a_failure_commits_nothing_and_keeps_the_partial_directory(tmp_path: Path) -> None:
    def fail() -> None:
        with committing(tmp_path, "var-es", 2) as result:
            result.file("var.json").write_text("{", encoding="utf-8")
            raise RuntimeError("executor lost")

    with pytest.raises(RuntimeError, match="executor lost"):
        fail()
    assert names(tmp_path) == ["var-es.attempt-2.partial"]


def test_a_failure_leaves_the_earlier_result_alone(tmp_path: Path) -> None:
    commit(tmp_path, 1, "first")

    def promise_without_writing() -> None:
        with committing(tmp_path, "var-es", 2) as result:
            result.file("var.json")

    with pytest.raises(FileNotFoundError):
        promise_without_writing()
    assert (tmp_path / "var-es" / "var.json").read_text(encoding="utf-8") == "first"


def test_a_later_attempt_replaces_and_keeps_the_earlier(tmp_path: Path) -> None:
    commit(tmp_path, 1, "first")
    commit(tmp_path, 2, "second")
    assert names(tmp_path) == ["var-es", "var-es.replaced-2"]
    assert (tmp_path / "var-es" / "var.json").read_text(encoding="utf-8") == "second"
    assert (tmp_path / "var-es.replaced-2" / "var.json").read_text(encoding="utf-8") == "first"


def test_the_same_attempt_may_run_again(tmp_path: Path) -> None:
    for text in ("first", "second", "third"):
        commit(tmp_path, 1, text)
    (tmp_path / "var-es.attempt-1.partial").mkdir()
    commit(tmp_path, 1, "fourth")
    assert names(tmp_path) == ["var-es", "var-es.replaced-1"]
    assert (tmp_path / "var-es.replaced-1" / "var.json").read_text(encoding="utf-8") == "third"


def test_the_digest_tells_results_apart_and_not_attempts(tmp_path: Path) -> None:
    commit(tmp_path, 1, "{}")
    first = result_digest(tmp_path / "var-es")
    commit(tmp_path, 2, "{}")
    assert result_digest(tmp_path / "var-es") == first
    commit(tmp_path, 3, "{ }")
    assert result_digest(tmp_path / "var-es") != first


def test_a_step_that_has_not_committed_is_named(tmp_path: Path) -> None:
    (tmp_path / "var-es.attempt-1.partial").mkdir()
    with pytest.raises(InputError, match=r"the step 'var-es' has committed no result here. Run that step first"):
        committed_result(tmp_path, "var-es")


@pytest.mark.parametrize("damage", ["altered", "gone"])
def test_a_damaged_result_is_refused(tmp_path: Path, damage: str) -> None:
    commit(tmp_path, 1, "{}")
    path = tmp_path / "var-es" / "var.json"
    if damage == "altered":
        path.write_text("[]", encoding="utf-8")
    else:
        path.unlink()
    with pytest.raises(InputError, match=r"var.json: the file differs from its step's manifest. Run 'var-es' again."):
        committed_result(tmp_path, "var-es")
