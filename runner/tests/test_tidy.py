"""The step `tidy`, on both volumes."""

import os
import time
from pathlib import Path

import pytest

from nightlane_runner.document.step_input import StepInput
from nightlane_runner.exit_codes import ExitCode
from nightlane_runner.failures import StepEnded
from nightlane_runner.lane.kept_files import NEWEST_DATES
from nightlane_runner.lane.volume_use import parsed_df, volume_use
from nightlane_runner.steps.tidy_step import CustomerTidy, LaneTidy, TidyReach
from tests.support.administrator import Administrator
from tests.support.in_process import Surroundings
from tests.support.kubelet import Kubelet
from tests.support.local_shell import DeadShell, LocalShell
from tests.support.small_volume import small_volume
from tests.support.steps import document, spark_step

DAY = 24 * 3600.0
NEWEST = [f"2026-11-{number + 1:02}" for number in range(NEWEST_DATES)]


class _Sides:
    """Both volumes of a lane."""

    def __init__(self, admin: Administrator, kubelet: Kubelet, mounts: Path, root: Path) -> None:
        kubelet.start_ready_pod("results-0", {"app.kubernetes.io/name": "nightlane-results"})
        step, _ = StepInput(document(spark_step(admin.namespace))).spark()
        self.around = Surroundings(mounts, step)
        self.lane, self.customer = mounts / "results", root / "results"
        for day in NEWEST:
            self.night(self.lane, day, 1)
            self.night(self.customer, day, 1)
        kept = {"namespace": admin.namespace, "keepResultsDays": 90, "keepLogsDays": 30}
        pipelines = {"pipeline": "night", "furtherPipelines": ["month-end"]}
        self.tidy = StepInput(document({"tidy": {**pipelines, **kept}})).tidy()
        self.root = root
        self.shell: LocalShell | DeadShell = LocalShell(root)

    def night(self, volume: Path, day: str, age_days: float, pipeline: str = "night") -> None:
        """Add a night that was written that long ago."""
        step = volume / pipeline / day / "run-1" / "var-es"
        step.mkdir(parents=True)
        (step / "var.json").write_text("42")
        written = time.time() - age_days * DAY
        for entry in (step / "var.json", step, step.parent, step.parent.parent):
            os.utime(entry, (written, written))

    def run(self) -> None:
        """Tidy both."""
        around = self.around
        lane = LaneTidy(around.places, self.tidy, around.log)
        lane.run()
        context = around.context
        reach = TidyReach(context.cluster, context.outage, context.interruptions, around.log)
        CustomerTidy(reach, around.places, self.tidy, self.shell).run(lane.dates_left())

    def output(self, name: str) -> str:
        """Return an output parameter."""
        return (self.around.places.outputs / name).read_text()


@pytest.fixture
def sides(admin: Administrator, kubelet: Kubelet, mounts: Path, tmp_path: Path) -> _Sides:
    """Two volumes with the newest dates on them."""
    return _Sides(admin, kubelet, mounts, tmp_path / "customer")


@pytest.mark.api_server
def test_the_volumes_clock_says_how_old_a_date_is(sides: _Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node whose clock is two months ahead takes no young date for an old one, on either side."""
    sides.night(sides.lane, "2026-01-05", 31)
    sides.night(sides.customer, "2026-01-05", 91)
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 60 * DAY)
    # The customer's volume is the one that is two months behind the container.
    tools = sides.root / "bin"
    tools.mkdir()
    (tools / "touch").write_text('#!/bin/sh\nexec /usr/bin/touch -d "60 days ago" "$@"\n')
    (tools / "touch").chmod(0o755)
    sides.shell = LocalShell(sides.root, path=f"{tools}:/usr/bin:/bin")

    LaneTidy(sides.around.places, sides.tidy, sides.around.log).run()
    assert "2026-01-05" in _dates(sides.lane)
    context = sides.around.context
    reach = TidyReach(context.cluster, context.outage, context.interruptions, sides.around.log)
    CustomerTidy(reach, sides.around.places, sides.tidy, sides.shell).run({"night": []})
    assert "2026-01-05" in _dates(sides.customer)


def _dates(volume: Path) -> list[str]:
    return sorted(entry.name for entry in (volume / "night").iterdir())


@pytest.mark.api_server
def test_old_dates_go_from_both_volumes(sides: _Sides) -> None:
    """And both say how full they are."""
    for volume in (sides.lane, sides.customer):
        sides.night(volume, "2026-01-05", 91)
        sides.night(volume, "2026-01-06", 89)
    sides.run()
    assert _dates(sides.lane) == ["2026-01-06", *NEWEST]
    assert _dates(sides.customer) == ["2026-01-06", *NEWEST]
    assert int(sides.output("lane-used")) == volume_use(sides.lane).percent
    assert abs(int(sides.output("customer-used")) - volume_use(sides.customer).percent) <= 1
    assert "customer's volume, night: removed dates: 2026-01-05" in sides.around.said()


@pytest.mark.api_server
def test_further_nights_are_tidied_by_themselves(sides: _Sides) -> None:
    """Dates of one pipeline are neither counted with those of another, nor kept because another has them."""
    for day in ["2026-01-30", *NEWEST]:
        sides.night(sides.lane, day, 200, "month-end")
        sides.night(sides.customer, day, 200, "month-end")
    sides.night(sides.lane, "2026-01-30", 20)
    sides.run()
    for volume in (sides.lane, sides.customer):
        assert sorted(entry.name for entry in (volume / "month-end").iterdir()) == NEWEST
    assert _dates(sides.lane) == ["2026-01-30", *NEWEST]


@pytest.mark.api_server
def test_customers_volume_keeps_what_the_lane_still_has(sides: _Sides) -> None:
    """A replay has begun: its log is on the lane's volume, the results that it reuses are at the customer's."""
    sides.night(sides.lane, "2026-01-05", 0)
    sides.night(sides.customer, "2026-01-05", 300)
    sides.run()
    assert "2026-01-05" in _dates(sides.customer)


@pytest.mark.api_server
def test_customers_volume_keeps_what_is_young_there(sides: _Sides) -> None:
    """The lane's volume was replaced, or an application writes late."""
    sides.night(sides.customer, "2026-01-05", 10)
    sides.run()
    assert "2026-01-05" in _dates(sides.customer)


@pytest.mark.api_server
def test_other_folders_and_links_of_the_customer_stay(sides: _Sides) -> None:
    """The volume is the customer's."""
    nights = sides.customer / "night"
    (sides.root / "elsewhere").mkdir()
    (nights / "2026-01-05").symlink_to(sides.root / "elsewhere")
    for name in ("archive", "2026-01-05 of old", "2026-01-05.old"):
        (nights / name).mkdir()
        os.utime(nights / name, (0, 0))
    (nights / "2026-01-07.removed" / "run-1").mkdir(parents=True)
    sides.run()
    assert _dates(sides.customer) == sorted(["2026-01-05", "archive", "2026-01-05 of old", "2026-01-05.old", *NEWEST])


@pytest.mark.api_server
def test_lane_is_tidied_while_the_customer_cannot_be_reached(sides: _Sides) -> None:
    """Nothing is guessed about the customer's volume."""
    sides.night(sides.lane, "2026-01-05", 91)
    sides.shell = DeadShell(1, LocalShell(sides.root))
    with pytest.raises(StepEnded, match="could not be tidied") as ended:
        sides.run()
    assert ended.value.code is ExitCode.INFRASTRUCTURE
    assert _dates(sides.lane) == NEWEST
    assert not (sides.around.places.outputs / "customer-used").exists()


def test_full_volume_is_a_hundred_percent(tmp_path: Path) -> None:
    """And an empty one almost none."""
    with small_volume(tmp_path / "results", 4) as results:
        assert volume_use(results).percent <= 1
        with pytest.raises(OSError, match="No space left"):
            (results / "figures").write_bytes(bytes(5 * 1024 * 1024))
        assert volume_use(results).percent == 100


def test_df_is_read_as_posix_prints_it() -> None:
    """Nothing else that a container prints is a fill level."""
    use = parsed_df("nfs.example:/export/a 104857600 83886080 20971520 80% /results")
    assert use is not None
    assert use.percent == 80
    assert parsed_df("df: /results: No such file or directory") is None


@pytest.mark.api_server
@pytest.mark.parametrize("words", ["yes removed", "printf '\\377\\n'"])
def test_answer_without_end_is_refused_and_one_that_is_no_text_is_borne(sides: _Sides, words: str) -> None:
    """R38: what answers in the place of the pod with the volume writes what it likes."""
    tools = sides.root / "bin"
    tools.mkdir()
    (tools / "df").write_text(f"#!/bin/sh\n{words}\n")
    (tools / "df").chmod(0o755)
    (tools / "tail").write_text("#!/bin/sh\nexec cat\n")
    (tools / "tail").chmod(0o755)
    sides.shell = LocalShell(sides.root, path=f"{tools}:/usr/bin:/bin")
    if not words.startswith("yes"):
        sides.run()
        assert not (sides.around.places.outputs / "customer-used").exists()
        return

    with pytest.raises(StepEnded) as end:
        sides.run()

    assert end.value.code is ExitCode.BAD_INPUT
    assert "answers a short question with more than 65536 bytes" in end.value.sentence
