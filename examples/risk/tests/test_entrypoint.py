"""The image's entrypoint: what it makes of a pod's environment, with stand-ins for Spark and Java."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import DATA

ENTRYPOINT = DATA.parent / "entrypoint.sh"
DRIVER = {"SPARK_DRIVER_BIND_ADDRESS": "10.0.0.7"}
EXECUTOR = {
    "SPARK_DRIVER_URL": "spark://CoarseGrainedScheduler@10.0.0.7:7078",
    "SPARK_EXECUTOR_ID": "1",
    "SPARK_EXECUTOR_CORES": "1",
    "SPARK_EXECUTOR_MEMORY": "1024m",
    "SPARK_APPLICATION_ID": "spark-app",
    "SPARK_EXECUTOR_POD_IP": "10.0.0.8",
    "SPARK_EXECUTOR_POD_NAME": "nl-scenarios-1a2b3c4d-exec-1",
    "SPARK_RESOURCE_PROFILE_ID": "0",
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Make a Spark home and a Java that print their arguments, one a line."""
    for program in (tmp_path / "bin" / "spark-submit", tmp_path / "java"):
        program.parent.mkdir(exist_ok=True)
        program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    (tmp_path / "jars").mkdir()
    for jar in ("b.jar", "a.jar"):
        (tmp_path / "jars" / jar).touch()
    return tmp_path


def run(home: Path, arguments: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ENTRYPOINT), *arguments],
        env={
            "PATH": f"{home}:{os.environ['PATH']}",
            "SPARK_HOME": str(home),
            "SPARK_CONF_DIR": str(home),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )


def settings(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    lines = done.stdout.splitlines()
    pairs = [lines[i + 1].partition("=") for i, line in enumerate(lines) if line == "--conf"]
    return {name: value for name, _, value in pairs}


def test_the_driver_is_what_spark_submit_is_told(home: Path) -> None:
    said = ["--conf", "spark.executor.instances=2", "/opt/risk/jobs/scenarios.py", "--scenarios", "2000"]
    done = run(home, ["driver", *said], DRIVER)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-7:-5] == ["--deploy-mode", "client"]
    assert lines[-5:] == said
    given = settings(done)
    assert given["spark.driver.bindAddress"] == "10.0.0.7"
    assert given["spark.driver.extraClassPath"] == f"{home}/jars/a.jar:{home}/jars/b.jar"


def test_the_driver_names_the_variable_it_lacks(home: Path) -> None:
    done = run(home, ["driver", "main.py"], {})
    assert done.returncode == 2
    assert "entrypoint: not set: SPARK_DRIVER_BIND_ADDRESS." in done.stderr


@pytest.mark.parametrize(("arguments", "message"), [(["driver"], "wants what spark-submit takes"), ([], "say what to run")])
def test_a_command_without_its_argument_is_refused(home: Path, arguments: list[str], message: str) -> None:
    done = run(home, arguments, DRIVER)
    assert done.returncode == 2
    assert message in done.stderr


def test_the_executor_keeps_the_order_of_its_java_options(home: Path) -> None:
    options = {f"SPARK_JAVA_OPT_{number}": f"-Doption={number}" for number in range(12)}
    done = run(home, ["executor"], {**EXECUTOR, **options})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:12] == [f"-Doption={number}" for number in range(12)]
    assert lines[12:14] == ["-Xms1024m", "-Xmx1024m"]
    assert lines[16:] == [
        "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend",
        *("--driver-url", EXECUTOR["SPARK_DRIVER_URL"]),
        *("--executor-id", "1"),
        *("--cores", "1"),
        *("--app-id", "spark-app"),
        *("--hostname", "10.0.0.8"),
        *("--resourceProfileId", "0"),
        *("--podName", "nl-scenarios-1a2b3c4d-exec-1"),
    ]


def test_other_commands_run_as_they_are(home: Path) -> None:
    assert run(home, ["echo", "hello"], {}).stdout == "hello\n"
