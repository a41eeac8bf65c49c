"""What a result manifest may say."""

import json
import tracemalloc

import pytest

from nightlane_runner.container.transfer import MOST_LIST_BYTES
from nightlane_runner.lane.file_manifest import MOST_FILES, UnusableManifest, parse_manifest


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
    with pytest.raises(UnusableManifest, match="it is not JSON"):
        parse_manifest(b"[" * 100_000)


@pytest.mark.parametrize("entry", ["{}", "[]", '{"path":"x","bytes":1}'])
def test_memory_that_a_manifest_takes_is_limited(entry: str) -> None:
    """R38: of as many bytes as a list may have; the container has 256 MiB, and the runner needs 30 for itself."""
    entries = (MOST_LIST_BYTES - 20) // (len(entry) + 1)
    content = b'{"files":[' + f"{entry},".encode() * entries + f"{entry}]}}".encode()
    tracemalloc.start()
    try:
        with pytest.raises(UnusableManifest, match="it lists no file" if entry == "[]" else "more than 50000 files"):
            parse_manifest(content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 170 * 1024**2


def test_manifest_may_list_as_many_files_as_it_says() -> None:
    """R38: to the last one."""
    listed = [{"path": f"{number}.csv", "bytes": 1, "sha256": "1" * 64} for number in range(MOST_FILES)]
    assert len(parse_manifest(json.dumps({"step": "x", "attempt": 1, "files": listed}).encode()).files) == MOST_FILES
    listed.append({"path": "one.csv", "bytes": 1, "sha256": "1" * 64})
    with pytest.raises(UnusableManifest, match="more than 50000 files"):
        parse_manifest(json.dumps({"step": "x", "attempt": 1, "files": listed}).encode())
