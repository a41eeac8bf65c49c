"""Orders in the form in which the downward API writes annotations."""

from pathlib import Path

import pytest

from nightlane_runner.orders import read_order


@pytest.mark.parametrize(
    ("content", "order"),
    [
        ('a="1"\nnightlane/order="stop"\nb="2"', "stop"),
        ('nightlane/order="say \\"x\\""', 'say "x"'),
        ('note="nightlane/order=\\"stop\\""', ""),
        ('note="line\\nnightlane/order=\\"stop\\""', ""),
        ('nightlane/order="stop', ""),
        ("", ""),
    ],
)
def test_order_is_found_in_its_own_annotation_only(tmp_path: Path, content: str, order: str) -> None:
    """Whatever other annotations say."""
    file = tmp_path / "annotations"
    file.write_text(content)
    assert read_order(file) == order


def test_pod_without_the_mount_has_no_orders(tmp_path: Path) -> None:
    """As on a laptop."""
    assert read_order(tmp_path / "annotations") == ""
