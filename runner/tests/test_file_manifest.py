"""What a result manifest may say."""

import json

import pytest

from nightlane_runner.lane.file_manifest import UnusableManifest, parse_manifest


@pytest.mark.parametrize("path", ["a\0b", "half \ud800", "a\nb", "../a", "/a", ""])
def test_path_that_can_be_no_file_s_is_refused_with_a_sentence(path: str) -> None:
    """It is the application's mistake, and no error of the runner's when it comes to write the file."""
    listed = {"path": path, "bytes": 1, "sha256": "1" * 64}
    with pytest.raises(UnusableManifest, match="be a name that a file can have"):
        parse_manifest(json.dumps({"step": "var-es", "attempt": 1, "files": [listed]}).encode())


def test_name_in_another_encoding_is_a_name() -> None:
    """As Python writes it whose folder holds such a file."""
    listed = {"path": "r\udce9sum\udce9.csv", "bytes": 1, "sha256": "1" * 64}
    manifest = parse_manifest(json.dumps({"step": "var-es", "attempt": 1, "files": [listed]}).encode())
    assert [str(file.path) for file in manifest.files] == ["r\udce9sum\udce9.csv"]


def test_document_of_lists_in_lists_is_no_manifest() -> None:
    """It would end the parser, and with it the runner."""
    with pytest.raises(UnusableManifest, match="it is no JSON"):
        parse_manifest(b"[" * 100_000)
