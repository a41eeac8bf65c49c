"""The image's entrypoint: what it makes of a pod's environment, with stand-ins for Spark and Java."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import DATA

ENTRYPOINT = DATA.parent / "entrypoint.sh"
DRIVER = {
    "POD_IP": "10.0.0.7",
    "POD_NAME": "nl-scenarios-1a2b3c4d-x7k2p",
    "POD_NAMESPACE": "risk",
    "JOB_NAME": "nl-scenarios-1a2b3c4d",
    "KUBERNETES_SERVICE_HOST": "10.1.0.1",
    "KUBERNETES_SERVICE_PORT": "443",
    "SPARK_IMAGE": "registry.example/risk@sha256:00",
    "SPARK_DRIVER_MEMORY": "640m",
    "SPARK_EXECUTORS": "2",
    "SPARK_EXECUTOR_MEMORY": "1024m",
    "SPARK_EXECUTOR_CORES": "1",
    "NIGHT_DIR": "/results/night/2026-03-31/run-1",
    "STEP": "scenarios",
}
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
        env={"PATH": f"{home}:{os.environ['PATH']}", "SPARK_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def settings(done: subprocess.CompletedProcess[str]) -> dict[str, str]:
    lines = done.stdout.splitlines()
    pairs = [lines[i + 1].partition("=") for i, line in enumerate(lines) if line == "--conf"]
    return {name: value for name, _, value in pairs}


def test_the_driver_runs_the_program_in_client_mode(home: Path) -> None:
    done = run(home, ["driver", "/opt/risk/jobs/scenarios.py", "--scenarios", "2000"], DRIVER)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[:4] == ["--master", "k8s://https://10.1.0.1:443", "--deploy-mode", "client"]
    assert lines[-3:] == ["/opt/risk/jobs/scenarios.py", "--scenarios", "2000"]


def test_the_driver_describes_itself_and_its_executors(home: Path) -> None:
    given = settings(run(home, ["driver", "main.py"], DRIVER))
    expected = {
        "spark.driver.host": "10.0.0.7",
        "spark.kubernetes.driver.pod.name": "nl-scenarios-1a2b3c4d-x7k2p",
        "spark.kubernetes.namespace": "risk",
        "spark.kubernetes.container.image": "registry.example/risk@sha256:00",
        "spark.kubernetes.executor.podNamePrefix": "nl-scenarios-1a2b3c4d-x7k2p",
        "spark.kubernetes.executor.podTemplateFile": "/opt/executor-template.yaml",
        "spark.kubernetes.executor.request.cores": "1",
        "spark.kubernetes.executor.volumes.persistentVolumeClaim.results.mount.path": "/results",
        "spark.executor.instances": "2",
        "spark.executor.memory": "1024m",
        "spark.executorEnv.NIGHT_DIR": "/results/night/2026-03-31/run-1",
        "spark.executorEnv.STEP": "scenarios",
        "spark.ui.enabled": "false",
    }
    assert {name: given.get(name) for name in expected} == expected
    assert given["spark.driver.extraClassPath"] == f"{home}/jars/a.jar:{home}/jars/b.jar"
    assert "spark.executorEnv.RUN_NUMBER" not in given
    assert "spark.executor.memoryOverhead" not in given


def test_options_of_the_driver(home: Path) -> None:
    environment = {
        **DRIVER,
        "SPARK_EXECUTOR_MEMORY_OVERHEAD": "384m",
        "SPARK_EXECUTOR_REQUEST_CORES": "250m",
        "SPARK_EXECUTOR_LIMIT_CORES": "1",
        "SPARK_EXECUTOR_POD_TEMPLATE": "/templates/executor.yaml",
        "NIGHTLANE_LABEL_CUSTOMER": "nordbank",
        "JVM_OPTIONS": "-XX:+UseG1GC",
    }
    given = settings(run(home, ["driver", "main.py"], environment))
    assert given["spark.executor.memoryOverhead"] == "384m"
    assert given["spark.kubernetes.executor.request.cores"] == "250m"
    assert given["spark.kubernetes.executor.limit.cores"] == "1"
    assert given["spark.kubernetes.executor.podTemplateFile"] == "/templates/executor.yaml"
    assert given["spark.kubernetes.executor.label.nightlane/customer"] == "nordbank"
    assert given["spark.executor.extraJavaOptions"].endswith("-XX:+UseG1GC")


def test_the_driver_names_every_variable_it_lacks(home: Path) -> None:
    environment = {name: value for name, value in DRIVER.items() if name not in ("POD_IP", "SPARK_IMAGE")}
    done = run(home, ["driver", "main.py"], environment)
    assert done.returncode == 2
    assert "entrypoint: not set: POD_IP SPARK_IMAGE." in done.stderr


@pytest.mark.parametrize(("arguments", "message"), [(["driver"], "wants the program to run"), ([], "say what to run")])
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
