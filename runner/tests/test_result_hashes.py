"""What the run record learns of a step's results."""

import json
import os
from pathlib import Path, PurePosixPath

from nightlane_runner.container.archive import UnpackedFile
from nightlane_runner.lane.result_hashes import LONGEST, MOST_FILES, write_result_hashes


def _written(files: dict[str, str], outputs: Path) -> dict[str, object]:
    write_result_hashes({PurePosixPath(path): UnpackedFile(1, sha256) for path, sha256 in files.items()}, outputs)
    document: dict[str, object] = json.loads((outputs / "results").read_text(encoding="utf-8"))
    return document


def test_same_files_have_the_same_hash_whatever_their_order(tmp_path: Path) -> None:
    """Two runs with the same files are the same."""
    first = _written({"a": "1" * 64, "b/c": "2" * 64}, tmp_path)
    second = _written({"b/c": "2" * 64, "a": "1" * 64}, tmp_path)
    assert first == second
    assert first["files"] == {"a": "1" * 64, "b/c": "2" * 64}


def test_another_name_or_content_has_another_hash(tmp_path: Path) -> None:
    """A rename counts as much as a change."""
    hashes = {_written(files, tmp_path)["sha256"] for files in ({"a": "1" * 64}, {"b": "1" * 64}, {"a": "2" * 64}, {})}
    assert len(hashes) == 4


def test_name_that_is_no_text_has_a_hash_too(tmp_path: Path) -> None:
    """A program of another age has named it in Latin-1."""
    name = os.fsdecode(b"r\xe9sum\xe9.csv")
    document = _written({name: "1" * 64}, tmp_path)
    assert document["files"] == {name: "1" * 64}
    assert (tmp_path / "results").read_bytes().isascii()


def test_many_files_are_told_by_one_hash(tmp_path: Path) -> None:
    """The workflow must not grow with the number of files."""
    document = _written({str(number): "1" * 64 for number in range(MOST_FILES + 1)}, tmp_path)
    assert set(document) == {"sha256"}


def test_long_names_are_told_by_one_hash(tmp_path: Path) -> None:
    """Admission refuses a longer document, and with it the step's whole report."""
    document = _written({f"{number}-{'ü' * 200}": "1" * 64 for number in range(MOST_FILES)}, tmp_path)
    assert set(document) == {"sha256"}
    assert (tmp_path / "results").stat().st_size <= LONGEST


def test_a_name_that_looks_like_an_expression_is_none(tmp_path: Path) -> None:
    """The workflow substitutes what is in two braces; read back, the name is the same."""
    document = _written({"{{=1+1}}/{{{": "1" * 64}, tmp_path)
    assert document["files"] == {"{{=1+1}}/{{{": "1" * 64}
    assert "{{" not in (tmp_path / "results").read_text(encoding="utf-8")
