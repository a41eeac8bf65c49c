"""Faults 7 and 10: the API server is away, or does not accept the credential. UNKNOWN is not FAILED."""

import pytest

from nightlane_runner.json_tree import text_at
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.kubelet import Kubelet
from tests.support.running_step import RunningStep
from tests.support.steps import spark_step
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.api_server


@pytest.mark.fault(7)
def test_job_that_ends_during_an_outage_is_found_complete_afterwards(
    admin: Administrator, kubelet: Kubelet, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """Fault 7: the runner says UNKNOWN, waits, and goes on where it was."""
    step = RunningStep.start(admin, kubelet, start_runner)

    proxy.go_away()
    step.runner.wait_for_line("UNKNOWN: the API server")
    kubelet.succeed(step.pod)
    eventually(lambda: _is_complete(admin), "the Job's completion")
    proxy.come_back()

    assert step.runner.wait(60) == 0
    assert "answers again" in step.runner.said()


@pytest.mark.fault(7)
def test_outage_before_the_job_exists_delays_it_only(
    admin: Administrator, kubelet: Kubelet, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """Fault 7: nothing is there yet, and exactly one Job is made in the end."""
    proxy.go_away()
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("UNKNOWN: the API server")
    proxy.come_back()
    runner.wait_for_line("created Job", 60)
    kubelet.succeed(kubelet.next_pod(admin.only_job()))

    assert runner.wait() == 0


@pytest.mark.fault(7)
def test_outage_longer_than_the_budget_is_infrastructure_and_leaves_the_job_alone(
    admin: Administrator, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """Fault 7: the budget's end is not a verdict on the Job, which the next try adopts."""
    runner = start_runner("spark", spark_step(admin.namespace, outageBudgetSeconds=3))
    runner.wait_for_line("created Job")
    proxy.go_away()

    assert runner.wait() == 20
    assert "longer than the budget of 3 s" in runner.last_line()
    assert len(admin.jobs()) == 1


@pytest.mark.fault(10)
def test_rotated_credential_is_read_again(
    admin: Administrator, kubelet: Kubelet, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """Fault 10: the old token is refused while the Job runs; the new one arrives in the mounted file later."""
    runner = start_runner("spark", spark_step(admin.namespace))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    admin.remove_identity()
    admin.make_identity()
    # The server keeps a token's verdict for some seconds; if the new connection meets it, the next slow reading shows.
    proxy.go_away()
    proxy.come_back()
    runner.wait_for_line("401 Unauthorized", 180)

    admin.write_kubeconfig(runner.places.kubeconfig, proxy.port)
    kubelet.succeed(pod)

    assert runner.wait(60) == 0


def _is_complete(admin: Administrator) -> bool:
    (job,) = admin.jobs()
    return text_at(job, "status", "completionTime") != ""
