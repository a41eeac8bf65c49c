"""A Spark step in the test's own process whose driver writes a log."""

import secrets
from pathlib import Path
from typing import Any

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.json_tree import text_at
from nightlane_runner.steps.spark_step import SparkStep
from tests.support.administrator import Administrator
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import LocalShell
from tests.support.log_server import LogServer
from tests.support.steps import document, spark_step


def started(
    admin: Administrator, kubelet: Kubelet, mounts: Path, driver_log: LogServer, tmp_path: Path, **changes: Any
) -> tuple[Background, Surroundings, str]:
    """Start a step with its driver running; return the step, its surroundings and the driver's pod."""
    node = f"node-{secrets.token_hex(4)}"
    driver_log.become_node(admin, node)
    step, spark = StepInput(document(spark_step(admin.namespace, **changes))).spark()
    surroundings = Surroundings(mounts, step)
    running = Background(SparkStep(surroundings.context, spark, LocalShell(tmp_path)).run)
    surroundings.wait_for_line("created Job")
    (job,) = admin.jobs()
    pod = kubelet.next_pod(text_at(job, "metadata", "name"))
    driver_log.bind(admin, pod, node)
    kubelet.run(pod)
    surroundings.wait_for_line("RUNNING")
    return running, surroundings, pod
