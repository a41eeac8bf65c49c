"""A real kube-apiserver with etcd and controller-manager, as the farm starts it."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]

RUNNING_SERVER_VARIABLE = "NIGHTLANE_TEST_KUBECONFIG"
"""Administrator's kubeconfig of an API server that runs already, to save its start while working on tests."""

_PROGRAMS = REPOSITORY / "node_modules" / ".bin"


def pinned_tool(name: str) -> Path:
    """Return the path of a tool in its pinned version; the first time it is built, which takes minutes."""
    told = subprocess.run(
        [str(_PROGRAMS / "node"), "--import", "tsx", "test/farm/tools/cli.ts", "path", name],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    ).stdout
    return Path(json.loads(told)[name])


@contextmanager
def running_api_server(folder: Path) -> Iterator[Path]:
    """Start one in `folder`, yield its administrator's kubeconfig and stop it."""
    if (given := os.environ.get(RUNNING_SERVER_VARIABLE)) is not None:
        yield Path(given)
        return
    process = subprocess.Popen(
        [str(_PROGRAMS / "node"), "--import", "tsx", "test/farm/cli.ts", "api-server", "--dir", str(folder)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PATH": f"{_PROGRAMS}{os.pathsep}{os.environ['PATH']}"},
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # Whatever else is said comes on standard error; the first time, tools are built, which takes minutes.
        yield Path(json.loads(process.stdout.readline())["kubeconfig"])
    finally:
        process.stdin.close()
        process.wait(60)
