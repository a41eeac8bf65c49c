"""A Spark step in the test's own process whose driver writes a log."""

import secrets
from dataclasses import dataclass
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


@dataclass(frozen=True)
class LoggedStep:
    """Starts a Spark step whose driver writes this log."""

    admin: Administrator
    kubelet: Kubelet
    mounts: Path
    driver_log: LogServer
    folder: Path

    def start(self, **changes: Any) -> tuple[Background, Surroundings, str]:
        """Start the step with its driver running; return the step, its surroundings and the driver's pod."""
        node = f"node-{secrets.token_hex(4)}"
        self.driver_log.become_node(self.admin, node)
        running, surroundings = self.start_again(**changes)
        surroundings.wait_for_line("created Job")
        (job,) = self.admin.jobs()
        pod = self.kubelet.next_pod(text_at(job, "metadata", "name"))
        self.driver_log.bind(self.admin, pod, node)
        self.kubelet.run(pod)
        surroundings.wait_for_line("RUNNING")
        return running, surroundings, pod

    def start_again(self, **changes: Any) -> tuple[Background, Surroundings]:
        """Start another runner of it."""
        step, spark = StepInput(document(spark_step(self.admin.namespace, **changes))).spark()
        surroundings = Surroundings(self.mounts, step)
        return Background(SparkStep(surroundings.context, spark, LocalShell(self.folder)).run), surroundings
