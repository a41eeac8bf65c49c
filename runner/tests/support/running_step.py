"""A Spark step whose driver runs."""

from dataclasses import dataclass

from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.kubelet import Kubelet
from tests.support.runner_process import RunnerProcess
from tests.support.steps import spark_step


@dataclass(frozen=True)
class RunningStep:
    """The runner, the name of its Job, and the name of the driver's pod."""

    runner: RunnerProcess
    job: str
    pod: str

    @staticmethod
    def start(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> "RunningStep":
        """Start a runner on a plain Spark step and wait until it says that the driver runs."""
        runner = start_runner("spark", spark_step(admin.namespace))
        runner.wait_for_line("created Job")
        job = admin.only_job()
        pod = kubelet.next_pod(job)
        kubelet.run(pod)
        runner.wait_for_line(f"RUNNING: pod {pod}")
        return RunningStep(runner, job, pod)
