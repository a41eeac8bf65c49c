"""Trouble is reported while the tries go on: by a try that ends for it, and a next one that adopts what runs."""

import base64
import json
import secrets
import subprocess
import time
from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.job.executor_look import EXECUTORS
from nightlane_runner.json_tree import Json, JsonObject, text_at
from nightlane_runner.steps.exec_step import ExecStep
from nightlane_runner.steps.spark_step import SparkStep
from tests.conftest import StartRunner
from tests.support.administrator import Administrator
from tests.support.eventually import eventually
from tests.support.in_process import Background, Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import DeadShell, LocalShell
from tests.support.log_server import LogServer
from tests.support.logged_step import LoggedStep
from tests.support.running_step import RunningStep
from tests.support.steps import document, exec_step, spark_step
from tests.support.tcp_proxy import TcpProxy

pytestmark = pytest.mark.api_server

SOON = {"troubleSeconds": 2}

ONCE_IT_RUNS = {"troubleSeconds": 8}
"""For a step whose pod the test starts: that it does not run yet is trouble, too."""


def test_outage_is_reported_and_its_end_too_while_the_job_runs_on(
    admin: Administrator, kubelet: Kubelet, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """Three tries of one attempt, one Job, one driver."""
    step = spark_step(admin.namespace, **ONCE_IT_RUNS)
    first = start_runner("spark", step)
    first.wait_for_line("created Job")
    job = admin.only_job()
    pod = kubelet.next_pod(job)
    kubelet.run(pod)
    first.wait_for_line("RUNNING")

    proxy.go_away()
    assert first.wait() == 21
    assert first.last_line().startswith("TROUBLE unreachable since 20")
    assert first.places.termination_log.read_text() == first.last_line()

    second = start_runner("spark", step)
    second.wait_for_line("UNKNOWN: the API server")
    proxy.come_back()
    assert second.wait() == 21
    assert second.last_line().startswith("OVER unreachable")

    third = start_runner("spark", step)
    third.wait_for_line("RUNNING")
    kubelet.succeed(pod)
    assert third.wait() == 0
    assert "created Job" not in second.said() + third.said()
    assert admin.only_job() == job


def test_outage_that_was_reported_has_the_same_patience_as_before(
    admin: Administrator, proxy: TcpProxy, start_runner: StartRunner
) -> None:
    """The try after the report uses up its budget, and ends as it always did."""
    step = spark_step(admin.namespace, **SOON, outageBudgetSeconds=4)
    proxy.go_away()
    assert start_runner("spark", step).wait() == 21
    second = start_runner("spark", step)
    assert second.wait() == 20
    assert "longer than the budget of 4 s" in second.last_line()


def test_refused_credential_is_called_what_it_is(admin: Administrator, mounts: Path, start_runner: StartRunner) -> None:
    """R14: somebody has to deploy a new one; to look at the network helps nobody."""
    kubeconfig = mounts / "credentials" / "kubeconfig"
    text = kubeconfig.read_text()
    kubeconfig.write_text(text.replace('"token": "', '"token": "x'))
    runner = start_runner("spark", spark_step(admin.namespace, **SOON))
    assert runner.wait() == 21
    assert runner.last_line().startswith("TROUBLE credential since")
    assert "401 Unauthorized" in runner.last_line()


def test_certificate_that_is_not_trusted_is_called_what_it_is(
    admin: Administrator, mounts: Path, tmp_path: Path, start_runner: StartRunner
) -> None:
    """The API server has got a certificate of another authority."""
    _with_another_authority(mounts / "credentials" / "kubeconfig", tmp_path)
    runner = start_runner("spark", spark_step(admin.namespace, **SOON))
    assert runner.wait() == 21
    assert runner.last_line().startswith("TROUBLE certificate since")


def test_job_that_waits_for_an_image_is_reported_and_adopted(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """The Job keeps its place; the patience of minutes still is that of its pod."""
    step = spark_step(admin.namespace, **ONCE_IT_RUNS)
    first = start_runner("spark", step)
    first.wait_for_line("created Job")
    job = admin.only_job()
    pod = kubelet.next_pod(job)
    kubelet.warn(pod, "Failed", 'Failed to pull image "registry.example/risk": not found')
    kubelet.fail_to_pull(pod, "Back-off pulling image", scheduled=kubelet.now())
    assert first.wait() == 21
    assert first.last_line().startswith("TROUBLE image since")
    assert 'Failed to pull image "registry.example/risk": not found' in first.last_line()
    assert admin.only_job() == job

    second = start_runner("spark", step)
    second.wait_for_line("PENDING: the image cannot be pulled")
    kubelet.run(pod)
    assert second.wait() == 21
    assert second.last_line().startswith("OVER image")

    third = start_runner("spark", step)
    third.wait_for_line("RUNNING")
    kubelet.succeed(pod)
    assert third.wait() == 0
    assert admin.only_job() == job


def test_quota_without_room_is_told_from_other_refusals(admin: Administrator, start_runner: StartRunner) -> None:
    """The Job has no pod; its events say why."""
    hard: dict[str, Json] = {"pods": "0"}
    quota: JsonObject = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}}
    admin.api.create(admin.core("resourcequotas"), {**quota, "spec": {"hard": hard}})
    runner = start_runner("spark", spark_step(admin.namespace, troubleSeconds=6))
    assert runner.wait() == 21
    assert runner.last_line().startswith("TROUBLE quota since")
    assert "exceeded quota" in runner.last_line()


@pytest.mark.parametrize("on_its_way_out", [False, True], ids=["the node is silent", "the pod does not go"])
def test_lost_node_of_the_driver_is_reported(
    admin: Administrator,
    kubelet: Kubelet,
    driver_log: LogServer,
    start_runner: StartRunner,
    on_its_way_out: bool,
) -> None:
    """R11: Kubernetes makes no other pod while this one is not gone, and calls it running all the time."""
    node = f"node-{secrets.token_hex(4)}"
    driver_log.become_node(admin, node)
    runner = start_runner("spark", spark_step(admin.namespace, **ONCE_IT_RUNS))
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    driver_log.bind(admin, pod, node)
    kubelet.run(pod)
    runner.wait_for_line("RUNNING")
    if on_its_way_out:
        admin.api.delete(admin.core(f"pods/{pod}"), {})
    kubelet.fall_silent(pod)

    assert runner.wait(120) == 21
    assert runner.last_line().startswith("TROUBLE node-lost since")
    assert f"pod {pod} on node {node}" in runner.last_line()
    assert len(admin.jobs()) == 1


def test_lost_node_is_left_to_a_person_after_the_time_in_which_a_driver_must_start(
    admin: Administrator, kubelet: Kubelet, driver_log: LogServer, start_runner: StartRunner
) -> None:
    """R11: a driver on a node that nobody reaches may run on, so nothing else is started and the Job stays."""
    node = f"node-{secrets.token_hex(4)}"
    driver_log.become_node(admin, node)
    step = spark_step(admin.namespace, spark={"pendingSeconds": 10})
    runner = start_runner("spark", step)
    runner.wait_for_line("created Job")
    pod = kubelet.next_pod(admin.only_job())
    driver_log.bind(admin, pod, node)
    kubelet.run(pod)
    runner.wait_for_line("RUNNING")
    admin.api.delete(admin.core(f"pods/{pod}"), {"gracePeriodSeconds": 1})
    kubelet.fall_silent(pod)

    assert runner.wait(90) == 30
    assert f"pod {pod} on node {node}. It is left as it is; have the node checked" in runner.last_line()
    assert "if it is lost, have it deleted, or tainted as out of service, then go on:" in runner.last_line()
    job = admin.job(admin.only_job())
    assert text_at(job, "metadata", "deletionTimestamp") == ""

    kubelet.evict(pod)  # as the cluster ends what was on a node that is gone
    after = start_runner("spark", step)
    kubelet.succeed(kubelet.next_pod(admin.only_job(), (pod,)))
    assert after.wait() == 0


def test_suspended_job_is_reported_and_never_given_up(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """R19: a queue may do that to every Job; its deadlines stand still, and it is reported."""
    step = spark_step(admin.namespace, **ONCE_IT_RUNS, spark={"pendingSeconds": 10})
    first = start_runner("spark", step)
    first.wait_for_line("created Job")
    job = admin.only_job()
    admin.suspend_job(job, suspended=True)
    paused = time.monotonic()
    assert first.wait() == 21
    assert first.last_line().startswith("TROUBLE suspended since")

    second = start_runner("spark", step)
    second.wait_for_line("PAUSED")
    eventually(lambda: time.monotonic() - paused > 11, "a pause longer than the deadline")
    admin.suspend_job(job, suspended=False)
    assert second.wait() == 21
    assert second.last_line().startswith("OVER suspended")

    third = start_runner("spark", step)
    kubelet.succeed(kubelet.next_pod(job))
    assert third.wait() == 0


def test_healthy_wait_ends_no_try(admin: Administrator, kubelet: Kubelet, start_runner: StartRunner) -> None:
    """A driver that computes for many times as long as a trouble may last."""
    # Until it runs, that is trouble; so a patient runner sees it start.
    running = RunningStep.start(admin, kubelet, start_runner)
    running.runner.end()
    runner = start_runner("spark", spark_step(admin.namespace, troubleSeconds=1))
    runner.wait_for_line("RUNNING")
    with pytest.raises(AssertionError, match="did not end within 6 s"):
        runner.wait(6)
    kubelet.succeed(running.pod)
    assert runner.wait() == 0


@pytest.fixture
def soon_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers whose executors are checked every second, and which are idle after three."""
    monkeypatch.setattr("nightlane_runner.job.running_driver.FIRST_LOOKS_SECONDS", 1.0)
    monkeypatch.setattr("nightlane_runner.job.executor_look.FIRST_LOOKS_SECONDS", 1.0)
    monkeypatch.setattr("nightlane_runner.job.executor_look.LATER_LOOKS_SECONDS", 1.0)
    monkeypatch.setattr("nightlane_runner.job.executor_look.IDLE_SECONDS", 3.0)
    monkeypatch.setattr("nightlane_runner.job.executor_look.GONE_SECONDS", 1.0)


@pytest.mark.usefixtures("soon_looked_at")
def test_driver_without_executors_is_reported_whatever_its_image(
    logged_step: LoggedStep, admin: Administrator, kubelet: Kubelet
) -> None:
    """It runs and writes that it waits; the executors' pods say why."""
    running, _, pod = logged_step.start(**ONCE_IT_RUNS)
    kubelet.start_executor("risk-exec-1", pod)
    kubelet.refuse_to_schedule("risk-exec-1", "0/3 nodes are available: 3 Insufficient memory.")
    end = running.ended()
    assert end is not None
    assert end.sentence.startswith("TROUBLE executors since")
    assert "0/3 nodes are available: 3 Insufficient memory." in end.sentence
    assert len(admin.jobs()) == 1


@pytest.mark.usefixtures("soon_looked_at")
def test_driver_that_may_have_ended_its_work_is_reported(
    logged_step: LoggedStep, admin: Administrator, kubelet: Kubelet, driver_log: LogServer
) -> None:
    """No line and no executor any more: what a thread that was forgotten leaves. The next try lets it be."""
    driver_log.write(kubelet.now().replace("Z", ".000000000Z"), "all results are written")
    running, _, _ = logged_step.start(**ONCE_IT_RUNS)
    end = running.ended()
    assert end is not None
    assert end.code is ExitCode.REPORT
    assert end.sentence.startswith("TROUBLE idle since")
    assert len(admin.jobs()) == 1


@pytest.mark.usefixtures("soon_looked_at")
def test_driver_whose_executors_are_gone_is_reported_long_before_one_that_had_none(
    logged_step: LoggedStep,
    admin: Administrator,
    kubelet: Kubelet,
    mounts: Path,
    driver_log: LogServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Spark ends its executors once it has no work for them. The next try does not take that back."""
    monkeypatch.setattr("nightlane_runner.job.executor_look.IDLE_SECONDS", 3600.0)
    driver_log.write(kubelet.now().replace("Z", ".000000000Z"), "all results are written")
    running, surroundings, pod = logged_step.start(**ONCE_IT_RUNS)
    seen = _executors_seen(surroundings, monkeypatch)
    kubelet.start_executor("risk-exec-1", pod)
    kubelet.run("risk-exec-1")
    eventually(lambda: "Running" in seen, "a look at the executor")
    admin.api.delete(admin.core("pods/risk-exec-1"), {"gracePeriodSeconds": 0})
    end = running.ended()
    assert end is not None
    assert end.sentence.startswith("TROUBLE idle since")

    step, spark = StepInput(document(spark_step(admin.namespace, **ONCE_IT_RUNS))).spark()
    again = Surroundings(mounts, step)
    second = Background(SparkStep(again.context, spark, LocalShell(tmp_path)).run)
    seen = _executors_seen(again, monkeypatch)
    eventually(lambda: seen.count("none") > 1, "two looks of the next try")
    driver_log.write(kubelet.now().replace("Z", ".000000001Z"), "and now to something else")
    kubelet.start_executor("risk-exec-2", pod)
    kubelet.run("risk-exec-2")
    end = second.ended()
    assert end is not None
    assert end.sentence.startswith("OVER idle")


def _executors_seen(surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what a step sees of its executors from now on: the phase of each one, or none."""
    cluster = surroundings.context.cluster
    look, seen = cluster.pods, list[str]()

    def looked(selector: str) -> list[JsonObject]:
        pods = look(selector)
        if selector == EXECUTORS:
            seen.extend([text_at(pod, "status", "phase") for pod in pods] or ["none"])
        return pods

    monkeypatch.setattr(cluster, "pods", looked)
    return seen


@pytest.mark.usefixtures("soon_looked_at")
def test_executors_that_may_not_be_made_are_reported_by_the_driver_s_own_words(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer
) -> None:
    """A quota without room: the API server refuses the pods, so there is none to look at. The driver says so."""
    why = 'pods "risk-exec-1" is forbidden: exceeded quota: risk, requested: pods=1, used: pods=5, limited: pods=5'
    driver_log.write(
        kubelet.now().replace("Z", ".000000000Z"),
        "io.fabric8.kubernetes.client.KubernetesClientException: Failure executing: POST at: "
        f"https://10.0.0.1:443/api/v1/namespaces/risk/pods. Message: {why}. Received status: Status(apiVersion=v1)",
    )
    running, _, _ = logged_step.start(**ONCE_IT_RUNS)
    end = running.ended()
    assert end is not None
    assert end.sentence.startswith("TROUBLE executors since")
    assert f"{why}." in end.sentence


def test_application_that_is_not_ready_is_reported(admin: Administrator, start_runner: StartRunner) -> None:
    """The command has not run, and the next try waits on."""
    runner = start_runner("exec", exec_step(admin.namespace, ["true"]) | SOON)
    assert runner.wait() == 21
    assert runner.last_line().startswith("TROUBLE not-ready since")


def test_command_that_cannot_be_started_is_reported_and_runs_once(
    admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path
) -> None:
    """Reported by the first try, over for the second, done by the third."""
    kubelet.start_ready_pod("pricing-0", {"app.kubernetes.io/name": "pricing"})
    ledger = tmp_path / "ledger"

    def attempt(shell: LocalShell | DeadShell) -> Background:
        given = exec_step(admin.namespace, ["sh", "-c", f"echo run >>{ledger}"]) | SOON
        step, command = StepInput(document(given)).exec()
        return Background(ExecStep(Surroundings(mounts, step).context, command, shell).run)

    first = attempt(DeadShell(1000, LocalShell(tmp_path))).ended()
    assert first is not None
    assert first.sentence.startswith("TROUBLE connection since")
    second = attempt(LocalShell(tmp_path)).ended()
    assert second is not None
    assert second.sentence.startswith("OVER connection")
    assert not ledger.exists()
    assert attempt(LocalShell(tmp_path)).ended() is None
    assert ledger.read_text() == "run\n"


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        (
            'Error from server (Forbidden): pods "pricing-0" is forbidden: User "x" cannot create resource "pods/exec"',
            "ask the customer's administrator to apply the customer side",
        ),
        (
            'error: admission webhook "policy.example" denied the request: no exec here (403 Forbidden)',
            "have what refuses it checked",
        ),
        (
            'error: admission webhook "policy.example" denied the request: no exec here (400 )',
            "have what refuses it checked",
        ),
        (
            "Error from server (Forbidden): pods \"pricing-0\" is forbidden: ValidatingAdmissionPolicy 'no-exec' with "
            "binding 'no-exec' denied request: no exec here",
            "have what refuses it checked",
        ),
    ],
)
def test_command_that_may_not_be_started_is_for_a_person(
    admin: Administrator,
    kubelet: Kubelet,
    mounts: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    message: str,
    remedy: str,
) -> None:
    """R12, R27: no repetition gives a right that a role lacks, or a policy refuses: the step says so at once."""
    monkeypatch.setattr("nightlane_runner.steps.exec_step.REFUSED_PAUSE_SECONDS", 0.1)
    kubelet.start_ready_pod("pricing-0", {"app.kubernetes.io/name": "pricing"})
    step, command = StepInput(document(exec_step(admin.namespace, ["true"], timeoutSeconds=43200))).exec()
    shell = DeadShell(1000, LocalShell(tmp_path), message)
    end = Background(ExecStep(Surroundings(mounts, step).context, command, shell).run).ended()
    assert end is not None
    assert end.code is ExitCode.BAD_INPUT
    assert message in end.sentence
    assert f"It has not run; {remedy}" in end.sentence


@pytest.mark.usefixtures("kubectl_on_path")
def test_role_without_exec_is_recognized_from_the_real_kubectl(
    admin: Administrator, kubelet: Kubelet, start_runner: StartRunner
) -> None:
    """R12: the words of the real refusal."""
    kubelet.start_ready_pod("pricing-0", {"app.kubernetes.io/name": "pricing"})

    def without_exec(role: JsonObject) -> None:
        rules = role["rules"]
        assert isinstance(rules, list)
        role["rules"] = [rule for rule in rules if isinstance(rule, dict) and rule["resources"] != ["pods/exec"]]

    admin.change(admin.rbac("roles/nightlane"), without_exec)
    runner = start_runner("exec", exec_step(admin.namespace, ["true"], timeoutSeconds=43200) | {"troubleSeconds": 150})
    assert runner.wait(90) == 50, runner.said()
    assert "may not be started" in runner.last_line()


def _with_another_authority(kubeconfig: Path, folder: Path) -> None:
    certificate, key = folder / "other.crt", folder / "other.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=another authority", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    tree = json.loads(kubeconfig.read_text())
    authority = base64.b64encode(certificate.read_bytes()).decode()
    tree["clusters"][0]["cluster"]["certificate-authority-data"] = authority
    kubeconfig.write_text(json.dumps(tree))
