"""Faults 12 and 13: the driver's log, through a real API server, from a kubelet of the test's own."""

import pytest

from nightlane_runner.api.cluster import Cluster
from nightlane_runner.job import log_follow
from nightlane_runner.job.log_position import LogPosition
from tests.support.eventually import eventually
from tests.support.gateway import Gateway, Passage
from tests.support.kubelet import Kubelet
from tests.support.log_server import LogServer
from tests.support.logged_step import LoggedStep


@pytest.mark.api_server
@pytest.mark.fault(12)
def test_log_that_is_cut_goes_on_without_a_gap_or_a_repetition(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 12: resumed with sinceTime; the end of a log is never the end of the Job."""
    monkeypatch.setattr(log_follow, "REOPEN_SECONDS", 0.2)
    running, surroundings, pod = logged_step.start()
    driver_log.write("2026-03-31T20:30:00.100000000Z", "one")
    driver_log.write("2026-03-31T20:30:00.200000000Z", "two")
    driver_log.write("2026-03-31T20:30:00.200000000Z", "three")
    surroundings.wait_for_line("driver | three")
    driver_log.cut()
    eventually(lambda: len(driver_log.since) == 2, "the log's second opening")
    driver_log.write("2026-03-31T20:30:00.200000000Z", "four")
    driver_log.write("2026-03-31T20:30:01.000000000Z", "five")
    surroundings.wait_for_line("driver | five")
    driver_log.write("2026-03-31T20:30:02.000000000Z", "last words")
    driver_log.finish()
    kubelet.succeed(pod)

    assert running.ended() is None
    relayed = [line for line in surroundings.said().splitlines() if line.startswith("driver | ")]
    assert relayed == [f"driver | {text}" for text in ("one", "two", "three", "four", "five", "last words")]
    assert driver_log.since[:2] == ["", "2026-03-31T20:30:00Z"]


@pytest.mark.api_server
@pytest.mark.fault(13)
def test_silent_log_does_not_hide_the_end_of_the_job(
    logged_step: LoggedStep, kubelet: Kubelet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fault 13: the stream stays open and never sends anything; the Job's end is noticed all the same."""
    monkeypatch.setattr("nightlane_runner.job.running_driver.LOG_TAIL_SECONDS", 1.0)
    running, _, pod = logged_step.start()
    kubelet.succeed(pod)
    assert running.ended() is None


def test_lines_in_a_local_timezone_are_put_in_order() -> None:
    """Some container runtimes write local time, and the fraction without its trailing zeros."""
    position = LogPosition()
    assert position.take("2026-03-31T22:30:00.5+02:00 first") == "first"
    position.query()
    assert position.take("2026-03-31T20:30:00.49Z older") is None
    assert position.take("2026-03-31T20:30:00.500000001Z newer") == "newer"
    assert position.query()["sinceTime"] == "2026-03-31T20:30:00Z"


def test_lines_of_one_nanosecond_are_counted() -> None:
    """As many as were seen are dropped when the log is opened again, no more."""
    position = LogPosition()
    stamp = "2026-03-31T20:30:00.000000001Z"
    position.query()
    assert [position.take(f"{stamp} same") for _ in range(2)] == ["same", "same"]
    position.query()
    assert [position.take(f"{stamp} same") for _ in range(3)] == [None, None, "same"]
    position.query()
    assert [position.take(f"{stamp} same") for _ in range(4)] == [None, None, None, "same"]


def test_line_without_a_time_is_the_kubelets_own() -> None:
    """It is shown, and changes no position."""
    assert LogPosition().take("unable to retrieve container logs") == "unable to retrieve container logs"


def test_lines_of_one_stream_are_all_new() -> None:
    """R30: two writers at once, and a node whose clock is set back; nothing was opened again."""
    position = LogPosition()
    stamps = ("01:00:00.000003000", "01:00:00.000002900", "01:00:05", "01:00:03", "01:00:03.1")
    assert [position.take(f"2026-03-31T{stamp}Z {stamp}") for stamp in stamps] == list(stamps)


def test_lines_that_were_stamped_a_moment_early_are_new_after_a_reopening_too() -> None:
    """R30: as many of each as were seen are dropped."""
    position = LogPosition()
    seen = ["2026-03-31T01:00:00.000003000Z two", "2026-03-31T01:00:00.000002900Z three"]
    for line in seen:
        position.take(line)
    position.query()
    assert [position.take(line) for line in seen] == [None, None]
    assert position.take("2026-03-31T01:00:00.000002950Z late") == "late"
    assert not position.gap


def test_gap_is_noticed() -> None:
    """R32: the node has rotated the log, so the last line that was seen does not come again."""
    position = LogPosition()
    position.take("2026-03-31T01:00:00Z seen")
    position.query()
    assert position.take("2026-03-31T01:10:00Z later") == "later"
    assert position.gap
    assert position.take("2026-03-31T01:10:01Z and on") == "and on"
    assert not position.gap


@pytest.mark.api_server
@pytest.mark.parametrize("stalled", [False, True])
def test_end_of_a_log_that_was_rotated_away_is_named(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, monkeypatch: pytest.MonkeyPatch, stalled: bool
) -> None:
    """R32: the node has begun a new file after the driver's last line, and nothing is in it."""
    monkeypatch.setattr("nightlane_runner.job.running_driver.LOG_TAIL_SECONDS", 5.0)
    running, surroundings, pod = logged_step.start()
    driver_log.write("2026-03-31T20:30:00Z", "first")
    surroundings.wait_for_line("driver | first")
    if stalled:
        driver_log.stall()
    driver_log.rotate()
    if not stalled:
        driver_log.finish()
    kubelet.succeed(pod)

    assert running.ended() is None
    assert "the end of the driver's log may be missing here" in surroundings.said()


@pytest.mark.api_server
@pytest.mark.parametrize(
    "lines",
    [
        ["failed to create fsnotify watcher: too many open files"],
        ["<html>", "<body>Maintenance until 4 a.m.</body>", "</html>"],
    ],
    ids=["the kubelet's word", "a gateway's page"],
)
def test_kubelets_own_word_is_no_news(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    """R18: an answer of lines without a time, again and again: logged once, requested less and less often."""
    monkeypatch.setattr(log_follow, "REOPEN_SECONDS", 0.2)
    for line in lines:
        driver_log.write("", line)
    driver_log.finish()
    running, surroundings, pod = logged_step.start()
    eventually(lambda: len(driver_log.since) >= 4, "the log's fourth opening")
    before = surroundings.api.requests
    eventually(lambda: len(driver_log.since) >= 5, "the log's fifth opening")

    assert [surroundings.said().count(f"driver | {line}") for line in lines] == [1] * len(lines)
    assert surroundings.api.requests - before <= 2
    kubelet.succeed(pod)
    assert running.ended() is None


@pytest.mark.api_server
def test_log_whose_last_lines_never_end_does_not_keep_the_step(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither its time nor its memory: of the two hundred lines that were asked for, the server sends on and on."""
    monkeypatch.setattr("nightlane_runner.job.running_driver.LOG_TAIL_SECONDS", 0.5)

    def endless(passage: Passage) -> None:
        passage.handler.send_response(200)
        passage.handler.send_header("Connection", "close")
        passage.handler.end_headers()
        while True:
            passage.handler.wfile.write(b"2026-03-31T20:31:00Z on and on\n" * 1000)

    gateway.on("GET", "tailLines", endless)
    running, surroundings, pod = logged_step.start()
    driver_log.write("2026-03-31T20:30:00Z", "first")
    surroundings.wait_for_line("driver | first")
    driver_log.stall()
    kubelet.succeed(pod)

    assert running.ended() is None
    assert "its last lines did not come within" in surroundings.said()
    assert "on and on" not in surroundings.said()


@pytest.mark.api_server
def test_end_of_a_log_that_takes_too_long_is_relayed(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R31: the last lines, the exception among them, and a word about what is missing."""
    monkeypatch.setattr("nightlane_runner.job.running_driver.LOG_TAIL_SECONDS", 5.0)
    running, surroundings, pod = logged_step.start()
    driver_log.write("2026-03-31T20:30:00Z", "first")
    surroundings.wait_for_line("driver | first")
    driver_log.stall()
    for number in range(1500):
        driver_log.write(f"2026-03-31T20:31:{number // 60:02}.{number % 60:03}Z", f"line {number}")
    driver_log.write("2026-03-31T20:32:00Z", "the exception")
    kubelet.fail(pod)

    end = running.ended()

    assert end is not None
    assert "driver | the exception" in surroundings.said()
    assert "is missing here: there was no time" in surroundings.said()


@pytest.mark.api_server
def test_defect_in_a_thread_is_said_and_costs_neither_the_log_nor_the_watch(
    logged_step: LoggedStep, kubelet: Kubelet, driver_log: LogServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R29: each is taken up again."""
    monkeypatch.setattr(log_follow, "REOPEN_SECONDS", 0.2)
    for method in ("log", "watch_job"):
        _break_once(monkeypatch, method)
    running, surroundings, pod = logged_step.start()
    driver_log.write("2026-03-31T20:30:00Z", "one")
    surroundings.wait_for_line("driver | one")
    driver_log.finish()
    kubelet.succeed(pod)

    assert running.ended() is None
    assert "following the driver's log failed (ValueError); it is opened again" in surroundings.said()
    assert "ValueError in the runner" in surroundings.said()


def _break_once(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    whole = getattr(Cluster, method)
    left = [ValueError("with what a credential may be in")]

    def broken(*arguments: object) -> object:
        if left:
            raise left.pop()
        return whole(*arguments)

    monkeypatch.setattr(Cluster, method, broken)
