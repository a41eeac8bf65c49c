"""The names of a step in the customer's cluster: derived from its identity, never from who started it."""

import hashlib

from nightlane_runner.document.step import Run, Step

DOMAIN = "nightlane"
"""Prefix of every label and annotation that Nightlane sets."""

ATTEMPT = f"{DOMAIN}/attempt"
"""Annotation with the number of the attempt."""

LONGEST_JOB_NAME = 41
"""Its pod's name is six characters longer, and is Spark's prefix for executor pod names, which may have 47."""

LONGEST_LABEL = 63

_HASH_LENGTH = 12


def run_key(run: Run) -> str:
    """Return the run's identity as one readable line."""
    return "/".join((run.customer, run.pipeline, run.business_date.isoformat(), run.variant, str(run.number)))


def night_label(run: Run) -> str:
    """Return the run's identity as a label value (a run key may be longer than a label)."""
    return _digest(run_key(run))


def job_name(step: Step) -> str:
    """Return the name of the step's Job: the same for every runner of the same attempt, and for no other."""
    return shortened(f"nl-{step.name}", LONGEST_JOB_NAME, _digest(f"{run_key(step.run)}/{step.name}/{step.attempt}"))


def labels(step: Step) -> dict[str, str]:
    """Return the labels of everything the step makes in the customer's cluster."""
    return {
        f"{DOMAIN}/customer": step.run.customer,
        f"{DOMAIN}/step": step_label(step),
        f"{DOMAIN}/night": night_label(step.run),
    }


def step_label(step: Step) -> str:
    """Return the step's name as a label value, shortened with a hash if it is too long."""
    if len(step.name) <= LONGEST_LABEL:
        return step.name
    return shortened(step.name, LONGEST_LABEL, _digest(step.name))


def annotations(step: Step, spec_hash: str) -> dict[str, str]:
    """Return the full identity, unshortened, for the Job's annotations."""
    return {
        f"{DOMAIN}/run-key": run_key(step.run),
        f"{DOMAIN}/step": step.name,
        ATTEMPT: str(step.attempt),
        f"{DOMAIN}/spec-hash": spec_hash,
    }


def shortened(text: str, longest: int, digest: str) -> str:
    """Return `text` cut so that it fits into `longest` characters together with "-" and `digest`."""
    return f"{text[: longest - len(digest) - 1].rstrip('-')}-{digest}"


def selector(step: Step) -> str:
    """Return the label selector for everything of this step in this run, whatever the attempt."""
    return _selector(labels(step))


def night_selector(run: Run) -> str:
    """Return the label selector for everything of this run, and of no other."""
    return _selector({f"{DOMAIN}/customer": run.customer, f"{DOMAIN}/night": night_label(run)})


def customer_selector(customer: str) -> str:
    """Return the label selector for everything of Nightlane's, whatever the run."""
    return _selector({f"{DOMAIN}/customer": customer})


def _selector(identity: dict[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(identity.items()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_HASH_LENGTH]
