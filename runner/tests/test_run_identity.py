"""Names say what a step is, and two different steps never share one."""

from dataclasses import replace
from datetime import date

from nightlane_runner.document import run_identity
from nightlane_runner.document.step import Run, Step
from nightlane_runner.job.manifest import complete_job, spec_hash
from nightlane_runner.json_tree import text_at
from tests.support.steps import rendered_job

RUN = Run("nordbank", "night", date(2026, 3, 31), "quarter-end", 1)
STEP = Step(RUN, "var-es", 1, "risk", 1800, 150)


def test_name_depends_on_every_part_of_the_identity_and_on_nothing_else() -> None:
    """A person's retry, a replay, another date: each has a Job of its own. The namespace is where, not what."""
    others = [
        replace(STEP, name="var-es-2"),
        replace(STEP, attempt=2),
        *(
            replace(STEP, run=run)
            for run in (
                replace(RUN, customer="alpenkredit"),
                replace(RUN, pipeline="intraday"),
                replace(RUN, business_date=date(2026, 3, 30)),
                replace(RUN, variant="regular"),
                replace(RUN, number=2),
            )
        ),
    ]
    names = {run_identity.job_name(step) for step in [STEP, *others]}
    assert len(names) == len(others) + 1
    assert run_identity.job_name(replace(STEP, outage_budget_seconds=1)) == run_identity.job_name(STEP)
    assert run_identity.job_name(STEP).startswith("nl-var-es-")


def test_shortened_name_does_not_end_in_two_hyphens() -> None:
    """A cut just behind a hyphen would."""
    assert run_identity.shortened("abc-def", 8, "123") == "abc-123"


def test_hash_ignores_the_order_of_keys_and_nothing_else() -> None:
    """The same definition, however it was serialized."""
    job = rendered_job()
    assert spec_hash(dict(reversed(job.items()))) == spec_hash(job)
    assert spec_hash(rendered_job(backoffLimit=1)) != spec_hash(job)


def test_job_keeps_what_was_rendered_and_carries_its_identity() -> None:
    """Labels on the pods, too: they are swept by them."""
    job = complete_job(STEP, rendered_job())

    assert text_at(job, "metadata", "labels", "app") == "risk"
    assert text_at(job, "metadata", "annotations", "nightlane/run-key") == ("nordbank/night/2026-03-31/quarter-end/1")
    assert text_at(job, "spec", "template", "metadata", "labels", "nightlane/step") == "var-es"
    assert text_at(job, "spec", "template", "metadata", "labels", "nightlane/night") == (run_identity.night_label(RUN))
